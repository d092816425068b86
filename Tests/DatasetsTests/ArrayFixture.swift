// ArrayFixture.swift
// The bytes of .npy and .npz files made for a test, valid or damaged.

import ArrayFiles
import ByteStreams
import TestSupport
import Zlib

@testable import Datasets

/// The bytes of a .npy file.
func npy(_ descr: String, _ shape: [Int], _ elements: [UInt8], isFortran: Bool = false) -> [UInt8] {
  let extents = shape.map { "\($0)," }.joined(separator: " ")
  let text = "{'descr': '\(descr)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': (\(extents)), }\n"
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count & 255), UInt8(text.utf8.count >> 8)]
    + Array(text.utf8) + elements
}

/// The bytes of a .npy file of float32 numbers.
func npy(_ shape: [Int], _ numbers: [Float], isFortran: Bool = false) -> [UInt8] {
  npy("<f4", shape, bytes(numbers), isFortran: isFortran)
}

/// The bytes of numbers side by side.
func bytes<Number>(_ numbers: [Number]) -> [UInt8] {
  numbers.flatMap { number in withUnsafeBytes(of: number) { Array($0) } }
}

/// A zip archive of arrays, as `numpy.savez` and `numpy.savez_compressed` write it.
struct ArchiveFixture {
  var members: [(name: String, bytes: [UInt8])]
  var isDeflated = false
  /// The size that the table claims for each member; the true one, if nil.
  var claimedSize: Int?

  /// Source: APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
  func bytes() throws -> [UInt8] {
    var (file, table): ([UInt8], [UInt8]) = ([], [])
    for (name, content) in members {
      let body = isDeflated ? Array(try Deflate.zlib(content, threads: 1).dropFirst(2).dropLast(4)) : content
      let (name, size) = (Array(name.utf8), claimedSize ?? content.count)
      let middle =
        Self.number(20, 2) + Self.number(0, 2) + Self.number(isDeflated ? 8 : 0, 2) + Self.number(0, 4)
        + Self.number(Int(CRC32.of(content)), 4) + Self.number(body.count, 4) + Self.number(size, 4)
        + Self.number(name.count, 2) + Self.number(0, 2)
      table +=
        Self.number(0x0201_4B50, 4) + Self.number(20, 2) + middle + Self.number(0, 10) + Self.number(file.count, 4)
        + name
      file += Self.number(0x0403_4B50, 4) + middle + name + body
    }
    let end =
      Self.number(0x0605_4B50, 4) + Self.number(0, 4) + Self.number(members.count, 2) + Self.number(members.count, 2)
      + Self.number(table.count, 4) + Self.number(file.count, 4) + Self.number(0, 2)
    return file + table + end
  }

  private static func number(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
  }
}

/// Writes a file, and reads it as a collection.
func load(
  _ bytes: [UInt8], as name: String = "images.npy", labels: (name: String, bytes: [UInt8])? = nil,
  threads: Int = 2, _ options: (inout ReadingOptions) -> Void = { _ in }
) throws -> DatasetSplits {
  try withTemporaryDirectory { directory in
    try AtomicFile.replace("\(directory)/\(name)", bytes: bytes)
    var chosen = ReadingOptions()
    if let labels {
      chosen.labels = "\(directory)/\(labels.name)"
      try AtomicFile.replace("\(directory)/\(labels.name)", bytes: labels.bytes)
    }
    options(&chosen)
    let source = DataSource.files("\(directory)/\(name)", chosen)
    let splits = try source.load(seed: 0, threads: threads)
    let evaluation = try source.loadEvaluation(seed: 0, threads: 1)
    if evaluation.fingerprint != splits.evaluation.fingerprint { throw Unequal() }
    return splits
  }
}

/// Two ways of reading give different images.
struct Unequal: Error {}

/// The message of the error with which a collection is refused; nil if it is read.
func refusal(
  _ bytes: [UInt8], as name: String = "images.npy", labels: (name: String, bytes: [UInt8])? = nil,
  _ options: (inout ReadingOptions) -> Void = { _ in }
) -> String? {
  do {
    _ = try load(bytes, as: name, labels: labels, options)
    return nil
  } catch {
    return "\(error)"
  }
}

extension DatasetSplits {
  /// All images, by their first sample, in the order of these samples.
  var firstSamples: [UInt8] {
    [training, validation, test].flatMap { part in (0..<part.count).map { part.image($0)[0] } }.sorted()
  }
}
