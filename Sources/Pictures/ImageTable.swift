// ImageTable.swift
// Draws small images in rows and columns, exact to the pixel, with a title, headings and lines of text below.

package import PNG

/// A picture of images of one size.
package struct ImageTable {
  package struct Column {
    package let heading: String
    /// The images from top to bottom.
    package let images: [PNGImage]

    package init(_ heading: String, _ images: [PNGImage]) { (self.heading, self.images) = (heading, images) }
  }

  package var title = ""
  /// The length of a line below the title, as a fraction of the width; nil draws none.
  package var progress: Float?
  /// The pixels between two images, and around all of them.
  package var gap = 2
  /// Lines of text below the images.
  package var footer: [String] = []
  package let columns: [Column]

  /// - Precondition: a column or more, each with as many images; all of one size.
  package init(_ columns: [Column]) {
    precondition(columns.first.map { !$0.images.isEmpty } ?? false, "a table has an image")
    self.columns = columns
  }

  /// The smallest longer side of an image in pixels; smaller images are enlarged.
  package static let smallestSide = 56
  private static let letterSize: Float = 12
  private static let lineHeight = 24

  /// Draws the table, in gray if all images are gray.
  package func drawn() -> PNGImage {
    let first = columns[0].images[0]
    let factor = max(1, Self.smallestSide / max(first.width, first.height))
    let (cellWidth, cellHeight) = (first.width * factor + gap, first.height * factor + gap)
    let hasHeadings = columns.contains { !$0.heading.isEmpty }
    let head = (title.isEmpty ? 0 : 36) + (hasHeadings ? 28 : 0)
    let rows = columns.reduce(0) { max($0, $1.images.count) }
    let width = max(columns.count * cellWidth + gap, title.isEmpty ? 0 : 160)
    let foot = footer.isEmpty ? 0 : footer.count * Self.lineHeight + 8
    var canvas = Canvas(width: width, height: head + rows * cellHeight + gap + foot, Color(0x1C1C1C))
    drawTitle(on: &canvas)
    drawFooter(on: &canvas, from: canvas.height - foot)
    for (number, column) in columns.enumerated() {
      let x = number * cellWidth + gap
      canvas.write(
        Canvas.fitted(column.heading, size: Self.letterSize, into: Float(cellWidth - gap)),
        at: Place(Float(x) + Float(cellWidth - gap) / 2, Float(head - 21)), size: Self.letterSize,
        Color(0xC8C8C8), .center)
      for (row, image) in column.images.enumerated() {
        canvas.draw(image, x: x, y: head + row * cellHeight + gap, enlarging: factor)
      }
    }
    let isGray = columns.allSatisfy { $0.images.allSatisfy { $0.format == .gray } }
    return canvas.image(isGray: isGray)
  }

  private func drawFooter(on canvas: inout Canvas, from top: Int) {
    for (number, line) in footer.enumerated() {
      canvas.write(
        Canvas.fitted(line, size: Self.letterSize, into: Float(canvas.width - 16)),
        at: Place(8, Float(top + 10 + number * Self.lineHeight)), size: Self.letterSize, Color(0xC8C8C8))
    }
  }

  private func drawTitle(on canvas: inout Canvas) {
    if title.isEmpty { return }
    canvas.write(
      Canvas.fitted(title, size: Self.letterSize, into: Float(canvas.width - 16)), at: Place(8, 9),
      size: Self.letterSize, Color(0xE6E6E6))
    guard let progress else { return }
    canvas.rectangle(x: 0, y: 32, width: canvas.width, height: 2, Color(0x404040))
    canvas.rectangle(
      x: 0, y: 32, width: Int((Float(canvas.width) * progress).rounded()), height: 2, Color(0xC8C8C8))
  }
}
