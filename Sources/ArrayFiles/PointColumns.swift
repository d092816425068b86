// PointColumns.swift
// The role of each column in a text file of points: dimension, labels, or index.

/// The role of each column, decided from the first rows of a file.
struct PointColumns {
  enum Role {
    case dimension
    /// The column becomes metadata.
    case text
    /// Row names in an unnamed first column. The column is skipped if it only counts the rows, and becomes metadata otherwise.
    case rowNames
    /// Empty cells after a delimiter at the end of each line.
    case trailing
  }

  private(set) var roles: [Role] = []
  /// Column names; nil if the file has no header.
  private(set) var names: [String]?
  /// Number of leading rows that are not points: comments, the header, the sizes of word2vec.
  private(set) var skippedRows = 0
  /// The shape of a file of word vectors; nil for any other table.
  private(set) var words: WordVectors?
  private(set) var hasDecimalComma = false
  /// Whether to ask, instead of guess, if the first column turns out to count the rows.
  private(set) var asksAboutCounter = false
  /// Whether the first column holds texts, so that a row that begins with "#" is not a comment.
  private(set) var beginsWithTexts = false
  /// Describes what was recognized: "header line".
  private(set) var notes: [String] = []

  private let path: String
  private let options: PointTable.Options

  /// - Throws: `ArrayFileError` if the rows have two possible meanings.
  init(_ sample: TextSample, _ options: PointTable.Options, path: String) throws(ArrayFileError) {
    (self.path, self.options) = (path, options)
    var rows = sample.rows[...]
    if options.hasHeader != true {
      let words = try WordVectors(rows, delimiter: sample.delimiter, path: path)
      // A first line that declares sizes is a header.
      if options.hasHeader == nil || words?.declared == nil { self.words = words }
      if try setRolesOfWords() { return }
    }
    let comment = skipComments(&rows)
    guard let first = rows.first else { return }
    let header = FirstRow(first, rows.dropFirst(), hasHeader: options.hasHeader)
    try take(header.meaning, of: first, comment)
    if header.isNames { rows.removeFirst() }
    let counts = Self.counts(rows.isEmpty ? [first] : rows)
    try setRoles(counts)
    try setDecimalComma(counts, rows)
  }

  /// Skips leading comments; numpy.savetxt writes its header as one.
  /// - Returns: the last comment.
  private mutating func skipComments(_ rows: inout ArraySlice<TextSample.Row>) -> TextSample.Row? {
    var last: TextSample.Row?
    // In a vocabulary, "#" is a word.
    let hasWords = rows.last?.kinds.first == .text && rows.last?.cells.first?.first != UInt8(ascii: "#")
    while let row = rows.first, row.cells[0].first == UInt8(ascii: "#"), rows.count > 1,
      !(hasWords && row.kinds.dropFirst().allSatisfy(\.isNumber) && row.count > 1)
    {
      last = rows.removeFirst()
      skippedRows += 1
    }
    if skippedRows > 0 { notes.append("leading comments skipped") }
    return last
  }

  /// Assigns the roles of a file of word vectors; returns false for any other file.
  private mutating func setRolesOfWords() throws(ArrayFileError) -> Bool {
    guard let words else { return false }
    beginsWithTexts = true
    if words.declared != nil {
      skippedRows = 1
      notes.append("word2vec header")
    }
    names = [words.areWords ? "word" : "label"] + [String](repeating: "", count: words.dimensions)
    roles = [.text] + [Role](repeating: .dimension, count: words.dimensions)
    try takeChoice()
    return true
  }

