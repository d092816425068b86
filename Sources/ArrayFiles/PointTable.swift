// PointTable.swift
// A text file of points, one per line: its matrix of numbers and its label columns.

import ByteStreams
package import PointMatrices

/// The numbers of a text file, read at once, and the columns that are not dimensions.
package struct PointTable: Sendable {
  /// The user's answers about a file. An answer that is nil is decided from the content.
  package struct Options: Equatable, Sendable {
    package var encoding: TextEncoding?
    package var delimiter: Delimiter?
    package var hasHeader: Bool?
    /// The columns that are dimensions; all others become labels.
    package var columns: ColumnChoice?
    package var hasDecimalComma = false
    /// The field or column that holds each point's list of numbers.
    package var vector: String?

    package init() {}

    /// The names of the options that are given and that apply to points alone.
    package var given: [String] {
      [
        ("tensors-header", hasHeader != nil), ("columns", columns != nil), ("decimal-comma", hasDecimalComma),
        ("vector", vector != nil),
      ].filter(\.1).map(\.0)
    }
  }

  /// A number that is not finite, as written in the file.
  package struct OddNumber: Equatable, Sendable {
    package let row: Int
    package let line: Int
    package let column: Int
    package let text: String
  }

  package var path: String { input.path }
  /// NaN where a number is missing.
  package let matrix: PointMatrix
  /// Columns that are not dimensions.
  package let labels: [LabelTable.Column]
  /// Number of label cells that were cut because they had more than `LabelTable.cellLimit` characters.
  package let shortened: Int
  /// Describes what was recognized: "header line".
  package let notes: [String]
  /// The first number that is missing, NaN or infinite.
  package let firstOdd: OddNumber?
  private let input: InputFile
  private let options: Options

  /// Reads the file at `path`.
  package init(_ path: String, _ options: Options = Options()) throws { try self.init(InputFile(path), options) }

  /// Reads an open file. Blank lines are skipped if there are two columns or more.
  /// - Parameter origin: a number for each dimension, subtracted in double precision before rounding to float32; none, if nil.
  /// - Throws: `ArrayFileError`, `FileError`.
  /// - Complexity: O(bytes).
  package init(_ input: InputFile, _ options: Options = Options(), from origin: [Double]? = nil) throws {
    let path = input.path
    let file = TextFile(input, of: .numbers, encoding: options.encoding)
    var source = try file.open()
    let front = try source.front()
    let sample = Self.sample(front.bytes, isWhole: front.isWhole, options, path: path)
    do {
      self = try Self.read(source, sample, options, file, from: origin)
    } catch let error as ArrayFileError {
      // A label beyond the sample may have a quoted line break.
      guard case .raggedLine = error, sample.delimiter == .tab, sample.quoting == .withinLines,
        let strict = try? Self.read(
          file.open(),
          TextSample(front.bytes, isWhole: front.isWhole, delimiter: .tab, quoting: .strictlyAcrossLines, path: path),
          options, file, from: origin)
      else { throw error }
      self = strict
    }
  }

  private static func read(
    _ source: TextFile.Source, _ sample: TextSample, _ options: Options, _ file: TextFile, from origin: [Double]?
  ) throws -> PointTable {
    let path = file.path
    let columns = try PointColumns(sample, options, path: path)
    let notes = source.encoding == .utf8 ? [] : [source.encoding.title]
    let reader = DelimitedText(
      source, delimiter: sample.delimiter, quoting: sample.quoting, path: path, bufferSize: file.input.bufferSize)
    var rows = PointRows(reader, columns, from: origin, path: path)
    try rows.readAll()
    return PointTable(rows, columns, options, notes: notes + sample.notes(path: path), file.input)
  }

  private init(
    _ read: PointRows<TextFile.Source>, _ columns: PointColumns, _ options: Options, notes: [String], _ input: InputFile
  ) {
    let (labels, description) = read.labels(columns)
    matrix = PointMatrix(count: read.count, dimensions: read.dimensions.count, values: read.values)
    (self.input, self.options) = (input, options)
    (self.labels, shortened, firstOdd) = (labels, read.shortened, read.firstOdd)
    self.notes =
      notes + columns.notes + (read.closingComments > 0 ? ["trailing comments skipped"] : [])
      + [description].compactMap(\.self)
  }

  /// Returns the first rows, split by the delimiter that yields the most numbers, then equal rows, then the fewest other cells.
  private static func sample(
    _ front: ArraySlice<UInt8>, isWhole: Bool, _ options: Options, path: String
  ) -> TextSample {
    let order: [Delimiter] = options.hasDecimalComma ? [.tab, .semicolon, .space] : [.tab, .semicolon, .comma, .space]
    let samples = (options.delimiter.map { [$0] } ?? order).map { delimiter -> TextSample in
      switch delimiter {
      case .tab: .tabbed(front, isWhole: isWhole, path: path)
      case .space: .spaced(front, isWhole: isWhole, path: path)
      case .comma, .semicolon: TextSample(front, isWhole: isWhole, delimiter: delimiter, path: path)
      }
    }
    func isBetter(_ one: TextSample, _ other: TextSample) -> Bool {
      let (counts, others) = (one.cellCounts, other.cellCounts)
      if counts.numbers != others.numbers { return counts.numbers > others.numbers }
      let (isGrid, isOtherGrid) = (one.isGrid(), other.isGrid())
      return isGrid != isOtherGrid ? isGrid : counts.others < others.others
    }
    return samples.dropFirst().reduce(samples[0]) { isBetter($1, $0) ? $1 : $0 }
  }
}

extension PointTable: MatrixReader {
  package func matrix(from origin: [Double]) throws -> PointMatrix {
    try PointTable(input, options, from: origin).matrix
  }
}

extension TextSample {
  /// Describes what the file's name does not reveal.
  func notes(path: String) -> [String] {
    guard rows.contains(where: { $0.count > 1 }) else { return [] }
    let name = InputFile.contentName(path)
    let usual: [Delimiter] =
      name.hasSuffix(".csv") ? [.comma] : name.hasSuffix(".tsv") || name.hasSuffix(".tab") ? [.tab] : Delimiter.allCases
    let notes = usual.contains(delimiter) ? [] : ["\(delimiter.name)-separated"]
    return notes + (quoting == .strictlyAcrossLines ? ["quoted tabs or line breaks"] : [])
  }
}
