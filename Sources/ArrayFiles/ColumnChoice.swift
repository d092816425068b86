// ColumnChoice.swift
// A selection of columns by position or name.

/// A selection of columns: all, or some by position from 0 or by name.
package enum ColumnChoice: Equatable, Sendable {
  package enum Entry: Equatable, Sendable {
    case places(ClosedRange<Int>)
    case name(String)
  }

  case all
  case some([Entry])

  /// Parses "all", or positions, ranges and names separated by commas, as in "1-128" or "x,y,z". Digits are a position.
  /// - Returns: nil for an empty entry or a descending range.
  package init?(_ text: String) {
    if text == "all" {
      self = .all
      return
    }
    var entries: [Entry] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let word = String(part).trimmed
      let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { part in
        part.utf8.allSatisfy(NumberText.isDigit) ? Int(part) : nil
      }
      switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
      case (1, let place?, _): entries.append(.places(place...place))
      case (2, let first?, let last?):
        guard first <= last else { return nil }
        entries.append(.places(first...last))
      default:
        if word.isEmpty { return nil }
        entries.append(.name(word))
      }
    }
    self = .some(entries)
  }

  /// Returns the positions of the selected columns.
  /// - Parameter names: the column names; nil if the file has no header.
  /// - Throws: `ArrayFileError.unreadable` for a column that does not exist.
  func places(of count: Int, names: [String]?, path: String) throws(ArrayFileError) -> Set<Int> {
    guard case .some(let entries) = self else { return Set(0..<count) }
    var places: Set<Int> = []
    for entry in entries {
      switch entry {
      case .places(let range):
        guard range.upperBound < count else {
          throw .unreadable(
            path: path,
            reason: "--columns selects column \(range.upperBound), but the file has columns 0 to \(count - 1)",
            advice: "select some of these")
        }
        places.formUnion(range)
      case .name(let name):
        guard let place = names?.firstIndex(where: { $0.trimmed.utf8.elementsEqual(name.utf8) }) else {
          let known = (names ?? []).prefix(8).map { $0.trimmed }.joined(separator: ", ")
          throw .unreadable(
            path: path, reason: "it has no column \(name)",
            advice: names == nil ? "it has no header line: give positions from 0" : "choose some of \(known)")
        }
        places.insert(place)
      }
    }
    return places
  }
}