  /// Keeps the column names of a header or a comment.
  private mutating func take(
    _ meaning: FirstRow.Meaning, of first: TextSample.Row, _ comment: TextSample.Row?
  ) throws(ArrayFileError) {
    switch meaning {
    case .names: names = (0..<first.count).map(first.name)
    case .namesOfOthers: names = [""] + (0..<first.count).map(first.name)
    case .points:
      names = comment.flatMap { Self.names(in: $0, count: first.count) }
      return
    case .unclear(let reason):
      throw .unreadable(
        path: path, reason: "line \(first.line): \(reason)",
        advice: "give --tensors-header or --no-tensors-header")
    case .oddCell(let column):
      throw .notANumber(
        path: path, line: first.line, column: column, got: first.text(column),
        advice: "or give --tensors-header if the line is a header")
    }
    skippedRows += 1
    notes.append("header line")
  }

  /// Returns the words of a comment if there is one per column.
  private static func names(in comment: TextSample.Row, count: Int) -> [String]? {
    var names = (0..<comment.count).map { comment.name($0) }
    names[0] = String(names[0].drop { $0 == "#" }).trimmed
    if names[0].isEmpty { names.removeFirst() }
    return names.count == count ? names : nil
  }
}

extension PointColumns {
  /// Counts the kinds of cells in a column.
  struct Count {
    var (integers, decimals, commas, missing, damaged, texts) = (0, 0, 0, 0, 0, 0)
    /// Number of missing cells that are empty.
    var blanks = 0

    var numbers: Int { integers + decimals + commas }
    /// Whether texts outnumber numbers, damaged numbers included.
    var isText: Bool { texts > numbers + damaged }
    var isBlank: Bool { blanks > 0 && missing == blanks && numbers + damaged + texts == 0 }

    mutating func add(_ kind: CellKind) {
      switch kind {
      case .integer: integers += 1
      case .decimal: decimals += 1
      case .commaDecimal: commas += 1
      case .missing: missing += 1
      case .damaged: damaged += 1
      case .text: texts += 1
      }
    }
  }

  /// Counts the kinds of cells per column, in rows as long as the first.
  static func counts(_ rows: ArraySlice<TextSample.Row>) -> [Count] {
    var counts = [Count](repeating: Count(), count: rows.first?.count ?? 0)
    for row in rows where row.count == counts.count {
      for (column, kind) in row.kinds.enumerated() {
        counts[column].add(kind)
        if row.cells[column].isEmpty { counts[column].blanks += 1 }
      }
    }
    return counts
  }

  /// Assigns the role of each column.
  private mutating func setRoles(_ counts: [Count]) throws(ArrayFileError) {
    if let names, names.count != counts.count { self.names = nil }
    beginsWithTexts = counts.first?.isText == true
    roles = try counts.indices.map { column throws(ArrayFileError) in try role(column, counts) }
    if options.columns != nil {
      try takeChoice()
    } else if roles.count(where: { $0 == .dimension }) > 1, roles[0] == .dimension,
      counts[0].decimals + counts[0].commas == 0
    {
      asksAboutCounter = !isNamedLikeOthers
    }
    if options.columns == nil, names == nil { noteWholeNumbers(counts) }
    if roles.last == .trailing { notes.append("trailing delimiters ignored") }
  }

  /// Makes the columns that the user has chosen dimensions, and metadata of the others.
  private mutating func takeChoice() throws(ArrayFileError) {
    guard let choice = options.columns else { return }
    let chosen = try choice.places(of: roles.count, names: names, path: path)
    for column in roles.indices {
      if roles[column] == .trailing { continue }
      if chosen.contains(column) {
        roles[column] = .dimension
      } else if roles[column] == .dimension {
        roles[column] = column == 0 && ColumnNames.isUnnamed(names?[0] ?? "") ? .rowNames : .text
      }
    }
  }

  /// Says which columns without names have whole numbers beside decimals: they may be labels.
  private mutating func noteWholeNumbers(_ counts: [Count]) {
    let dimensions = roles.indices.filter { roles[$0] == .dimension }
    let whole = dimensions.filter { counts[$0].integers > 0 && counts[$0].decimals + counts[$0].commas == 0 }
    guard let last = whole.last, whole.count <= 3, whole.count * 2 < dimensions.count else { return }
    let list = whole.map(String.init).joined(separator: ", ")
    let others = dimensions.filter { !whole.contains($0) }
    let isRange = others.last.map { $0 - others[0] + 1 == others.count } ?? false
    let choice = isRange ? "\(others[0])-\(others[others.count - 1])" : "the others"
    notes.append(
      "\(whole.count == 1 ? "column \(last) has" : "columns \(list) have") whole numbers, and \(whole.count == 1 ? "is" : "are") "
        + "taken as numbers; --columns \(choice) makes metadata of \(whole.count == 1 ? "it" : "them")")
  }

