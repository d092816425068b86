// IDXFile+Images.swift
// The images of an IDX file, channels last.

import Parallel
import Tensors

extension IDXFile {
  /// The images of three or four dimensions: N×height×width, or N×height×width×channels, or N×channels×height×width.
  struct Images {
    let shape: ImageShape
    /// As they are in the file.
    let order: ChannelOrder
  }

  /// - Throws: `DatasetError.unclearChannels` where four dimensions can be read in two ways.
  func images() throws(DatasetError) -> Images {
    guard dimensions.count == 4 else {
      return Images(shape: ImageShape(height: dimensions[1], width: dimensions[2], channels: 1), order: .last)
    }
    let extents = Array(dimensions.dropFirst())
    switch ChannelOrder.ofImages(extents) {
    case .last?:
      return Images(shape: ImageShape(height: extents[0], width: extents[1], channels: extents[2]), order: .last)
    case .first?:
      return Images(shape: ImageShape(height: extents[1], width: extents[2], channels: extents[0]), order: .first)
    case nil: throw .unclearChannels(path: path, extents: extents)
    }
  }

  /// All pixels of `images`, N×height×width×channels.
  /// - Parameter threads: at most so many copy, where the file has channels first.
  func pixels(of images: Images, threads: Int) -> [UInt8] {
    let (size, channels) = (images.shape.count, images.shape.channels)
    guard images.order == .first, channels > 1 else { return elements }
    return elements.withUnsafeBufferPointer { stored in
      // Only read.
      nonisolated(unsafe) let stored = stored
      let chunk = 64
      return [UInt8](count: stored.count, partSize: chunk * size, threads: threads) { part, bytes in
        for start in stride(from: 0, to: bytes.count, by: size) {
          let from = part * chunk * size + start
          ChannelOrder.putChannelsLast(
            UnsafeBufferPointer(rebasing: stored[from..<from + size]), channels: channels, area: size / channels,
            to: UnsafeMutableBufferPointer(rebasing: bytes[start..<start + size]))
        }
      }
    }
  }
}
