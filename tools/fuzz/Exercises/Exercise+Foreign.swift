// Exercise+Foreign.swift
// The files of other programs: arrays and tensors that an export reads, and arrays of images.

import ArrayFiles
import ByteStreams
import Datasets

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

  /// Reads a file of images as a collection, whole and in parts.
  static func readArrayImages(_ bytes: [UInt8], _ directory: String) throws {
    let path = Directory.join(directory, "images.npz")
    defer { try? FileContents.remove(path) }
    try write(bytes, to: path)
    var options = ReadingOptions()
    options.maxPixels = 1 << 14
    let source = DataSource.files(path, options)
    guard let splits = try? source.load(seed: 0, threads: 2) else { return }
    if let other = try? source.loadEvaluation(seed: 0, threads: 1), other.fingerprint != splits.evaluation.fingerprint {
      throw Disagreement(what: "images read in parts and whole")
    }
    let count = splits.training.count + splits.validation.count + splits.test.count
    guard let whole = try? source.loadWhole(seed: 0, threads: 1).images, whole.count == count else {
      throw Disagreement(what: "the number of images")
    }
  }

  /// Reads CIFAR's files, whole and in parts.
  static func readRecords(of bytes: [UInt8], _ directory: String) throws {
    let cut = bytes.firstRange(of: [0xFE, 0x7F]) ?? bytes.endIndex..<bytes.endIndex
    let files = [("data_batch_1.bin", bytes[..<cut.lowerBound]), ("test_batch.bin", bytes[cut.upperBound...])]
      .map { (path: Directory.join(directory, $0), bytes: Array($1)) }
    defer { for file in files { try? FileContents.remove(file.path) } }
    for file in files { try write(file.bytes, to: file.path) }
    let source = DataSource.files(directory)
    guard let splits = try? source.load(seed: 0, threads: 2) else { return }
    guard try source.loadEvaluation(seed: 0, threads: 1).fingerprint == splits.evaluation.fingerprint else {
      throw Disagreement(what: "images read in parts and whole")
    }
  }

  /// Reads decoded pictures; their fingerprint has been checked.
  static func readDecoded(_ bytes: [UInt8]) throws {
    guard let images = (try? DecodedImages.read(RandomAccessFile(bytes: bytes, path: "decoded"))) ?? nil else { return }
    var sink = MemorySink()
    try DecodedImages.write(images, to: &sink)
    guard let again = try DecodedImages.read(RandomAccessFile(bytes: sink.bytes, path: "again")),
      again.fingerprint == images.fingerprint
    else { throw Disagreement(what: "decoded pictures written and read again") }
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
