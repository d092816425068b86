// ColumnNames.swift
// The names of columns, and the choice that a user makes among them.

/// Knowledge about column names.
package enum ColumnNames {
  /// Names of class columns, in lower case.
  static let classes: Set<String> = [
    "label", "labels", "class", "classes", "target", "targets", "category", "categories", "cluster", "species",
  ]
  /// Names of columns that identify rows.
  static let identifiers: Set<String> = [
    "id", "ids", "index", "idx", "row_id", "rowid", "row.names", "rownames", "row_names", "name", "names", "uid",
    "uuid",
  ]
  /// Other words that are common as column names and rare as labels.
  private static let texts: Set<String> = [
    "word", "words", "token", "tokens", "text", "title", "sentence", "description", "filename", "file", "path", "url",
    "image", "gene", "symbol", "sample", "document",
  ]

  /// Whether a text is so common as a column name that it is not a label.
  static func isKnown(_ name: String) -> Bool {
    let name = name.trimmed.lowercased()
    let known = [classes, identifiers, texts]
    if known.contains(where: { $0.contains(name) }) || isUnnamed(name) && !name.isEmpty { return true }
    let parts = name.split { "_- ".contains($0) }
    return parts.count > 1 && parts.allSatisfy { part in known.contains { $0.contains(String(part)) } }
  }

  /// Whether numbers in a column of this name are labels or identifiers, and not coordinates.
  static func isOfLabels(_ name: String) -> Bool {
    let name = name.trimmed.lowercased()
    return classes.contains(name) || identifiers.contains(name)
      || ["_id", "_label", "_class"].contains(where: name.hasSuffix)
  }

  /// Whether a name is empty or pandas' replacement for an empty name.
  static func isUnnamed(_ name: String) -> Bool {
    let name = name.trimmed.lowercased()
    return name.isEmpty
      || name.hasPrefix("unnamed: ")
        && name.dropFirst(9).utf8.allSatisfy {
          NumberText.isDigit($0) || $0 == UInt8(ascii: ".")
        }
  }

  /// Whether two names follow one pattern, as x and y, V1 and V2, or dim_0 and dim_1 do.
  static func areAlike(_ one: String, _ other: String) -> Bool {
    func stem(_ name: String) -> Substring {
      name.dropLast(name.utf8.reversed().prefix(while: NumberText.isDigit).count)
    }
    let (one, other) = (one.trimmed, other.trimmed)
    if one.count == 1, other.count == 1 { return true }
    let stems = (stem(one), stem(other))
    return stems.0 == stems.1 && !stems.0.isEmpty && stems.0.count < one.count && stems.1.count < other.count
  }

  /// Makes names unique and not empty: "label" for a single column, else "column 1" and so on; a repeated name gets a number.
  /// Names that differ only in Unicode composition count as repeated.
  package static func different(_ names: [String]) -> [String] {
    var taken: Set<String> = []
    // The last number that each name got, so that thousands of equal names do not all count from 1.
    var numbers: [String: Int] = [:]
    return names.enumerated().map { index, name in
      let isBlank = name.allSatisfy(\.isWhitespace)
      let wanted = isBlank ? (names.count == 1 ? "label" : "column \(index + 1)") : name
      var (chosen, number) = (wanted, numbers[wanted] ?? 1)
      while !taken.insert(chosen).inserted {
        number += 1
        chosen = "\(wanted) (\(number))"
      }
      numbers[wanted] = number
      return chosen
    }
  }
}

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
