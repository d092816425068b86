// ContentHash.swift
// The hash by which collections and images are compared.

import ByteStreams
import Tensors

/// A fast 64-bit hash of a sequence of numbers and byte strings, without protection against forgery.
///
/// Four lanes of multiply and shift keep the processor's multiplier busy: several bytes a cycle.
struct ContentHash {
  private var lanes: (UInt64, UInt64, UInt64, UInt64) = (
    0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344, 0xA409_3822_299F_31D0, 0x082E_FA98_EC4E_6C89
  )
  private static let odd: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Returns the hash of the pixels, labels and extents of all parts.
  static func fingerprint(of parts: [ImageDataset]) -> String {
    var hash = ContentHash()
    for part in parts {
      for extent in [part.count, part.shape.height, part.shape.width, part.shape.channels] { hash.add(UInt64(extent)) }
      // Labels of few classes are hashed as bytes.
      if part.labels.allSatisfy({ $0 < 256 }) {
        part.labels.map { UInt8(truncatingIfNeeded: $0) }.withUnsafeBytes { hash.add($0) }
      } else {
        part.labels.map(\.littleEndian).withUnsafeBytes { hash.add($0) }
      }
      part.withPixels { hash.add(UnsafeRawBufferPointer($0)) }
    }
    return hash.hexadecimal
  }

  /// Returns a hash of the pixels of each image.
  static func hashes(of part: ImageDataset) -> [UInt64] {
    let size = part.shape.count
    return part.withPixels { pixels in
      (0..<part.count).map { index in
        var hash = ContentHash()
        hash.add(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: pixels[index * size..<(index + 1) * size])))
        return hash.value
      }
    }
  }

  /// Mixes a word into a state. The step is reversible, so no word is lost; high bits move to low ones.
  private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word) &* odd
    return product ^ (product >> 29)
  }

  mutating func add(_ word: UInt64) {
    lanes = (Self.mix(lanes.1, word), lanes.2, lanes.3, Self.mix(lanes.0, ~word))
  }

  /// Adds the number of bytes and the bytes.
  /// - Complexity: O(bytes).
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(UInt64(bytes.count))
    var (a, b, c, d) = lanes
    let whole = bytes.count & ~31
    func word(at offset: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    for offset in stride(from: 0, to: whole, by: 32) {
      a = Self.mix(a, word(at: offset))
      b = Self.mix(b, word(at: offset + 8))
      c = Self.mix(c, word(at: offset + 16))
      d = Self.mix(d, word(at: offset + 24))
    }
    lanes = (a, b, c, d)
    for byte in bytes[whole...] { add(UInt64(byte)) }
  }

  /// The hash of everything added.
  var value: UInt64 {
    let hash = Self.mix(Self.mix(Self.mix(Self.mix(0, lanes.0), lanes.1), lanes.2), lanes.3)
    return Self.mix(hash, hash >> 32)
  }

  /// The hash as sixteen hexadecimal digits.
  var hexadecimal: String { value.zeroPadded(to: 16, radix: 16) }
}
