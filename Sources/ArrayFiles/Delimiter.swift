// Delimiter.swift
// The character that separates cells, and how it is recognized from the first lines of a file.

/// A delimiter between cells.
package enum Delimiter: UInt8, CaseIterable, Sendable {
  case tab = 9
  /// One or more blanks or tabs.
  case space = 32
  case comma = 44
  case semicolon = 59

  package var name: String {
    switch self {
    case .tab: "tab"
    case .space: "space"
    case .comma: "comma"
    case .semicolon: "semicolon"
    }
  }

  /// The plural, for messages.
  var plural: String { "\(name)s" }
}

/// The rules for quoted cells.
package enum Quoting: Sendable {
  /// Quotes are text.
  case never
  /// A quoted cell ends on its line. A quote that is not closed is text, because vocabularies contain lone quotes.
  case withinLines
  /// Quotes enclose delimiters and line breaks (RFC 4180). Text after a closing quote belongs to the cell.
  case acrossLines
  /// The same, but text after a closing quote is an error.
  case strictlyAcrossLines

  /// Whether a quoted cell may have line breaks.
  var spansLines: Bool { self == .acrossLines || self == .strictlyAcrossLines }

  static func suiting(_ delimiter: Delimiter) -> Quoting {
    delimiter == .tab || delimiter == .space ? .withinLines : .acrossLines
  }
}

/// The delimiter of a label file.
struct DelimiterChoice {
  let delimiter: Delimiter
  /// Describes what the file's name does not reveal.
  let notes: [String]

  /// - Parameters:
  ///   - front: the beginning of the text.
  ///   - isWhole: whether it is all of the text.
  ///   - points: the number of points.
  ///   - wanted: the user's answer; detected from the content, if nil.
  /// - Throws: `ArrayFileError` if two delimiters are possible.
  init(
    _ front: ArraySlice<UInt8>, isWhole: Bool, points: Int, path: String, wanted: Delimiter?
  ) throws(ArrayFileError) {
    if let wanted {
      (delimiter, notes) = (wanted, [])
      return
    }
    let name = InputFile.contentName(path)
    let usual: Delimiter? =
      name.hasSuffix(".csv") ? .comma : name.hasSuffix(".tsv") || name.hasSuffix(".tab") ? .tab : nil
    let samples = Self.samples(front, isWhole: isWhole, path: path)
    delimiter = try Self.find(samples, points: points, usual: usual, path: path)
    notes = delimiter == usual || usual == nil && delimiter != .space ? [] : ["\(delimiter.name)-separated"]
  }

  /// Splits the first rows by each delimiter.
  private static func samples(_ front: ArraySlice<UInt8>, isWhole: Bool, path: String) -> [TextSample] {
    [.tabbed(front, isWhole: isWhole, path: path)]
      + [Delimiter.comma, .semicolon, .space].map { delimiter in
        TextSample(front, isWhole: isWhole, delimiter: delimiter, path: path)
      }
  }

  private static func find(
    _ samples: [TextSample], points: Int, usual: Delimiter?, path: String
  ) throws(ArrayFileError) -> Delimiter {
    let grids = samples.filter { $0.isGrid(points: points) && $0.delimiter != .space }.map(\.delimiter)
    if grids.isEmpty {
      if let usual { return isRTable(samples) ? .space : usual }
      // A single column, or a table with an odd row, which the reader reports.
      return samples.first { $0.delimiter != .space && $0.isNearlyGrid }?.delimiter
        ?? (isRTable(samples) ? .space : .tab)
    }
    if grids.count > 1 {
      if usual != .comma, grids[0] == .tab { return .tab }
      if grids == [.comma, .semicolon], hasDecimalCommas(samples[2]) { return .semicolon }
      throw question(grids, path: path)
    }
    let found = grids[0]
    // Labels hardly contain tabs. In a CSV file, a delimiter that splits all rows alike is likelier than commas that do not.
    if found == usual || found == .tab || usual == .comma { return found }
    let hasTabs = samples[0].rows.contains { $0.count > 1 }
    if usual == .tab, hasTabs { return .tab }
    guard isTable(samples[found == .comma ? 1 : 2], isNamedOtherwise: usual != nil) else {
      throw question([found, .tab], path: path)
    }
    return found
  }

  /// Whether commas or semicolons split a table, and not prose or numbers.
  private static func isTable(_ sample: TextSample, isNamedOtherwise: Bool) -> Bool {
    let rows = sample.rows
    if rows.contains(where: { $0.cells.dropFirst().contains { $0.first == 0x20 } }) { return false }
    let counts = PointColumns.counts(rows.dropFirst())
    let areNumbers = counts.map { $0.numbers > 0 && $0.texts + $0.damaged == 0 }
    let hasNames = rows[0].kinds.allSatisfy { $0 == .text } && areNumbers.contains(true)
    let hasKnownNames = rows[0].kinds.indices.contains { ColumnNames.isKnown(rows[0].name($0)) }
    if hasNames || hasKnownNames || areNumbers.contains(true) && areNumbers.contains(false) { return true }
    // "10,000" is one number.
    let couldBeThousands =
      !areNumbers.contains(false)
      && rows.allSatisfy { row in (1..<row.count).allSatisfy { row.cells[$0].count == 3 && row.kinds[$0] == .integer } }
    return !isNamedOtherwise && !couldBeThousands
  }

  /// Whether all commas are decimal commas of semicolon-separated numbers.
  private static func hasDecimalCommas(_ sample: TextSample) -> Bool {
    sample.rows.allSatisfy { row in
      row.cells.indices.allSatisfy {
        !row.cells[$0].contains(UInt8(ascii: ",")) || row.kinds[$0] == .commaDecimal
      }
    }
  }

  /// Whether every row begins with a quote and blanks split it, as R's write.table writes it.
  private static func isRTable(_ samples: [TextSample]) -> Bool {
    guard let spaced = samples.last, spaced.isGrid() else { return false }
    return spaced.rows.allSatisfy(\.beginsQuoted)
  }

  private static func question(_ delimiters: [Delimiter], path: String) -> ArrayFileError {
    let names = delimiters.map(\.plural).joined(separator: " or ")
    let advice = delimiters.map { "--delimiter \($0.name)" }.joined(separator: " or ")
    return .unreadable(path: path, reason: "its cells could be separated by \(names)", advice: "give \(advice)")
  }
}

/// Splits a line at its blanks. A cell in double quotes, as R writes texts, keeps its blanks. A quote that is not closed on
/// the line is text.
enum SpacedLine {
  /// Appends the cells of `line` to `bytes`, each followed by a zero byte.
  /// - Parameters:
  ///   - hasQuoting: whether quotes enclose blanks.
  ///   - starts: receives the end of each cell in `bytes`.
  /// - Returns: whether a cell was quoted.
  static func split(_ line: [UInt8], hasQuoting: Bool, into bytes: inout [UInt8], starts: inout [Int]) -> Bool {
    var place = 0
    var hasQuotes = false
    while true {
      while place < line.count, isBlank(line[place]) { place += 1 }
      guard place < line.count else { return hasQuotes }
      if hasQuoting, line[place] == UInt8(ascii: "\""), let end = appendQuoted(line, from: place, to: &bytes) {
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

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

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
