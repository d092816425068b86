// ArrayImages.swift
// The images of an array of numbers: their shape, and their samples as bytes with channels last.

package import ArrayFiles
import ByteStreams
import Parallel
package import Tensors

/// Images in an array: N×H×W, N×H×W×C, N×C×H×W, or N×D numbers.
package struct ArrayImages: Sendable {
  package let array: ArrayFile
  package let shape: ImageShape
  /// The order of the channels in the array.
  package let order: ChannelOrder

  package var path: String { array.path }
  package var count: Int { array.rows }
  package var areBytes: Bool { array.type.kind == .uint8 }

  /// Numbers that are converted together, at most one image more.
  private static let chunkNumbers = 1 << 18

  /// - Precondition: a row of the array has as many numbers as an image of the shape.
  package init(_ array: ArrayFile, _ shape: ImageShape, _ order: ChannelOrder) {
    precondition(array.columns == shape.count, "an image a row")
    (self.array, self.shape, self.order) = (array, shape, order)
  }

  /// Finds out the shape of the images.
  /// - Throws: `DatasetError.arrayShape`, `.unclearChannels`, `.tooManyPixels`.
  package init(_ array: ArrayFile, _ options: ReadingOptions) throws(DatasetError) {
    let extents = Array(array.shape.dropFirst())
    func refusal(_ advice: String) -> DatasetError { .arrayShape(path: array.path, got: array.shape, advice: advice) }
    if array.shape.contains(0) { throw refusal("give an array with images") }
    if extents.count != 1, options.imageShape != nil, !options.areInherited {
      throw refusal("leave out --image-shape, which is for N×D arrays")
    }
    switch extents.count {
    case 1: self = try Self.flat(array, options)
    case 2: self.init(array, ImageShape(height: extents[0], width: extents[1], channels: 1), .last)
    case 3:
      guard let order = options.order(of: extents) else {
        throw .unclearChannels(path: array.path, extents: extents)
      }
      let (height, width, channels) = order == .last ? (0, 1, 2) : (1, 2, 0)
      self.init(
        array, ImageShape(height: extents[height], width: extents[width], channels: extents[channels]), order)
    default: throw refusal("want N×H×W, N×H×W×C, N×C×H×W or N×D images")
    }
    let (pixels, limit) = (shape.height * shape.width, options.pixelLimit)
    if pixels > limit { throw .tooManyPixels(path: array.path, height: shape.height, width: shape.width, limit: limit) }
  }

  /// Gives the rows of an N×D array the chosen shape.
  private static func flat(_ array: ArrayFile, _ options: ReadingOptions) throws(DatasetError) -> ArrayImages {
    let count = array.columns
    guard let shape = options.imageShape else {
      let side = Int(Double(count).squareRoot())
      let example = side * side == count && ReadingOptions.sides.contains(side) ? "\(side)x\(side)" : "28x28"
      throw .arrayShape(
        path: array.path, got: array.shape, advice: "say which shape a row has, as in --image-shape \(example)")
    }
    guard shape.reduce(1, *) == count else {
      throw .arrayShape(
        path: array.path, got: array.shape,
        advice: "--image-shape \(shape.map(String.init).joined(separator: "x")) has \(shape.reduce(1, *)) numbers, "
          + "want \(count)")
    }
    return ArrayImages(
      array, ImageShape(height: shape[0], width: shape[1], channels: shape.count == 3 ? shape[2] : 1),
      options.channelOrder ?? .last)
  }

  /// A line if the channels come first.
  var note: String? {
    guard order == .first, shape.channels > 1 || array.shape.count == 4 else { return nil }
    return
      "the images are stored as \(shape.channels)×\(shape.height)×\(shape.width), channels first; they are read as \(shape)"
  }

  /// Returns the lowest and the highest number of all images.
  /// - Throws: `DatasetError.notFinite` with the row of the first number that is not finite.
  func extremes(threads: Int) throws -> ValueScale.Extremes {
    do {
      return try array.extremes(threads: threads)
    } catch let error as ArrayFile.NotFinite {
      let row = array.indices(ofElement: error.element)[0]
      throw DatasetError.notFinite(path: path, value: "\(error.value)", row: row)
    }
  }

  /// Reads images in any order.
  /// - Parameter threads: the most threads at work; the result does not depend on it.
  /// - Throws: `DatasetError.notFinite`; `FileError`, `ArrayFileError.truncated`.
  package func samples(_ rows: [Int], as scale: ValueScale, threads: Int) throws -> [UInt8] {
    let size = shape.count
    // In Fortran order every part reads all columns.
    let chunk = max(1, Self.chunkNumbers * (array.isFortranOrder ? 16 : 1) / size)
    try MemoryCheck.require(rows.count * size)
    return try [UInt8](count: rows.count * size, partSize: chunk * size, threads: threads) { part, bytes in
      let chosen = rows[part * chunk..<min(rows.count, (part + 1) * chunk)]
      try withUnsafeTemporaryAllocation(of: Float.self, capacity: chosen.count * size) { numbers in
        try array.read(chosen, into: numbers)
        // The file may have changed since its numbers were examined.
        if let place = numbers.firstIndex(where: { !$0.isFinite }) {
          throw DatasetError.notFinite(
            path: path, value: "\(numbers[place])", row: chosen[chosen.startIndex + place / size])
        }
        put(UnsafeBufferPointer(numbers), as: scale, to: bytes)
      }
    }
  }

  private func put(
    _ numbers: UnsafeBufferPointer<Float>, as scale: ValueScale, to bytes: UnsafeMutableBufferPointer<UInt8>
  ) {
    let (channels, size) = (shape.channels, shape.count)
    guard order == .first, channels > 1 else {
      for index in bytes.indices { bytes[index] = scale.sample(numbers[index]) }
      return
    }
    let area = size / channels
    for start in stride(from: 0, to: bytes.count, by: size) {
      for channel in 0..<channels {
        for pixel in 0..<area {
          bytes[start + pixel * channels + channel] = scale.sample(numbers[start + channel * area + pixel])
        }
      }
    }
  }
}
