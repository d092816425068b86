// IDXImages.swift
// Pictures in an IDX file, raw or gzipped.

import Datasets

/// N×H×W, N×H×W×C or N×C×H×W bytes.
struct IDXImages: ThumbnailSource {
  let path: String
  private let file: IDXFile
  private let order: ChannelOrder
  private let (height, width, channels): (Int, Int, Int)
  var count: Int { file.dimensions[0] }

  init(_ path: String) throws {
    self.path = path
    file = try IDXFile(path, ranks: 3...4)
    let extents = Array(file.dimensions.dropFirst())
    if extents.count == 2 {
      (height, width, channels, order) = (extents[0], extents[1], 1, .last)
      return
    }
    guard let order = ChannelOrder.ofPictures(extents) else {
      throw ChannelOrder.pictures.contains(extents[0])
        ? ExportError.unclearChannels(path: path, extents: extents)
        : ExportError.badImages(path: path, reason: "images of \(extents[2]) channels; want 1 to 4")
    }
    self.order = order
    (height, width, channels) =
      order == .last ? (extents[0], extents[1], extents[2]) : (extents[1], extents[2], extents[0])
  }

  var note: String? { order == .first ? ChannelOrder.note(channels: channels, height: height, width: width) : nil }

  func opened(_ numbers: [Int]) throws -> Thumbnails {
    let (elements, area, channels) = (file.elements, height * width, self.channels)
    let (size, isTurned) = (area * channels, order == .first && channels > 1)
    // Bytes of 0 and 1 are black and white.
    let highest = elements.contains { $0 > 1 } ? 255 : elements.max() ?? 0
    let isBinary = highest == 1
    let shades = ShadeRange(lowest: 0, highest: Float(highest), isWhole: true)
    return Thumbnails(height: height, width: width, channels: channels, note: isBinary ? shades.note((0, 1)) : nil) {
      let image = elements[numbers[$0] * size..<(numbers[$0] + 1) * size]
      if !isTurned && !isBinary { return image }
      let first = image.startIndex
      return (0..<size).map { index in
        let byte = image[first + (isTurned ? index % channels * area + index / channels : index)]
        return isBinary ? byte * 255 : byte
      }[...]
    }
  }
}
