// SpriteSheet.swift
// A thumbnail for each point, in one picture.

import ByteStreams
public import PNG
import Parallel

/// Thumbnails in a square grid, row by row from the top left: as many columns as rows, because TensorBoard's shader
/// divides by the number of rows.
public struct SpriteSheet: Equatable, Sendable {
  /// How thumbnails are drawn. The page multiplies their color by the point's, and drops pixels with alpha 0.
  public enum Style: String, CaseIterable, Sendable {
    /// Gray thumbnails become a light ink, their brightness the alpha: the ink takes the point's color and hides
    /// nothing behind it. Thumbnails of color, or with alpha of their own, stay as they are.
    case ink
    /// As they are, opaque.
    case photo
  }

  /// The brightness of an ink. The page draws uncolored points white on white, so a white ink would not be seen until a
  /// color is chosen; this one is gray then, and leaves colors about as bright as text wants them.
  static let inkLevel: UInt8 = 176

  /// The largest side of a sheet that TensorBoard's page takes, in pixels.
  public static let largestSide = 8192

  /// Thumbnails, and points.
  public let count: Int
  /// The width of a thumbnail in pixels.
  public let tileWidth: Int
  /// The height of a thumbnail in pixels.
  public let tileHeight: Int
  /// The sheet; the cells after the last thumbnail are transparent.
  public var image: PNGImage {
    isInk
      ? PNGImage(
        width: samples.width, height: samples.height, format: .grayAlpha,
        pixels: samples.pixels.flatMap { [Self.inkLevel, $0] }) : samples
  }

  /// The sheet's samples. An ink has its alpha alone here, as if it were gray.
  private let samples: PNGImage
  /// Whether the sheet is an ink of one brightness with alpha.
  private let isInk: Bool

  /// Columns, and rows, of the grid: the smallest square that holds all thumbnails.
  public var columns: Int { samples.width / tileWidth }

  /// Draws a sheet. Thumbnails are shrunk, by averaging over areas, until it is at most `largestSide` wide and high.
  /// - Parameters:
  ///   - thumbnails: [count, height, width, channels] samples of 0 … 255.
  ///   - channels: 1 (gray), 2 (gray, alpha), 3 (red, green, blue) or 4 (red, green, blue, alpha).
  /// - Throws: `ProjectorError.badThumbnails` for a wrong number of samples, other channels, or no or too many of them.
  /// - Complexity: O(samples).
  public init(
    thumbnails: [UInt8], count: Int, height: Int, width: Int, channels: Int, style: Style = .ink,
    largestSide: Int = SpriteSheet.largestSide
  ) throws {
    let size = height.multipliedReportingOverflow(by: width).partialValue.multipliedReportingOverflow(by: channels)
    guard !size.overflow, count <= 0 || thumbnails.count == size.partialValue &* count else {
      throw ProjectorError.badThumbnails(
        reason: "\(thumbnails.count) samples for \(count) of \(height)×\(width)×\(channels)")
    }
    try self.init(
      count: count, height: height, width: width, channels: channels, style: style, largestSide: largestSide
    ) { thumbnails[$0 * size.partialValue..<($0 + 1) * size.partialValue] }
  }

  /// Draws a sheet of thumbnails that are asked for one after the other, from several threads at once, so that they need
  /// not all be in memory.
  /// - Parameters:
  ///   - threads: number of threads; all processors, if nil. The sheet does not depend on it.
  ///   - thumbnail: [height, width, channels] samples of the thumbnail of a number.
  /// - Throws: as the other; what `thumbnail` throws; an error that says so where the system has no memory for the sheet.
  public init(
    count: Int, height: Int, width: Int, channels: Int, style: Style = .ink,
    largestSide: Int = SpriteSheet.largestSide, threads: Int? = nil,
    thumbnail: @Sendable (Int) throws -> ArraySlice<UInt8>
  ) throws {
    guard count > 0, height > 0, width > 0, (1...4).contains(channels) else {
      throw ProjectorError.badThumbnails(reason: "\(count) of \(height)×\(width)×\(channels); channels are 1 to 4")
    }
    let columns = Self.gridSide(for: count)
    guard columns <= largestSide else {
      throw ProjectorError.badThumbnails(reason: "\(count) do not fit \(largestSide)×\(largestSide) pixels; take fewer")
    }
    let side = min(max(width, height), largestSide / columns)
    let (tileWidth, tileHeight) = (
      max(1, width * side / max(width, height)), max(1, height * side / max(width, height))
    )
    let ink = TileInk(channels: channels, style: style, hasUnusedCells: columns * columns > count)
    let shrinking = AreaAverage(from: (height, width), to: (tileHeight, tileWidth), channels: channels)
    let rowBytes = columns * tileWidth * ink.format.channels
    let bandBytes = rowBytes * tileHeight
    let threads = threads ?? processorCount
    try MemoryCheck.require(bandBytes * columns)
    let pixels = try [UInt8](count: bandBytes * columns, partSize: bandBytes, threads: threads) { row, band in
      band.initialize(repeating: 0)
      for index in row * columns..<min((row + 1) * columns, max(row * columns, count)) {
        let tile = try thumbnail(index)
        guard tile.count == height * width * channels else {
          throw ProjectorError.badThumbnails(
            reason: "\(tile.count) samples in number \(index) of \(height)×\(width)×\(channels)")
        }
        ink.draw(
          shrinking.applied(to: tile), width: tileWidth, onto: band,
          at: index % columns * tileWidth * ink.format.channels, rowBytes: rowBytes)
      }
    }
    self.count = count
    isInk = ink.isInk
    (self.tileWidth, self.tileHeight) = (tileWidth, tileHeight)
    samples = PNGImage(
      width: columns * tileWidth, height: columns * tileHeight, format: ink.format, pixels: pixels)
  }

