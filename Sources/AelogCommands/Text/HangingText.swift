// HangingText.swift
// Long lines on a terminal: broken between words, the rest below the first word behind the title.

extension TextStream {
  /// How wide tables may be: as wide as the terminal, 60 columns where nothing is known.
  package var tableRoom: TableRoom { TableRoom(columns: knownColumns ?? 60, cuts: isAttended) }

  /// Prints a line, on a terminal in as many lines as it takes.
  /// - Parameter indent: where the lines after the first begin.
  func paragraph(_ text: String, indent: Int) {
    for line in HangingText.lines(text, indent: indent, in: tableRoom) { self.line(line) }
  }
}

/// Lines of a text.
enum HangingText {
  /// - Returns: the text itself where lines are not cut; a word that is too long stays whole, so that it can be copied.
  static func lines(_ text: String, indent: Int, in room: TableRoom) -> [String] {
    guard room.cuts, text.unicodeScalars.count > room.columns, room.columns > indent + 8 else { return [text] }
    var lines: [String] = []
    var line = String(text.prefix(indent))
    var isEmpty = true
    for word in text.dropFirst(indent).split(separator: " ") {
      if !isEmpty, line.unicodeScalars.count + 1 + word.unicodeScalars.count > room.columns {
        lines.append(line)
        (line, isEmpty) = (String(repeating: " ", count: indent), true)
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return lines + [line]
  }
}
