// ImageArray.swift
// Pictures in a .npy file.

import ArrayFiles
import Datasets

/// N×H×W, N×H×W×C or N×C×H×W numbers of any range.
struct ImageArray: ThumbnailSource {
  let path: String
  private let array: ArrayFile
  private let order: ChannelOrder
  private let (height, width, channels): (Int, Int, Int)
  private let threads: Int
  var count: Int { array.rows }

  init(_ path: String, threads: Int) throws {
    self.path = path
    self.threads = threads
    array = try ArrayFile(npy: path, for: .images)
    let shape = array.shape
    guard (3...4).contains(shape.count), shape.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw ArrayFileError.shape(path: path, got: shape, want: "N×H×W or N×H×W×C images")
    }
    guard array.columns <= PNGFolder.sampleLimit else {
      throw ArrayFileError.shape(
        path: path, got: shape, want: "images of at most \(PNGFolder.sampleLimit) numbers each")
    }
    if shape.count == 3 {
      (height, width, channels, order) = (shape[1], shape[2], 1, .last)
      return
    }
    guard let order = ChannelOrder.ofPictures(Array(shape[1...])) else {
      throw ChannelOrder.pictures.contains(shape[1])
        ? ExportError.unclearChannels(path: path, extents: Array(shape[1...]))
        : ArrayFileError.shape(path: path, got: shape, want: "images of 1 to 4 channels, first or last")
    }
    self.order = order
    (height, width, channels) = order == .last ? (shape[1], shape[2], shape[3]) : (shape[2], shape[3], shape[1])
  }

  var note: String? { order == .first ? ChannelOrder.note(channels: channels, height: height, width: width) : nil }

  func opened(_ numbers: [Int]) throws -> Thumbnails {
    let (shades, note) = try shades()
    let (array, size, path) = (self.array, array.columns, self.path)
    let (area, channels, isTurned) = (height * width, self.channels, order == .first && self.channels > 1)
    return Thumbnails(height: height, width: width, channels: channels, note: note) { place in
      var values = [Float](repeating: 0, count: size)
      try values.withUnsafeMutableBufferPointer { buffer in
        try array.read(numbers[place]..<numbers[place] + 1, into: buffer)
      }
      // A file that changes meanwhile may hold anything.
      if let value = values.first(where: { !$0.isFinite }) {
        throw ExportError.badImages(path: path, reason: "picture \(numbers[place]): \(value) can't be shown")
      }
      return [UInt8](unsafeUninitializedCapacity: size) { bytes, filled in
        for index in 0..<size {
          let source = isTurned ? index % channels * area + index / channels : index
          bytes.initializeElement(at: index, to: shades.sample(values[source]))
        }
        filled = size
      }[...]
    }
  }

  /// What is black and what is white, by all numbers of the file.
  /// - Throws: `ExportError.badImages` for a number that is not finite.
  private func shades() throws -> (ShadeRange, note: String?) {
    if array.type.kind == .uint8, try array.holdsMore(than: 1) { return (.bytes, nil) }
    do {
      let extremes = try array.extremes(threads: threads)
      // Bytes of nothing but zeros are black anyway.
      if array.type.kind == .uint8, extremes.highest == 0 { return (.bytes, nil) }
      let range = ShadeRange(lowest: extremes.lowest, highest: extremes.highest, isWhole: array.type.isWhole)
      return (range, range.note(extremes))
    } catch let error as ArrayFile.NotFinite {
      throw ExportError.badImages(path: path, reason: reason(error))
    }
  }

  /// For example "picture 3, row 0, column 5: nan can't be shown".
  private func reason(_ error: ArrayFile.NotFinite) -> String {
    let indices = array.indices(ofElement: error.element)
    var (row, column, channel) = (indices[1], indices[2], indices.count == 4 ? indices[3] : 0)
    if order == .first { (row, column, channel) = (indices[2], indices[3], indices[1]) }
    let place = "picture \(indices[0]), row \(row), column \(column)" + (channels > 1 ? ", channel \(channel)" : "")
    return "\(place): \(error.value) can't be shown; replace such numbers, as with numpy.nan_to_num"
  }
}
