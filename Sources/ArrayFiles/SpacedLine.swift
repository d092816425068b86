// SpacedLine.swift
// Splits a line at its blanks.

/// Splits a line at its blanks. A cell in double quotes, as R writes texts, keeps its blanks. A quote that is not closed on
/// the line is text.
enum SpacedLine {
  /// Appends the cells of `line` to `bytes`, each followed by a zero byte.
  /// - Parameter starts: receives the end of each cell in `bytes`.
  /// - Returns: whether a cell was quoted.
  static func split(_ line: [UInt8], into bytes: inout [UInt8], starts: inout [Int]) -> Bool {
    var place = 0
    var hasQuotes = false
    while true {
      while place < line.count, isBlank(line[place]) { place += 1 }
      guard place < line.count else { return hasQuotes }
      if line[place] == UInt8(ascii: "\""), let end = appendQuoted(line, from: place, to: &bytes) {
        hasQuotes = true
        place = end
      } else {
        let start = place
        while place < line.count, !isBlank(line[place]) { place += 1 }
        bytes += line[start..<place]
      }
      bytes.append(0)
      starts.append(bytes.count)
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// Appends the cell whose opening quote is at `start`. Inner quotes are doubled or follow a backslash.
  /// - Returns: the position after the closing quote; nil, with nothing appended, if there is none before a blank.
  private static func appendQuoted(_ line: [UInt8], from start: Int, to bytes: inout [UInt8]) -> Int? {
    let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
    let before = bytes.count
    var at = start + 1
    while at < line.count {
      let next = at + 1 < line.count ? line[at + 1] : 0x20
      if line[at] == quote || line[at] == backslash, next == quote {
        bytes.append(quote)
        at += 2
      } else if line[at] == quote {
        if isBlank(next) { return at + 1 }
        break
      } else {
        bytes.append(line[at])
        at += 1
      }
    }
    bytes.removeSubrange(before...)
    return nil
  }
}
