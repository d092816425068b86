// ChannelOrder.swift
// Whether an array of images has its channels first or last.

/// The place of the channels among the three extents of an image.
package enum ChannelOrder: String, CaseIterable, Sendable {
  /// Channels × height × width.
  case first
  /// Height × width × channels.
  case last

  /// The channels of pictures: gray, gray with alpha, color, color with alpha.
  package static let pictures = 1...4

  /// Returns the order of pictures, which have 1 to 4 channels; nil if both orders fit, as for 3×32×3, or neither.
  package static func ofPictures(_ extents: [Int]) -> ChannelOrder? {
    switch (pictures.contains(extents[0]), pictures.contains(extents[2])) {
    case (false, true): .last
    case (true, false): .first
    default: nil
    }
  }

  /// Returns the order of images with any number of channels; nil if both are equally likely, as for 3×32×3 or 16×32×32.
  ///
  /// A side of 1 to 4 pixels counts as channels.
  package static func ofImages(_ extents: [Int]) -> ChannelOrder? {
    switch (pictures.contains(extents[0]), pictures.contains(extents[2])) {
    case (false, true): .last
    case (true, false): pictures.contains(extents[1]) ? nil : .first
    case (true, true): nil
    case (false, false): extents[1] == extents[2] && extents[0] <= extents[1] ? nil : .last
    }
  }

  /// Copies one image to height × width × channels.
  /// - Parameters:
  ///   - image: channels × height × width numbers.
  ///   - area: height × width.
  package static func putChannelsLast<Number>(
    _ image: UnsafeBufferPointer<Number>, channels: Int, area: Int, to target: UnsafeMutableBufferPointer<Number>
  ) {
    for channel in 0..<channels {
      for pixel in 0..<area { target[pixel * channels + channel] = image[channel * area + pixel] }
    }
  }
}
