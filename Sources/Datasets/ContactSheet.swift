// ContactSheet.swift
// Images of a dataset as pictures: one of them, or many in rows and columns.

package import PNG
package import Tensors

/// Draws the images of a dataset in rows and columns, with a gray line of one enlarged pixel around each.
package enum ContactSheet {
  /// The choice of the images shown.
  package enum Order: Hashable, Sendable {
    /// Each row shows one class, the classes in turn, each from its first image on.
    case byClass
    /// Images drawn at random without repetition, the same for the same seed.
    case random(seed: UInt64)
  }

  /// The most pixels a sheet may have.
  static let largestArea = 1 << 28

  /// Draws a sheet; cells without an image stay black.
  /// - Parameter enlarging: the side, in pixels, of the square that each pixel becomes.
  /// - Throws: `DatasetError.sheetTooLarge`.
  /// - Precondition: rows, columns and `enlarging` are 1 or more.
  package static func draw(
    _ dataset: ImageDataset, rows: Int, columns: Int, order: Order, enlarging: Int = 2
  ) throws(DatasetError) -> PNGImage {
    precondition(rows >= 1 && columns >= 1 && enlarging >= 1, "a sheet has rows, columns and pixels")
    let (cellHeight, cellWidth) = (dataset.shape.height + 1, dataset.shape.width + 1)
    let width = side(columns, of: cellWidth, enlarging: enlarging)
    let height = side(rows, of: cellHeight, enlarging: enlarging)
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    if overflow || area > largestArea { throw .sheetTooLarge(width: width, height: height, limit: largestArea) }

    let format = PixelFormat(showing: dataset.shape.channels)
    var sheet = PNGImage(
      gray: PNGImage.lineGray, width: width / enlarging, height: height / enlarging, format: format)
    let black = PNGImage(gray: 0, width: dataset.shape.width, height: dataset.shape.height, format: format)
    for (row, indices) in selection(from: dataset, rows: rows, columns: columns, order: order).enumerated() {
      for column in 0..<columns {
        let picture =
          column < indices.count ? PNGImage(dataset.image(indices[column]), shape: dataset.shape) : black
        sheet.paste(picture, x: column * cellWidth + 1, y: row * cellHeight + 1)
      }
    }
    return enlarging == 1 ? sheet : sheet.enlarged(by: enlarging)
  }

  /// Returns the pixels of `count` cells, with a line after each and one before the first; `Int.max` if they overflow.
  private static func side(_ count: Int, of cell: Int, enlarging: Int) -> Int {
    let (cells, tooMany) = count.multipliedReportingOverflow(by: cell)
    let (lines, tooLong) = cells.addingReportingOverflow(1)
    let (side, tooLarge) = lines.multipliedReportingOverflow(by: enlarging)
    return tooMany || tooLong || tooLarge ? .max : side
  }

  /// Returns the numbers of the images in each row.
  private static func selection(from dataset: ImageDataset, rows: Int, columns: Int, order: Order) -> [[Int]] {
    switch order {
    case .random(let seed):
      var stream = RandomStream(seed: seed, name: "contact sheet")
      let numbers = stream.permutation(of: dataset.count).prefix(rows * columns).map { Int($0) }
      return (0..<rows).map { Array(numbers.dropFirst($0 * columns).prefix(columns)) }
    case .byClass:
      let classes = Dictionary(grouping: dataset.labels.indices) { dataset.labels[$0] }
      let labels = classes.keys.sorted()
      if labels.isEmpty { return (0..<rows).map { _ in [] } }
      return (0..<rows).map { row in
        let images = classes[labels[row % labels.count]] ?? []
        return Array(images.dropFirst(row / labels.count * columns).prefix(columns))
      }
    }
  }
}

extension PixelFormat {
  /// Chooses the format that shows images: 1 channel as gray, 3 as color, 4 as color with alpha, others as the gray of
  /// their mean.
  package init(showing channels: Int) {
    switch channels {
    case 3: self = .rgb
    case 4: self = .rgba
    default: self = .gray
    }
  }
}

extension PNGImage {
  /// The gray of the lines between the images of a sheet.
  package static let lineGray: UInt8 = 56

  /// Creates a picture of a single opaque gray.
  package init(gray: UInt8, width: Int, height: Int, format: PixelFormat) {
    let pixel = (0..<format.channels).map { format.hasAlpha && $0 == format.channels - 1 ? 255 : gray }
    let pixels =
      format.channels == 1
      ? [UInt8](repeating: gray, count: width * height)
      : Array(repeatElement(pixel, count: width * height).joined())
    self.init(width: width, height: height, format: format, pixels: pixels)
  }

  /// Creates the picture of one image.
  /// - Parameter image: H×W×C.
  /// - Precondition: there are `shape.count` values.
  package init(_ image: [UInt8], shape: ImageShape) {
    precondition(image.count == shape.count, "an image has height × width × channels values")
    let format = PixelFormat(showing: shape.channels)
    let pixels = format.channels == shape.channels ? image : Self.means(of: image, channels: shape.channels)
    self.init(width: shape.width, height: shape.height, format: format, pixels: pixels)
  }

  /// Returns the mean of each pixel's channels, rounded.
  private static func means(of image: [UInt8], channels: Int) -> [UInt8] {
    stride(from: 0, to: image.count, by: channels).map { start in
      let sum = image[start..<start + channels].reduce(0) { $0 + Int($1) }
      return UInt8((sum + channels / 2) / channels)
    }
  }
}
