// SpriteSheet.swift
// A thumbnail for each point, in one picture.

public import PNG

/// Thumbnails in a square grid, row by row from the top left: as many columns as rows, because TensorBoard's shader
/// divides by the number of rows.
public struct SpriteSheet: Equatable, Sendable {
  /// How thumbnails are drawn. The page multiplies their colour by the point's, and drops pixels with alpha 0.
  public enum Style: String, CaseIterable, Sendable {
    /// Grey thumbnails become a light ink, their brightness the alpha: the ink takes the point's colour and hides
    /// nothing behind it. Colour thumbnails stay as they are.
    case ink
    /// As they are, opaque.
    case photo
  }

  /// What an ink is made of. The page draws uncoloured points white on white, so a white ink would not be seen until a
  /// colour is chosen; this one is grey then, and leaves colours about as bright as text wants them.
  static let inkLevel: UInt8 = 176

  /// The largest side of a sheet that TensorBoard's page takes, in pixels.
  public static let largestSide = 8192

  /// Thumbnails, and points.
  public let count: Int
  /// Of one thumbnail, in pixels.
  public let tileWidth: Int
  /// Of one thumbnail, in pixels.
  public let tileHeight: Int
  /// The sheet; the cells after the last thumbnail are transparent.
  public let image: PNGImage

  /// Columns, and rows, of the grid: the smallest square that holds all thumbnails.
  public var columns: Int { image.width / tileWidth }

  /// Draws a sheet. Thumbnails are shrunk, by averaging over areas, until it is at most `largestSide` wide and high.
  /// - Parameters:
  ///   - thumbnails: [count, height, width, channels] samples of 0 … 255.
  ///   - channels: 1 (grey) or 3 (red, green, blue).
  /// - Throws: `ProjectorError.badThumbnails` for a wrong number of samples, other channels, or no or too many of them.
  /// - Complexity: O(samples).
  public init(
    thumbnails: [UInt8], count: Int, height: Int, width: Int, channels: Int, style: Style = .ink,
    largestSide: Int = SpriteSheet.largestSide
  ) throws {
    guard count > 0, height > 0, width > 0, channels == 1 || channels == 3 else {
      throw ProjectorError.badThumbnails(reason: "\(count) of \(height)×\(width)×\(channels); channels are 1 or 3")
    }
    guard thumbnails.count == count * height * width * channels else {
      throw ProjectorError.badThumbnails(
        reason: "\(thumbnails.count) samples for \(count) of \(height)×\(width)×\(channels)")
    }
    let columns = Self.gridSide(for: count)
    guard columns <= largestSide else {
      throw ProjectorError.badThumbnails(reason: "\(count) do not fit \(largestSide)×\(largestSide) pixels; take fewer")
    }
    let side = min(max(width, height), largestSide / columns)
    tileWidth = max(1, width * side / max(width, height))
    tileHeight = max(1, height * side / max(width, height))
    self.count = count
    let hasUnusedCells = columns * columns > count
    let ink = TileInk(channels: channels, style: style, hasUnusedCells: hasUnusedCells)
    let shrinking = AreaAverage(from: (height, width), to: (tileHeight, tileWidth), channels: channels)
    let rowBytes = columns * tileWidth * ink.format.channels
    var pixels = [UInt8](repeating: 0, count: rowBytes * columns * tileHeight)
    if ink.isInk { for index in stride(from: 0, to: pixels.count, by: 2) { pixels[index] = Self.inkLevel } }
    for index in 0..<count {
      let size = height * width * channels
      let tile = shrinking.applied(to: thumbnails[index * size..<(index + 1) * size])
      let corner =
        index / columns * tileHeight * rowBytes + index % columns * tileWidth * ink.format.channels
      ink.draw(tile, width: tileWidth, onto: &pixels, at: corner, rowBytes: rowBytes)
    }
    image = PNGImage(width: columns * tileWidth, height: columns * tileHeight, format: ink.format, pixels: pixels)
  }

  /// The bytes of the sheet as a PNG file.
  /// - Throws: `PNGError.notEncoded` where the system has no memory.
  public func encoded() throws -> [UInt8] { try image.encoded(filter: .none) }

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
  /// One grey, with the sample as alpha.
  let isInk: Bool

  init(channels: Int, style: SpriteSheet.Style, hasUnusedCells: Bool) {
    self.channels = channels
    isInk = channels == 1 && style == .ink
    format =
      switch (channels, isInk || hasUnusedCells) {
      case (1, true): .greyAlpha
      case (1, false): .grey
      case (_, true): .rgba
      case (_, false): .rgb
      }
  }

  /// Puts `tile`, [height, width, channels], where its first pixel is at `corner`.
  func draw(_ tile: ArraySlice<UInt8>, width: Int, onto pixels: inout [UInt8], at corner: Int, rowBytes: Int) {
    var target = corner
    var column = 0
    for start in stride(from: tile.startIndex, to: tile.endIndex, by: channels) {
      if isInk {
        pixels[target + 1] = tile[start]
      } else {
        for channel in 0..<channels { pixels[target + channel] = tile[start + channel] }
        if format.hasAlpha { pixels[target + channels] = 255 }
      }
      target += format.channels
      column += 1
      if column == width {
        target += rowBytes - width * format.channels
        column = 0
      }
    }
  }
}
