// SpriteTiles.swift
// A finished sprite, cut into its pictures again, so that they can come in another order.

import ByteStreams
import PNG

struct SpriteTiles: ThumbnailSource {
  let path: String
  private let sheet: PNGImage
  private let (width, height): (Int, Int)
  private let points: Int
  /// What the sheet is known to hold: all points, where it has cells for them.
  var count: Int { min(points, columns * (sheet.height / height)) }
  private var columns: Int { sheet.width / width }

  private static let fileLimit = 1 << 30

  /// - Parameter tile: width and height of one picture; those of a square grid for all points, if nil.
  init(_ path: String, points: Int, tile: (width: Int, height: Int)?) throws {
    self.path = path
    self.points = points
    do {
      sheet = try PNGImage.decode(FileContents.read(path, limit: Self.fileLimit))
    } catch let error as PNGError {
      throw ExperimentError.badImages(path: path, reason: "\(error)")
    }
    if let tile {
      (width, height) = tile
    } else {
      var side = 1
      while side * side < points { side += 1 }
      (width, height) = (sheet.width / side, sheet.height / side)
      guard sheet.width % side == 0, sheet.height % side == 0 else {
        throw ExperimentError.badImages(
          path: path,
          reason: "\(sheet.width)×\(sheet.height) pixels are no square grid of \(side)×\(side) thumbnails; "
            + "say with --thumbnail how large one is")
      }
    }
    guard width > 0, height > 0, sheet.width % width == 0, sheet.height % height == 0 else {
      throw ExperimentError.badImages(
        path: path, reason: "\(sheet.width)×\(sheet.height) pixels are no grid of \(width)×\(height) thumbnails")
    }
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
