// Exercise+Foreign.swift
// The files of other programs that an export reads: arrays and tensors.

import ArrayFiles
import ByteStreams

extension Exercise {
  /// Reads an array of numbers, labels and tensors.
  static func readArray(_ bytes: [UInt8], _ directory: String) throws {
    let path = Directory.join(directory, "array.npy")
    defer { try? FileContents.remove(path) }
    try write(bytes, to: path)
    _ = try? NPYLabels.read(path)
    for array in [try? ArrayFile(npy: path), try? ArrayFile(safetensors: path)].compactMap({ $0 }) {
      try readRows(of: array, fileBytes: bytes.count)
    }
  }

  /// Checks that rows read one by one equal those read together.
  private static func readRows(of array: ArrayFile, fileBytes: Int) throws {
    let count = array.rows * array.columns
    guard count > 0 else { return }
    if count > fileBytes { throw Disagreement(what: "\(count) numbers in \(fileBytes) bytes") }
    func rows(_ numbers: [Int]) throws -> [UInt32] {
      var values = [Float](repeating: 0, count: numbers.count * array.columns)
      try values.withUnsafeMutableBufferPointer { buffer in
        try array.read(numbers[...], into: buffer)
      }
      return values.map(\.bitPattern)
    }
    let whole = try [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      try array.read(0..<array.rows, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      filled = count
    }.map(\.bitPattern)
    if try rows(Array(0..<array.rows)) != whole { throw Disagreement(what: "rows read as a range and as a list") }
    let single = try (0..<array.rows).reversed().map { try rows([$0]) }.reversed().flatMap { $0 }
    if whole != single { throw Disagreement(what: "rows read together and one by one") }
  }
}