  /// Returns the role that the name and content of a column show.
  private func role(_ column: Int, _ counts: [Count]) throws(ArrayFileError) -> Role {
    let count = counts[column]
    let name = names?[column] ?? ""
    if count.isBlank, column > 0, column == counts.count - 1, ColumnNames.isUnnamed(name) { return .trailing }
    if options.columns != nil { return count.isText ? .text : .dimension }
    guard let names else { return count.isText ? .text : .dimension }
    if ColumnNames.isUnnamed(name), column == 0, counts.count > 1 {
      if count.decimals + count.commas == 0 { return .rowNames }
      throw question("its first column has no name and could be an index or a dimension")
    }
    // pandas names an index "Unnamed: 0" when it reads a file, and "Unnamed: 0.1" when it reads that file again.
    if ColumnNames.isUnnamed(name), !name.trimmed.isEmpty, count.decimals + count.commas == 0, !count.isText {
      return .rowNames
    }
    let word = name.lowercased()
    if count.isText || ColumnNames.isOfLabels(word) { return .text }
    if word == "y", counts.count > 1, !names.contains(where: { $0.lowercased() == "x" }) {
      if count.decimals + count.commas == 0 { return .text }
      throw question("column \(column) (y) could be labels or a dimension")
    }
    // pandas numbers the other columns, so a named first column is its index.
    if column == 0, counts.count > 2, Int(name) == nil, count.decimals + count.commas == 0,
      FirstRow.areCounting(names.dropFirst())
    {
      return .text
    }
    return .dimension
  }

  /// Whether the first two names follow one pattern, such as x and y.
  private var isNamedLikeOthers: Bool {
    guard let names, names.count > 1 else { return false }
    return ColumnNames.areAlike(names[0], names[1])
  }

  /// Returns the error that asks for the dimensions.
  func question(_ reason: String) -> ArrayFileError {
    let last = max(1, roles.isEmpty ? (names?.count ?? 2) - 1 : roles.count - 1)
    return .unreadable(
      path: path, reason: reason, advice: "select the dimensions, as in --columns 1-\(last), or give --columns all")
  }

  /// Decides whether commas are decimal points.
  private mutating func setDecimalComma(
    _ counts: [Count], _ rows: ArraySlice<TextSample.Row>
  ) throws(ArrayFileError) {
    hasDecimalComma = options.hasDecimalComma
    let dimensions = roles.indices.filter { roles[$0] == .dimension }
    guard !hasDecimalComma, dimensions.contains(where: { counts[$0].commas > 0 }),
      !dimensions.contains(where: { counts[$0].decimals > 0 })
    else { return }
    for row in rows where row.count == roles.count {
      for column in dimensions where row.kinds[column] == .commaDecimal {
        if Self.canNotBeThousands(row.name(column)) {
          hasDecimalComma = true
          notes.append("decimal commas")
          return
        }
      }
    }
    throw .unreadable(
      path: path, reason: "the commas in its numbers could be decimal points or thousands separators",
      advice: "give --decimal-comma for decimal points, or write the numbers without thousands separators")
  }

  /// Whether the comma cannot separate thousands: true for "0,5" and "1,25", false for "1,250".
  private static func canNotBeThousands(_ number: String) -> Bool {
    let digits = number.drop { "+-".contains($0) }
    let parts = digits.split(separator: ",", omittingEmptySubsequences: false)
    return parts.count != 2 || parts[1].count != 3 || !(1...3).contains(parts[0].count) || parts[0].first == "0"
  }
}
