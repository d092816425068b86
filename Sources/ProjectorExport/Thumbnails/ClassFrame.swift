// ClassFrame.swift
// Frames of thumbnails in color: the color of the class is around the picture, so that the picture keeps its own colors.

import Pictures
import ProjectorFiles

/// A frame around thumbnails of one size, in the color of each one's class.
///
/// The page multiplies thumbnails by the color of their points. Gray ink takes this color well, but pictures in color become muddy;
/// so they have a frame of the class's color, and their points no color.
struct ClassFrame: Sendable {
  /// The size of a thumbnail with its frame.
  let height: Int
  let width: Int
  /// The samples of a pixel: 3 or 4, with alpha.
  private let channels: Int
  /// The pixels on each side.
  private let thickness: Int
  /// The color of each thumbnail's class, with alpha if the pictures have it.
  private let colors: [[UInt8]]

  /// A frame is this part of the picture's longer side, or a pixel.
  private static let share = 12

  /// Returns nil where thumbnails have no frame: gray ones, those that should stay as they are, and those of one class or of more
  /// classes than can be told apart.
  /// - Parameter classes: a class for each thumbnail; nil without classes.
  init?(of thumbnails: Thumbnails, style: SpriteSheet.Style, classes: [Int]?) {
    let (height, width, channels) = (thumbnails.height, thumbnails.width, thumbnails.channels)
    guard style == .ink, channels >= 3, let classes, (2...PointLabels.classLimit).contains(Set(classes).count) else {
      return nil
    }
    thickness = max(1, max(height, width) / Self.share)
    (self.height, self.width) = (height + 2 * thickness, width + 2 * thickness)
    self.channels = channels
    let ranks = Dictionary(uniqueKeysWithValues: Set(classes).sorted().enumerated().map { ($1, $0) })
    colors = classes.map { Color.ofClass(ranks[$0] ?? 0).bytes + (channels > 3 ? [255] : []) }
  }

  /// Returns a thumbnail's samples with the frame around them.
  /// - Parameter picture: [height, width, channels] samples.
  func framed(_ picture: ArraySlice<UInt8>, number: Int) -> [UInt8] {
    let color = colors[number]
    let inner = (width - 2 * thickness) * channels
    let side = (0..<thickness).flatMap { _ in color }
    let edge = (0..<thickness * width).flatMap { _ in color }
    var pixels = edge
    pixels.reserveCapacity(height * width * channels)
    for start in stride(from: picture.startIndex, to: picture.endIndex, by: inner) {
      pixels += side + picture[start..<min(start + inner, picture.endIndex)] + side
    }
    return pixels + edge
  }
}

extension Thumbnails {
  /// Draws a sheet of the first `count` thumbnails, each in its frame if there are frames.
  func sprite(_ count: Int, style: SpriteSheet.Style, frame: ClassFrame?, threads: Int) throws -> SpriteSheet {
    guard let frame else {
      return try SpriteSheet(
        count: count, height: height, width: width, channels: channels, style: style, threads: threads,
        thumbnail: picture)
    }
    return try SpriteSheet(
      count: count, height: frame.height, width: frame.width, channels: channels, style: style, threads: threads
    ) { frame.framed(try picture($0), number: $0)[...] }
  }
}