  /// The bytes of the sheet as a PNG file.
  /// - Parameter threads: number of threads; all processors, if nil. The bytes do not depend on it.
  /// - Throws: `PNGError.notEncoded` where the system has no memory.
  public func encoded(threads: Int? = nil) throws -> [UInt8] {
    isInk
      ? try samples.encodedAsInk(level: Self.inkLevel, threads: threads)
      : try samples.encoded(filter: .none, threads: threads)
  }

  /// ⌈√count⌉
  static func gridSide(for count: Int) -> Int {
    var side = Int(Double(count).squareRoot())
    while side * side < count { side += 1 }
    return side
  }
}

/// How samples become pixels of the sheet.
private struct TileInk {
  let channels: Int
  let format: PixelFormat
  /// One gray, whose alpha the samples are.
  let isInk: Bool

  init(channels: Int, style: SpriteSheet.Style, hasUnusedCells: Bool) {
    self.channels = channels
    isInk = channels == 1 && style == .ink
    format =
      switch (channels, hasUnusedCells) {
      case (1, _) where isInk: .gray
      case (2, _), (1, true): .grayAlpha
      case (1, false): .gray
      case (4, _), (_, true): .rgba
      case (_, false): .rgb
      }
  }

  /// Puts `tile`, [height, width, channels], where its first pixel is at `corner`.
  func draw(
    _ tile: ArraySlice<UInt8>, width: Int, onto pixels: UnsafeMutableBufferPointer<UInt8>, at corner: Int, rowBytes: Int
  ) {
    tile.withUnsafeBufferPointer { tile in
      for row in 0..<tile.count / (width * channels) {
        let (source, target) = (row * width * channels, corner + row * rowBytes)
        if channels == format.channels {
          _ = pixels[target...].update(fromContentsOf: tile[source..<source + width * channels])
          continue
        }
        for column in 0..<width {
          let (from, to) = (source + column * channels, target + column * format.channels)
          for channel in 0..<channels { pixels[to + channel] = tile[from + channel] }
          pixels[to + channels] = 255
        }
      }
    }
  }
}

struct AreaAverage {
  /// One new row or column: where it begins in the old ones, and how much it takes of each, in all 1.
  struct Span: Equatable {
    let first: Int
    let weights: [Float]
  }

  private let rows: [Span]
  private let columns: [Span]
  private let width: Int
  private let channels: Int
  private let isIdentity: Bool

  /// - Precondition: the new sides are 1 … the old ones.
  init(from old: (height: Int, width: Int), to new: (height: Int, width: Int), channels: Int) {
    rows = Self.spans(from: old.height, to: new.height)
    columns = Self.spans(from: old.width, to: new.width)
    width = old.width
    self.channels = channels
    isIdentity = old == new
  }

  /// Where each of `new` equal parts of `old` units lies.
  static func spans(from old: Int, to new: Int) -> [Span] {
    (0..<new).map { index in
      // In units of 1 / new of an old pixel, so that all borders are whole.
      let (start, end) = (index * old, (index + 1) * old)
      let first = start / new
      let weights = (first...(end - 1) / new).map { pixel in
        Float(min(end, (pixel + 1) * new) - max(start, pixel * new)) / Float(old)
      }
      return Span(first: first, weights: weights)
    }
  }

  /// - Parameter image: [old height, old width, channels].
  /// - Returns: [new height, new width, channels], rounded to the nearest.
  /// - Complexity: O(samples of `image`).
  func applied(to image: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    if isIdentity { return image }
    var smaller: [UInt8] = []
    smaller.reserveCapacity(rows.count * columns.count * channels)
    for row in rows {
      for column in columns {
        for channel in 0..<channels {
          var sum: Float = 0
          for (y, rowWeight) in row.weights.enumerated() {
            let start = image.startIndex + ((row.first + y) * width + column.first) * channels + channel
            for (x, weight) in column.weights.enumerated() {
              sum += rowWeight * weight * Float(image[start + x * channels])
            }
          }
          smaller.append(UInt8(min(255, sum + 0.5)))
        }
      }
    }
    return smaller[...]
  }
}
