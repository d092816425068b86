// ImageArray.swift
// Pictures in a .npy file.

import ArrayFiles

/// N×H×W, N×H×W×C or N×C×H×W numbers: whole ones of 0 … 255, or others of 0 … 1 or 0 … 255.
struct ImageArray: ThumbnailSource {
  let path: String
  private let array: NumberArray
  private let isChannelsFirst: Bool
  private let (height, width, channels): (Int, Int, Int)
  var count: Int { array.rows }

  init(_ path: String) throws {
    self.path = path
    array = try NumberArray(npy: path)
    let shape = array.shape
    guard (3...4).contains(shape.count), shape.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw ArrayFileError.shape(path: path, got: shape, want: "N×H×W or N×H×W×C images")
    }
    let isDepth = { (extent: Int) in (1...4).contains(extent) }
    if shape.count == 3 {
      (height, width, channels, isChannelsFirst) = (shape[1], shape[2], 1, false)
    } else if isDepth(shape[3]) {
      (height, width, channels, isChannelsFirst) = (shape[1], shape[2], shape[3], false)
    } else if isDepth(shape[1]) {
      (height, width, channels, isChannelsFirst) = (shape[2], shape[3], shape[1], true)
    } else {
      throw ArrayFileError.shape(path: path, got: shape, want: "images of 1 to 4 channels, first or last")
    }
  }

  func opened(_ numbers: [Int]) throws -> Thumbnails {
    let scale = try scale(of: numbers)
    let (array, size) = (self.array, array.columns)
    let (area, channels, isTurned) = (height * width, self.channels, isChannelsFirst && self.channels > 1)
    return Thumbnails(height: height, width: width, channels: channels) { place in
      var values = [Float](repeating: 0, count: size)
      try values.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { try array.read(CollectionOfOne(numbers[place]), into: base) }
      }
      return [UInt8](unsafeUninitializedCapacity: size) { bytes, filled in
        for index in 0..<size {
          let source = isTurned ? index % channels * area + index / channels : index
          bytes.initializeElement(at: index, to: UInt8(max(0, min(255, values[source] * scale + 0.5))))
        }
        filled = size
      }[...]
    }
  }

  /// What a number is multiplied with to become 0 … 255.
  /// - Throws: `ExperimentError.badImages` for numbers that can be no brightness.
  private func scale(of numbers: [Int]) throws -> Float {
    if array.type == ElementType(.uint8) { return 1 }
    var largest: Float = 0
    var values = [Float](repeating: 0, count: array.columns)
    for number in numbers {
      try values.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { try array.read(CollectionOfOne(number), into: base) }
      }
      for value in values {
        guard value >= 0, value <= 255 else {
          throw ExperimentError.badImages(
            path: path, reason: "image \(number) has a value of \(value); want 0 to 1, or 0 to 255")
        }
        largest = max(largest, value)
      }
    }
    return array.type.isWhole && array.type.kind != .bool ? 1 : largest <= 1 ? 255 : 1
  }
}
