// SpriteTiles.swift
// Thumbnails from a finished sprite, which is cut into its pictures so that they can get another order.

import ByteStreams
import PNG
import ProjectorFiles

/// The pictures of a sprite, row by row.
struct SpriteTiles: ThumbnailSource {
  let path: String
  let note: String?
  private let sheet: PNGImage
  private let (width, height): (Int, Int)
  private let points: Int
  /// Number of pictures: one for each point, if the sheet has a cell for each.
  var count: Int { min(points, columns * (sheet.height / height)) }
  private var columns: Int { sheet.width / width }

  private static let fileLimit = 1 << 30
  /// The most sizes that a message names.
  private static let shownSizes = 4
  /// The most bytes of a sheet's samples: the largest sheet that the page can show, in color with alpha.
  private static let sampleLimit = 4 * SpriteSheet.largestSide * SpriteSheet.largestSide

  /// Reads a sprite.
  /// - Parameter tile: width and height of one picture; if nil, the size in a configuration beside the sheet, or the only size
  ///   that fits.
  init(_ path: String, points: Int, tile: (width: Int, height: Int)?) throws {
    self.path = path
    self.points = points
    do {
      sheet = try PNGImage.decode(FileContents.read(path, limit: Self.fileLimit), limit: Self.sampleLimit)
    } catch let error as PNGError {
      throw ExportError.badImages(path: path, reason: "\(error)")
    } catch is NoMemory {
      throw FileError.noMemory(path: path)
    }
    if let tile {
      (width, height) = tile
      note = nil
    } else if let known = SpriteConfig.thumbnail(ofSprite: path) {
      (width, height) = (known.width, known.height)
      note = "thumbnails of \(width)×\(height) pixels, by \(DisplayName.quoted(known.config))"
    } else {
      (width, height) = try Self.size(of: sheet, points: points, path: path)
      note = "thumbnails of \(width)×\(height) pixels: no other size fits \(points) points"
    }
    guard width > 0, height > 0, sheet.width % width == 0, sheet.height % height == 0 else {
      throw ExportError.badImages(
        path: path,
        reason: "\(sheet.width)×\(sheet.height) pixels are no grid of \(width)×\(height) thumbnails"
          + (tile == nil ? ", which its configuration names; say with --thumbnail how large one is" : ""))
    }
  }

  /// Returns the only size of thumbnails that fits.
  private static func size(of sheet: PNGImage, points: Int, path: String) throws -> (Int, Int) {
    let sizes = possibleSizes(sheet: (sheet.width, sheet.height), points: points)
    let pixels = "\(sheet.width)×\(sheet.height) pixels"
    guard let first = sizes.first else {
      throw ExportError.badImages(
        path: path,
        reason: "\(pixels) are no grid of \(points) thumbnails; say with --thumbnail how large one is, as in 28x28")
    }
    guard sizes.count == 1 else {
      let shown = sizes.prefix(shownSizes).map { "\($0.width)x\($0.height)" }.joined(separator: ", ")
      throw ExportError.badImages(
        path: path,
        reason: "\(pixels) can be cut into \(points) thumbnails of several sizes (\(shown)"
          + "\(sizes.count > shownSizes ? " …" : "")); say with --thumbnail how large one is")
    }
    return first
  }

  /// Returns the sizes of thumbnails that divide a sheet into cells for all points, without empty rows, or into as many rows as
  /// columns, as TensorBoard wants them. The sizes closest to a square come first.
  static func possibleSizes(sheet: (width: Int, height: Int), points: Int) -> [(width: Int, height: Int)] {
    var side = 1
    while side * side < points { side += 1 }
    var sizes: [(width: Int, height: Int)] = []
    for columns in 1...sheet.width where sheet.width % columns == 0 {
      for rows in Set([(points + columns - 1) / columns, columns == side ? side : 0]) {
        if rows > 0, sheet.height % rows == 0 { sizes.append((sheet.width / columns, sheet.height / rows)) }
      }
    }
    func shape(_ size: (width: Int, height: Int)) -> Double {
      Double(max(size.width, size.height)) / Double(min(size.width, size.height))
    }
    return sizes.sorted { (shape($0), $0.width, $0.height) < (shape($1), $1.width, $1.height) }
  }

  func opened(_ numbers: [Int]) -> Thumbnails {
    let (sheet, columns, width, height) = (self.sheet, self.columns, self.width, self.height)
    let channels = sheet.format.channels
    return Thumbnails(height: height, width: width, channels: channels) { place in
      let number = numbers[place]
      var pixels: [UInt8] = []
      pixels.reserveCapacity(height * width * channels)
      for row in 0..<height {
        let y = number / columns * height + row
        let start = (y * sheet.width + number % columns * width) * channels
        pixels += sheet.pixels[start..<start + width * channels]
      }
      return pixels[...]
    }
  }
}
