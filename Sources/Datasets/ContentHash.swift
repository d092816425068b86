// ContentHash.swift
// Tells one content from another, fast; no protection against a forger.

import ByteStreams

/// A 64-bit hash of a sequence of numbers and byte strings.
///
/// Four lanes of multiply and shift, so that the processor's multiplier is always busy: several bytes a cycle.
struct ContentHash {
  private var lanes: (UInt64, UInt64, UInt64, UInt64) = (
    0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344, 0xA409_3822_299F_31D0, 0x082E_FA98_EC4E_6C89
  )
  private static let odd: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// A reversible step: no word is lost, and high bits come down to low ones.
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

  /// The hash of all that was added, as sixteen digits.
  var hexadecimal: String {
    var hash = Self.mix(Self.mix(Self.mix(Self.mix(0, lanes.0), lanes.1), lanes.2), lanes.3)
    hash = Self.mix(hash, hash >> 32)
    return hash.zeroPadded(to: 16, radix: 16)
  }
}
