// ReflowingTerminal.swift
// A model of a terminal that wraps its lines anew when its width changes.

/// Understands what moving lines and blocks write: CR, LF, styles, erasing to the end of the row or the screen, and going up.
struct ReflowingTerminal {
  /// Lines as they were written; each takes one row or more.
  private var lines: [[Character]] = [[]]
  private var line = 0
  private var offset = 0
  var columns: Int

  init(columns: Int) { self.columns = columns }

  /// The rows without blanks at their ends.
  var rows: [String] {
    lines.flatMap { line -> [String] in
      stride(from: 0, to: max(1, line.count), by: columns).map { start in
        var row = String(line[min(start, line.count)..<min(start + columns, line.count)])
        while row.last == " " { row.removeLast() }
        return row
      }
    }
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
        case "A": line -= min(line, count)
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
