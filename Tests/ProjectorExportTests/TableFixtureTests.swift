// TableFixtureTests.swift
// Tables as pandas, NumPy, gensim and R leave them (Tests/Fixtures/tables/generate.py): each is read as it is meant, says what
// was recognized, or asks.

import ArrayFiles
import ByteStreams
import Foundation
import TestSupport
import Testing

@testable import Probes
@testable import ProjectorExport

/// A file and what becomes of it.
struct TableCase: CustomTestStringConvertible, Sendable {
  let file: String
  let recognized: String
  /// Columns of metadata, without the last, which numbers the points.
  let columns: [String]
  /// The first column's first and last cell.
  let labels: [String]
  let first: [Float]
  let last: [Float]

  var testDescription: String { file }

  static let rows: [[Float]] = [[-3.25, 0.5, 2.125, -0.75, 7.5], [2.5, 0.75, -1.25, 8.5, 5.75]]

  init(
    _ file: String, _ recognized: String, _ columns: [String] = [], _ labels: [String] = [], rows: [[Float]] = rows
  ) {
    (self.file, self.recognized, self.columns, self.labels) = (file, recognized, columns, labels)
    (first, last) = (rows[0], rows[1])
  }
}

struct TableFixtureTests {
  private static let integers: [[Float]] = [[-3, 0, 2, 0, 7], [2, 0, -1, 8, 5]]

