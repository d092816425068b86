// WordVectors.swift
// Recognizes word vectors in text, as word2vec, fastText, gensim and GloVe write them: a word, then its numbers, separated by blanks.

/// The shape of a text file of word vectors.
struct WordVectors {
  let dimensions: Int
  /// Number of words that the first line declares; nil if no line does, as in GloVe's files.
  let declared: Int?
  /// Whether no word of the sample is repeated. Repeated texts are rather classes.
  let areWords: Bool

  /// - Parameter rows: the first rows of a file, which may have words with blanks in them.
  /// - Throws: `ArrayFileError.unreadable` if the first line declares other dimensions than the rows have.
  init?(_ rows: ArraySlice<TextSample.Row>, delimiter: Delimiter, path: String) throws(ArrayFileError) {
    guard let first = rows.first, delimiter == .space || delimiter == .tab else { return nil }
    let others = rows.dropFirst()
    if let sizes = Self.sizes(first, others) {
      guard let usual = Self.usualCount(others), usual > 2 else { return nil }
      guard usual == sizes.dimensions + 1 else {
        if usual == 2 || !others.allSatisfy({ Self.isVector($0, usual - 1) }) { return nil }
        throw .unreadable(
          path: path,
          reason:
            "its first line declares \(sizes.dimensions) numbers for each word, but line \(others.first?.line ?? 2) has "
            + "\(usual - 1)", advice: "get the file again")
      }
      // A row that is damaged is reported when it is read.
      let vectors = others.count { Self.isVector($0, sizes.dimensions) }
      if vectors * 10 < others.count * 9 { return nil }
      (dimensions, declared, areWords) = (sizes.dimensions, sizes.words, true)
      return
    }
    guard delimiter == .space, let usual = Self.usualCount(rows), usual > 2,
      rows.allSatisfy({ Self.isVector($0, usual - 1) })
    else { return nil }
    let counts = PointColumns.counts(rows.filter { $0.count == usual }[...])
    let hasWholeWords =
      counts[0].texts > 0 && counts[0].decimals + counts[0].commas == 0
      && counts.dropFirst().allSatisfy { $0.decimals + $0.commas > 0 }
    guard counts[0].isText || hasWholeWords else { return nil }
    let words = rows.map { row in row.cells.dropLast(min(row.count, usual - 1)).map(Array.init) }
    (dimensions, declared, areWords) = (usual - 1, nil, Set(words).count == words.count)
  }

  /// The numbers of words and dimensions in a first line, which are two whole numbers above longer rows.
  private static func sizes(
    _ first: TextSample.Row, _ others: ArraySlice<TextSample.Row>
  ) -> (words: Int, dimensions: Int)? {
    guard first.count == 2, first.kinds == [.integer, .integer], others.count > 1, let words = Int(first.name(0)),
      let dimensions = Int(first.name(1)), words > 0, dimensions > 1
    else { return nil }
    return (words, dimensions)
  }

  /// The most frequent number of cells.
  private static func usualCount(_ rows: ArraySlice<TextSample.Row>) -> Int? {
    var seen: [Int: Int] = [:]
    for row in rows { seen[row.count, default: 0] += 1 }
    return seen.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  /// Whether a row ends in numbers, behind a word.
  private static func isVector(_ row: TextSample.Row, _ dimensions: Int) -> Bool {
    let areNumbers = row.kinds.suffix(dimensions).allSatisfy { $0.isNumber || $0 == .missing }
    if row.count == dimensions { return row.beginsBlank && areNumbers }
    return areNumbers && row.count > dimensions && !(row.count > dimensions + 1 && row.endsWordInDecimal(dimensions))
  }
}

extension TextSample.Row {
  /// Whether the cell in front of the numbers is a decimal, so that the row has a number too many rather than a word with blanks.
  fileprivate func endsWordInDecimal(_ dimensions: Int) -> Bool { kinds[count - dimensions - 1] == .decimal }
}

extension DelimitedText {
  /// Makes one cell of a word with blanks in it, and an empty one of a word that is missing.
  /// - Parameter width: the number of cells with the word.
  mutating func mergeWord(width: Int) {
    if count == width - 1, beginsBlank {
      prependEmptyCell()
    } else if count > width, CellKind(self[count - width]) != .decimal {
      joinFirst(count - width + 1)
    }
  }
}
