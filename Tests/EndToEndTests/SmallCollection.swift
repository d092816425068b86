// SmallCollection.swift
// A few images in IDX files, made by the test, so that a run takes a moment.

import Foundation

/// Images of bars, one place a class, with some noise: easy to learn.
struct SmallCollection {
  var training = 240
  var test = 60
  var side = 8
  var channels = 1

  static let names = [
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
  ]

  /// The contents of the four files, in the order of `names`.
  var files: [[UInt8]] { images(training, salt: 1) + images(test, salt: 2) }

  /// Writes the four files into a new directory and gives its path.
  func write(to directory: String) throws -> String {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for (name, bytes) in zip(Self.names, files) {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
    }
    return directory
  }

  static func header(magic: UInt32, _ dimensions: [Int]) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in [magic] + dimensions.map(UInt32.init) { withUnsafeBytes(of: number.bigEndian) { bytes += $0 } }
    return bytes
  }

  private func images(_ count: Int, salt: UInt32) -> [[UInt8]] {
    var state = salt &* 2_654_435_761
    func noise() -> UInt8 {
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 26)
    }
    var pixels: [UInt8] = []
    for image in 0..<count {
      for row in 0..<side {
        for column in 0..<side * channels {
          pixels.append((row + column / channels) % 10 == image % 10 ? 255 - noise() : noise())
        }
      }
    }
    let rank = channels == 1 ? 3 : 4
    let extents = [count, side, side] + (channels == 1 ? [] : [channels])
    return [
      Self.header(magic: 0x800 | UInt32(rank), extents) + pixels,
      Self.header(magic: 0x801, [count]) + (0..<count).map { UInt8($0 % 10) },
    ]
  }
}
