// ReflowingTerminal.swift
// A model of a terminal that wraps its lines anew when its width changes.

/// Understands what moving lines and blocks write: CR, LF, styles, erasing to the end of the row or the screen, and going up.
struct ReflowingTerminal {
  /// Lines as they were written; each takes one row or more.
  private var lines: [[Character]] = [[]]
  private var line = 0
  private var offset = 0
  private let height: Int
  /// The start of the first row on the screen. No row comes back from the scrollback.
  private var top = (line: 0, offset: 0)
  var columns: Int {
    didSet {
      top.offset -= top.offset % columns
      scroll()
    }
  }

  /// - Parameter height: its rows; all of them stay on the screen, if nil.
  init(columns: Int, height: Int? = nil) {
    self.columns = columns
    self.height = height ?? .max
  }

  /// The rows without blanks at their ends, those in the scrollback first.
  var rows: [String] {
    lines.flatMap { line -> [String] in
      stride(from: 0, to: max(1, line.count), by: columns).map { start in
        var row = String(line[min(start, line.count)..<min(start + columns, line.count)])
        while row.last == " " { row.removeLast() }
        return row
      }
    }
  }

  /// How many rows a line takes.
  private func count(_ line: [Character]) -> Int { max(1, (line.count + columns - 1) / columns) }

  /// Moves rows into the scrollback for as long as the screen has too many. The cursor stays on the screen.
  private mutating func scroll() {
    var surplus = lines[top.line...].map(count).reduce(0, +) - top.offset / columns - height
    while surplus > 0 {
      top.offset += columns
      if top.offset >= max(1, lines[top.line].count) { top = (top.line + 1, 0) }
      surplus -= 1
    }
    keepCursor()
  }

  private mutating func keepCursor() {
    if line < top.line { (line, offset) = (top.line, offset % columns) }
    if line == top.line { offset = max(offset, top.offset + offset % columns) }
  }

  mutating func write(_ text: String) {
    // CR and LF would be one character.
    var scalars = text.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\r": offset -= offset % columns
      case "\n":
        line += 1
        offset = 0
        if line == lines.count { lines.append([]) }
        scroll()
      case "\u{1B}":
        scalars.removeFirst()
        let number = scalars.prefix { ("0"..."9").contains($0) }
        scalars.removeFirst(number.count)
        let count = Int(String(Substring(number))) ?? 0
        switch scalars.removeFirst() {
        case "K":
          let end = offset - offset % columns + columns
          for place in offset..<max(offset, min(end, lines[line].count)) { lines[line][place] = " " }
          if lines[line].count <= end { lines[line].removeLast(max(0, lines[line].count - offset)) }
        case "J":
          lines[line].removeLast(max(0, lines[line].count - offset))
          lines.removeLast(lines.count - 1 - line)
        case "A":
          line -= min(line, count)
          keepCursor()
        default: break
        }
      default:
        while lines[line].count <= offset { lines[line].append(" ") }
        lines[line][offset] = Character(scalar)
        offset += 1
      }
    }
  }
}
