// IDXFixture.swift
// Small IDX collections made for a test, valid or damaged.

import ByteStreams
import TestSupport
import Zlib

/// The bytes of an IDX file of unsigned bytes.
func idx(_ dimensions: [Int], _ elements: [UInt8], type: UInt8 = 0x08) -> [UInt8] {
  var bytes: [UInt8] = [0, 0, type, UInt8(dimensions.count)]
  for dimension in dimensions {
    withUnsafeBytes(of: UInt32(dimension).bigEndian) { bytes.append(contentsOf: $0) }
  }
  return bytes + elements
}

/// `count` values that differ from their neighbors.
func pattern(_ count: Int, salt: Int = 0) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + salt) } }

/// The files of a collection by name.
struct IDXFixture {
  static let trainingImages = "train-images-idx3-ubyte"
  static let trainingLabels = "train-labels-idx1-ubyte"
  static let testImages = "t10k-images-idx3-ubyte"
  static let testLabels = "t10k-labels-idx1-ubyte"

  var files: [String: [UInt8]]

  /// 24 training and 5 test images, 3×2 gray, labels 0 … 3.
  init() {
    files = [
      Self.trainingImages: idx([24, 3, 2], pattern(144)),
      Self.trainingLabels: idx([24], (0..<24).map { $0 % 4 }),
      Self.testImages: idx([5, 3, 2], pattern(30, salt: 100)),
      Self.testLabels: idx([5], [3, 1, 0, 2, 3]),
    ]
  }

  /// Writes the files and calls `body` with their directory's path.
  @discardableResult
  func withDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    try withTemporaryDirectory { directory in
      for (name, bytes) in files { try AtomicFile.replace("\(directory)/\(name)", bytes: bytes) }
      return try body(directory)
    }
  }
}
