// TextFile.swift
// A text file of unknown encoding and delimiter, and the first rows from which both are recognized.

import ByteStreams

/// A text that can be read more than once.
struct TextFile {
  let input: InputFile
  let encoding: TextEncoding?
  private let role: ContentRole
  var path: String { input.path }

  /// The source of the decoded text.
  typealias Source = DecodedSource<InputFile.Source>

  /// - Parameters:
  ///   - encoding: detected from the bytes, if nil.
  ///   - role: what the text holds, which messages depend on.
  init(_ input: InputFile, of role: ContentRole, encoding: TextEncoding?) {
    (self.input, self.role, self.encoding) = (input, role, encoding)
  }

  /// Opens the text at its beginning.
  /// - Throws: `FileError`, `ZlibError`, `ArrayFileError`.
  func open() throws -> Source { try DecodedSource(input.source(), of: role, encoding: encoding, path: path) }

  /// Returns the first lines, and whether they are the whole text.
  func front() throws -> (bytes: ArraySlice<UInt8>, isWhole: Bool) {
    var source = try open()
    return try source.front()
  }

  /// Opens the rows at the beginning.
  func rows(_ delimiter: Delimiter, _ quoting: Quoting? = nil) throws -> DelimitedText<Source> {
    DelimitedText(try open(), delimiter: delimiter, quoting: quoting, path: path, bufferSize: input.bufferSize)
  }
}

/// The first complete rows of a text file, without blank lines.
struct TextSample {
  struct Row {
    let line: Int
    let cells: [ArraySlice<UInt8>]
    let kinds: [CellKind]
    /// Whether the first cell was quoted.
    let beginsQuoted: Bool
    /// Whether a cell was quoted.
    let hasQuotes: Bool
    /// Whether the line began with a blank, in blank-separated text.
    let beginsBlank: Bool

    var count: Int { cells.count }
    func text(_ cell: Int) -> String { String(decoding: cells[cell], as: UTF8.self) }
    /// Returns a cell's text without surrounding blanks.
    func name(_ cell: Int) -> String { text(cell).trimmed }
  }

  let delimiter: Delimiter
  let quoting: Quoting
  private(set) var rows: [Row] = []
  /// Whether the sample covers the whole file.
  let isWhole: Bool
  /// Whether the text cannot be split this way.
  private(set) var isBroken = false
  /// Whether a cell began with a quote that was not closed on its line.
  private(set) var hasOpenQuote = false

  private static let rowLimit = 1000

  /// - Parameters:
  ///   - front: the beginning of a text.
  ///   - isWhole: whether it is all of the text.
  init(_ front: ArraySlice<UInt8>, isWhole: Bool, delimiter: Delimiter, quoting: Quoting? = nil, path: String) {
    (self.delimiter, self.quoting, self.isWhole) = (delimiter, quoting ?? .suiting(delimiter), isWhole)
    // The last line may be incomplete.
    let whole = isWhole ? front : front[..<(front.lastIndex(of: 0x0A).map { $0 + 1 } ?? front.startIndex)]
    var reader = DelimitedText(
      MemorySource(Array(whole)), delimiter: delimiter, quoting: quoting, path: path, bufferSize: 1 << 13)
    do {
      while rows.count < Self.rowLimit, try reader.next() {
        hasOpenQuote = reader.hasOpenQuote
        if reader.isBlankLine { continue }
        let bytes = reader.bytes
        let cells = (0..<reader.count).map { bytes[reader.starts[$0]..<reader.starts[$0 + 1] - 1] }
        rows.append(
          Row(
            line: reader.line, cells: cells, kinds: cells.map { CellKind($0) }, beginsQuoted: reader.isFirstQuoted,
            hasQuotes: reader.hasQuotes, beginsBlank: reader.beginsBlank))
      }
    } catch {
      // The sample may end within a quote.
      isBroken = isWhole || !reader.endsInQuotes
    }
  }

  /// The number of cells that are numbers, damaged or not, and of those that are neither numbers nor missing.
  var cellCounts: (numbers: Int, others: Int) {
    rows.reduce((0, 0)) { counts, row in
      let numbers = row.kinds.count { $0.isNumber || $0 == .damaged }
      return (counts.0 + numbers, counts.1 + row.count - numbers - row.kinds.count { $0 == .missing })
    }
  }

  /// Splits tab-separated rows. Quotes that are open on their lines enclose tabs or line breaks if that yields equal rows.
  static func tabbed(_ front: ArraySlice<UInt8>, isWhole: Bool, path: String) -> TextSample {
    let plain = TextSample(front, isWhole: isWhole, delimiter: .tab, path: path)
    guard plain.hasOpenQuote else { return plain }
    let strict = TextSample(front, isWhole: isWhole, delimiter: .tab, quoting: .strictlyAcrossLines, path: path)
    let hasFewer = plain.isGrid() && strict.rows.count < plain.rows.count
    return strict.isGrid() && !hasFewer ? strict : plain
  }

  /// Splits blank-separated rows. Quotes enclose blanks if every row has some, or the names in the first, as R writes them. All
  /// other quotes belong to words.
  static func spaced(_ front: ArraySlice<UInt8>, isWhole: Bool, path: String) -> TextSample {
    let quoted = TextSample(front, isWhole: isWhole, delimiter: .space, path: path)
    let others = quoted.rows.dropFirst()
    let hasNames = quoted.rows.first.map { $0.hasQuotes && !$0.kinds.contains(where: \.isNumber) } ?? false
    if hasNames || !others.isEmpty && others.allSatisfy(\.hasQuotes) { return quoted }
    return TextSample(front, isWhole: isWhole, delimiter: .space, quoting: Quoting.never, path: path)
  }

  /// Whether nine of ten rows have the same number of cells, at least two.
  var isNearlyGrid: Bool {
    var seen: [Int: Int] = [:]
    for row in rows where row.count > 1 { seen[row.count, default: 0] += 1 }
    return rows.count > 2 && (seen.values.max() ?? 0) * 10 >= rows.count * 9
  }

  /// Whether all rows have the same number of cells, at least two. The first may lack the cell above row names.
  /// - Parameter points: the number of points, if known: with row names there is one more row.
  func isGrid(points: Int? = nil) -> Bool {
    guard !isBroken, let last = rows.last, last.count > 1, let first = rows.first,
      rows.dropFirst().allSatisfy({ $0.count == last.count })
    else { return false }
    if first.count == last.count { return true }
    let couldHaveRowNames = rows.count > 1 && (!isWhole || points.map { rows.count == $0 + 1 } ?? true)
    return couldHaveRowNames && first.count == last.count - 1 && hasRowNames
  }

  /// Whether the first column holds texts or counts the rows.
  private var hasRowNames: Bool {
    let names = rows.dropFirst().map { $0.name(0) }
    let areTexts = rows.dropFirst().allSatisfy { $0.kinds[0] == .text || $0.kinds[0] == .missing }
    return areTexts || FirstRow.areCounting(names)
  }
}

extension String {
  /// The text without surrounding blanks.
  var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