  private static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/tables/\(name)").path
  }

  private static func cells(_ path: String) throws -> [[String]] {
    String(decoding: try FileContents.read(path), as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// Writes the embedding and compares it, row by row as the file has them.
  private func check(_ embedding: ForeignEmbedding, _ wanted: TableCase) throws {
    try withTemporaryDirectory { directory in
      var embedding = embedding
      embedding.points = nil
      let summary = try embedding.write(logdir: directory, name: "x")
      #expect(summary.available == 6 && summary.dimensions == wanted.first.count)
      let metadata = try Self.cells("\(directory)/x/embedding/metadata.tsv")
      let tensors = try Self.cells("\(directory)/x/embedding/tensors.tsv").map { $0.compactMap { Float($0) } }
      let number = try #require(metadata[0].firstIndex(of: "index"))
      let order = metadata.dropFirst().map { Int($0[number]) ?? -1 }
      #expect(order.sorted() == Array(0..<6))
      let (first, last) = (try #require(order.firstIndex(of: 0)), try #require(order.firstIndex(of: 5)))
      #expect(Array(tensors[first].prefix(wanted.first.count)) == wanted.first)
      #expect(Array(tensors[last].prefix(wanted.last.count)) == wanted.last)
      #expect(wanted.columns.isEmpty || Array(metadata[0].dropLast()) == wanted.columns, "\(metadata[0])")
      #expect(wanted.columns.isEmpty == (metadata[0] == ["index", "point"]))
      if !wanted.columns.isEmpty { #expect([metadata[first + 1][0], metadata[last + 1][0]] == wanted.labels) }
      let said = summary.notes.map { String($0.split(separator: "/").last ?? "") }
      #expect(said == (wanted.recognized.isEmpty ? [] : ["\(wanted.file): \(wanted.recognized)"]))
    }
  }

  private static let points: [TableCase] = [
    .init("pandas-index-header.csv", "header line, columns 1–5 are numbers, column 0 is a row number and is skipped"),
    .init("pandas-header.csv", "header line"),
    .init("pandas-plain.csv", ""),
    .init("pandas-index-label.csv", "header line, columns 1–5 are numbers, \"id\" is metadata", ["id"], ["0", "5"]),
    .init(
      "pandas-index-other-label.csv", "header line, columns 1–5 are numbers, \"sample\" is metadata", ["sample"],
      ["0", "5"]),
    .init(
      "pandas-index-label-false.csv", "header line, columns 1–5 are numbers, column 0 is a row number and is skipped"),
    .init("pandas-index-header.tsv", "header line, columns 1–5 are numbers, column 0 is a row number and is skipped"),
    .init("pandas-header.tsv", "header line"),
    .init(
      "pandas-tabs.csv", "tab-separated, header line, columns 1–5 are numbers, column 0 is a row number and is skipped"),
    .init("pandas-commas.tsv", "comma-separated"),
    .init("pandas-spaces.txt", "header line, columns 1–5 are numbers, column 0 is a row number and is skipped"),
    .init(
      "pandas-european.csv",
      "semicolon-separated, header line, decimal commas, columns 1–5 are numbers, column 0 is a row number and is skipped"
    ),
    .init(
      "pandas-index-float-names.csv", "header line, columns 1–5 are numbers, column 0 is a row number and is skipped"),
    .init(
      "pandas-index-wavelengths.csv", "header line, columns 1–5 are numbers, column 0 is a row number and is skipped"),
    .init(
      "pandas-index-integers.csv", "header line, columns 1–5 are numbers, column 0 is a row number and is skipped",
      rows: integers),
    .init("pandas-names.csv", "header line"),
    .init("pandas-index-names.csv", "header line, columns 1–5 are numbers, column 0 is a row number and is skipped"),
    .init(
      "pandas-label.csv", "header line, columns 0–4 are numbers, \"label\" is metadata", ["label"], ["cat", "dog"]),
    .init(
      "pandas-index-target.csv",
      "header line, columns 1–5 are numbers, \"target\" is metadata, column 0 is a row number and is skipped",
      ["target"],
      ["0", "1"]),
    .init(
      "pandas-numbered-label.csv", "header line, columns 0–4 are numbers, \"label\" is metadata", ["label"],
      ["cat", "dog"]),
    .init(
      "pandas-words.csv", "header line, columns 1–5 are numbers, \"word\" is metadata", ["word"], ["alpha", "zeta"]),
    .init(
      "pandas-unnamed-words.csv", "header line, columns 1–5 are numbers, \"name\" is metadata", ["name"],
      ["alpha", "zeta"]),
    .init("pandas-filtered.csv", "header line, columns 1–5 are numbers, \"id\" is metadata", ["id"], ["3", "40"]),
    .init(
      "pandas-saved-twice.csv", "header line, columns 1–5 are numbers, \"Unnamed: 0\" is a row number and is skipped"),
    .init(
      "pandas-series.csv", "header line, column 1 is a number, column 0 is a row number and is skipped",
      rows: [[-3.25], [2.5]]),
    .init(
      "pandas-line-ends.tsv", "quoted tabs or line breaks, columns 0–4 are numbers, \"label\" is metadata", ["label"],
      ["one line", "last "]),
    .init(
      "pandas-utf-16.csv", "UTF-16LE, header line, columns 0–4 are numbers, \"label\" is metadata", ["label"],
      ["cat", "dog"]),
    .init(
      "pandas-utf-16-le.csv", "UTF-16LE, header line, columns 0–4 are numbers, \"label\" is metadata", ["label"],
      ["cat", "dog"]),
    .init(
      "pandas-utf-16-be.csv", "UTF-16BE, header line, columns 0–4 are numbers, \"label\" is metadata", ["label"],
      ["cat", "dog"]),
    .init(
      "pandas-utf-8-sig.csv", "header line, columns 0–4 are numbers, \"label\" is metadata", ["label"], ["cat", "dog"]),
    .init("savetxt.txt", ""), .init("savetxt-commas.csv", ""), .init("savetxt-tabs.tsv", ""),
    .init("savetxt-header.txt", "leading comments skipped, trailing comments skipped"),
    .init("savetxt-comment.csv", "leading comments skipped"),
    .init("savetxt-comma-blank.csv", ""),
    .init("savetxt-integers.txt", "", rows: [[0, 1, 2, 3, 4], [25, 26, 27, 28, 29]]),
    .init(
      "word2vec.txt", "word2vec header, columns 1–5 are numbers, \"word\" is metadata", ["word"], ["alpha", "zeta"]),
    .init("glove.txt", "columns 1–5 are numbers, \"word\" is metadata", ["word"], ["the", "nan"]),
    .init(
      "several.csv",
      "header line, columns 2–6 are numbers, \"name\", \"species\", \"id\", \"target\" are metadata, column 0 is a row number and is skipped",
      ["target", "name", "species", "id"], ["0", "1"]),
    .init(
      "several-thrice.csv",
      "header line, columns 4–8 are numbers, \"name\", \"species\", \"id\", \"target\" are metadata, column 0, \"Unnamed: 0.1\", \"Unnamed: 0\" are row numbers and are skipped",
      ["target", "name", "species", "id"], ["0", "1"]),
    .init(
      "several.csv.gz",
      "header line, columns 2–6 are numbers, \"name\", \"species\", \"id\", \"target\" are metadata, column 0 is a row number and is skipped",
      ["target", "name", "species", "id"], ["0", "1"]),
    .init(
      "lists.csv", "header line, \"embedding\" is a list of 5 numbers, \"id\", \"text\" are metadata", ["id", "text"],
      ["\"1234567890123456789\"", "\"1234567890123456794\""]),
    .init(
      "lists-index.csv",
      "header line, \"embedding\" is a list of 5 numbers, \"id\", \"text\" are metadata, column 0 is a row number and is skipped",
      ["id", "text"], ["\"1234567890123456789\"", "\"1234567890123456794\""]),
    .init(
      "lists-arrays.csv", "header line, \"embedding\" is a list of 5 numbers, \"id\", \"text\" are metadata",
      ["id", "text"],
      ["\"1234567890123456789\"", "\"1234567890123456794\""]),
    .init(
      "lists.jsonl", "JSON, field \"embedding\" is the point, \"id\", \"text\" are metadata", ["id", "text"],
      ["\"1234567890123456789\"", "\"1234567890123456794\""]),
    .init(
      "lists-records.json", "JSON, field \"embedding\" is the point, \"id\", \"text\" are metadata", ["id", "text"],
      ["\"1234567890123456789\"", "\"1234567890123456794\""]),
    .init("word2vec.bin", "binary word2vec file, \"word\" is metadata", ["word"], ["the", "café\u{A0}noir"]),
    .init(
      "fasttext.vec", "word2vec header, columns 1–5 are numbers, \"word\" is metadata", ["word"],
      ["the", "café\u{A0}noir"]),
    .init("glove-blanks.txt", "columns 1–5 are numbers, \"word\" is metadata", ["word"], ["the", ","]),
    .init("codes.npz", ""), .init("codes.npy.gz", ""),
    .init("r-table.txt", "header line, columns 1–5 are numbers, column 0 is a row number and is skipped"),
    .init("r-table.tsv", "header line, columns 1–5 are numbers, \"name\" is metadata", ["name"], ["alpha", "zeta"]),
    .init("r-csv.csv", "header line, columns 1–5 are numbers, column 0 is a row number and is skipped"),
    .init(
      "r-csv2.csv",
      "semicolon-separated, header line, decimal commas, columns 1–5 are numbers, column 0 is a row number and is skipped"
    ),
  ]

  @Test("points are read as they are meant", arguments: points) func readPoints(wanted: TableCase) throws {
    try check(ForeignEmbedding(.file(Self.path(wanted.file))), wanted)
  }

  private static let labels: [TableCase] = [
    .init("labels-last-missing.tsv", "header line", ["label"], ["cat", "(empty)"]),
    .init("labels-index.csv", "header line, column 0 is a row number and is skipped", ["label"], ["cat", "dog"]),
    .init("labels-line-ends.tsv", "quoted tabs or line breaks, header line", ["label"], ["one line", "two  lines"]),
    .init("labels-line-ends-plain.tsv", "quoted tabs or line breaks", ["label"], ["one line", "x"]),
    .init("labels-utf-16.csv", "UTF-16LE, header line", ["label"], ["cat", "dog"]),
    .init("labels-tabs.csv", "tab-separated, header line", ["kind", "size"], ["cat", "dog"]),
    .init("labels-commas.tsv", "comma-separated, header line", ["kind", "size"], ["cat", "dog"]),
    .init("labels-european.csv", "semicolon-separated, header line", ["kind", "size"], ["cat", "dog"]),
    .init(
      "r-labels.txt", "space-separated, header line, column 0 is a row number and is skipped", ["kind"], ["cat", "dog"]),
    .init("r-labels.tsv", "header line, column 0 is a row number and is skipped", ["kind"], ["cat", "dog"]),
  ]

  @Test("labels are read as they are meant", arguments: labels) func readLabels(wanted: TableCase) throws {
    var embedding = ForeignEmbedding(.file(Self.path("savetxt-tabs.tsv")))
    embedding.metadata = Self.path(wanted.file)
    try check(embedding, wanted)
  }

  private func refusal(_ embedding: ForeignEmbedding) throws -> String {
    var said = "no error"
    try withTemporaryDirectory { directory in
      do {
        _ = try embedding.write(logdir: directory, name: "x")
      } catch {
        said = "\(error)"
      }
    }
    return said
  }

  @Test(
    "what could be two things is asked, and the advice works",
    arguments: [
      (
        "pandas-index.csv", "its first column counts the rows and could be an index or a dimension", "--columns 1-5",
        [Float]()
      ),
      ("r-no-names.txt", "its first column counts the rows and could be an index or a dimension", "--columns 1-5", []),
      (
        "pandas-float-index.csv", "its first column has no name and could be an index or a dimension", "--columns 1-5",
        []
      ),
      ("pandas-float-names.csv", "line 1: its numbers (0.0, …) could be column names", "--tensors-header", []),
      ("pandas-wavelengths.csv", "line 1: its numbers (400, …) could be column names", "--tensors-header", []),
      (
        "pandas-integers.csv", "line 1: its numbers (0, …) could be column names", "--tensors-header", [-3, 0, 2, 0, 7]
      ),
      (
        "pandas-latin1.csv", "line 4, column 5: the bytes are not UTF-8", "--encoding (windows-1252 reads \"café\")", []
      ),
    ]) func asked(file: String, says: String, advice: String, first: [Float]) throws
  {
    var embedding = ForeignEmbedding(.file(Self.path(file)))
    let said = try refusal(embedding)
    #expect(said.contains("\(file)\"") && said.contains(says) && said.contains(advice), "\(said)")
    if advice.contains("columns") { embedding.tensorOptions.columns = .init("1-5") }
    if advice.contains("header") { embedding.tensorOptions.hasHeader = true }
    if advice.contains("encoding") { embedding.tensorOptions.encoding = .windows1252 }
    try withTemporaryDirectory { directory in
      #expect(try embedding.write(logdir: directory, name: "x").available == 6)
      let metadata = try Self.cells("\(directory)/x/embedding/metadata.tsv")
      let number = try #require(metadata[0].firstIndex(of: "index"))
      let place = try #require(metadata.firstIndex { $0[number] == "0" })
      let row = try Self.cells("\(directory)/x/embedding/tensors.tsv")[place - 1].compactMap { Float($0) }
      #expect(row == (first.isEmpty ? TableCase.rows[0] : first))
    }
  }

  @Test(
    "a missing number is told with its line, and its point leaves with its label",
    arguments: [
      ("pandas-missing.csv", "line 2, column 2: got an empty cell", true),
      ("pandas-missing-NA.csv", "line 2, column 2: got \"NA\"", true),
      ("pandas-missing-plain.csv", "line 1, column 1: got an empty cell", false),
      ("savetxt-nan.txt", "line 3, column 0: got \"nan\"", false),
    ]) func missing(file: String, says: String, hasLabels: Bool) throws
  {
    var embedding = ForeignEmbedding(.file(Self.path(file)))
    let said = try refusal(embedding)
    #expect(said.contains(says) && said.contains("leave such rows out with --drop-nonfinite"), "\(said)")
    embedding.dropsNonFinite = true
    embedding.metadata = Self.path("labels-last-missing.tsv")
    try withTemporaryDirectory { directory in
      let summary = try embedding.write(logdir: directory, name: "x")
      #expect((summary.points, summary.dropped, summary.dimensions) == (4, 2, 5))
      let metadata = try Self.cells("\(directory)/x/embedding/metadata.tsv")
      let number = try #require(metadata[0].firstIndex(of: "index"))
      let kinds = ["cat", "dog", "café", "cafè", "cat", "(empty)"]
      let all = ["cat", "dog", "café", "cafè", "cat", "dog"]
      for row in metadata.dropFirst() {
        let point = try #require(Int(row[number]))
        #expect(row[0] == kinds[point] && !(file.hasPrefix("pandas") ? [0, 3] : [2, 4]).contains(point))
        #expect(hasLabels ? row[1] == all[point] && metadata[0][1] == "label (2)" : number == 1)
      }
    }
  }

  @Test("a cut word2vec file, and bytes of another encoding, are refused") func damaged() throws {
    #expect(
      try refusal(ForeignEmbedding(.file(Self.path("word2vec-cut.txt")))).contains("declares 6 words, but it has 5"))
    var embedding = ForeignEmbedding(.file(Self.path("savetxt-tabs.tsv")))
    embedding.metadata = Self.path("labels-latin1.csv")
    let said = try refusal(embedding)
    #expect(said.contains("labels-latin1.csv\", line 4, column 0: the bytes are not UTF-8"), "\(said)")
    embedding.metadataOptions.encoding = .latin1
    try check(embedding, .init("labels-latin1.csv", "Latin-1, header line", ["label"], ["cat", "dog"]))
  }
}
