// ConfusionPicture.swift
// Draws a confusion table: the fraction of each class that is taken for each other class, in colors.

package import PNG

/// A picture of a confusion table: right answers in blue on the diagonal, wrong ones in red beside it.
package struct ConfusionPicture {
  package var title = ""
  /// Says below the title what the table is.
  package var caption = ""
  /// [actual class, voted class]: numbers of points.
  package let counts: [[Int]]
  package let names: [String]

  /// - Precondition: as many rows and columns as names, and at least one.
  package init(counts: [[Int]], names: [String]) {
    precondition(!names.isEmpty && counts.count == names.count && counts.allSatisfy { $0.count == names.count })
    (self.counts, self.names) = (counts, names)
  }

  private static let letterSize: Float = 12
  private static let lineHeight = 18
  private static let right = Color(0x1F77B4)
  private static let wrong = Color(0xD62728)

  /// The side of one cell, in pixels.
  private var cell: Int { max(6, min(56, 900 / names.count)) }

  /// Draws the picture. Colors follow the root of the fraction, so that a few percent are visible.
  package func drawn() -> PNGImage {
    let longest = names.map { Canvas.width(of: $0, size: Self.letterSize) }.max() ?? 0
    let side = names.count * cell
    let left = 50 + Int(min(160, longest))
    let width = max(left + side + 24, 420)
    let lines = Self.lines(caption, width: Float(width - 40))
    let head = Self.lineHeight * lines.count
    let top = 96 + head
    let foot = longest > Float(cell - 4) ? 12 : 0
    var canvas = Canvas(width: width, height: top + side + 24 + foot, .white)
    let ink = Color(0x333333)
    canvas.write(
      Canvas.fitted(title, size: Self.letterSize, into: Float(canvas.width - 40)), at: Place(20, 20),
      size: Self.letterSize, Color(0x555555))
    for (line, text) in lines.enumerated() {
      canvas.write(
        text, at: Place(20, Float(40 + Self.lineHeight * line)), size: Self.letterSize, Color(0x555555))
    }
    canvas.write(
      "class of most neighbors", at: Place(Float(left + side / 2), Float(48 + head)), size: Self.letterSize, ink,
      .center)
    for (row, name) in names.enumerated() where cell >= 14 || row % 10 == 0 {
      let middle = Float(cell) * (Float(row) + 0.5)
      canvas.write(
        Canvas.fitted(name, size: Self.letterSize, into: 160),
        at: Place(Float(left) - 12, Float(top) + middle - Self.letterSize / 2), size: Self.letterSize, ink, .right)
      canvas.write(
        Canvas.fitted(name, size: Self.letterSize, into: max(20, Float(cell - 4))),
        at: Place(Float(left) + middle, Float(top) - 22), size: Self.letterSize, ink, .center)
    }
    for (row, counts) in counts.enumerated() { draw(counts, row: row, left: left, top: top, on: &canvas) }
    return canvas.image()
  }

  /// Breaks a text between words, so that each line fits the width.
  private static func lines(_ text: String, width: Float) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, Canvas.width(of: "\(last) \(word)", size: letterSize) <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  private func draw(_ counts: [Int], row: Int, left: Int, top: Int, on canvas: inout Canvas) {
    let sum = counts.reduce(0, +)
    for (column, count) in counts.enumerated() {
      let share = sum > 0 ? Float(count) / Float(sum) : 0
      let (x, y) = (left + column * cell, top + row * cell)
      let color = Color(0xF4F4F4).mixed(with: row == column ? Self.right : Self.wrong, share: share.squareRoot())
      canvas.rectangle(x: x, y: y, width: cell - 1, height: cell - 1, color)
      let percent = Self.percent(share)
      let size = min(Self.letterSize, Float(cell) / 4)
      if count > 0, cell >= 32 {
        canvas.write(
          percent, at: Place(Float(x) + Float(cell) / 2, Float(y) + (Float(cell) - size) / 2), size: size,
          share > 0.35 ? .white : Color(0x333333), .center)
      }
    }
  }

  /// Returns a fraction in percent, for example "97", "1.4", "0.1" or "<0.1".
  static func percent(_ share: Float) -> String {
    let tenths = Int((share * 1000).rounded())
    if tenths == 0 { return "<0.1" }
    return tenths >= 100 ? "\((tenths + 5) / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
