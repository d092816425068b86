// LabelTests.swift

import ByteStreams
import TestSupport
import Testing

@testable import ArrayFiles

struct LabelTests {
  private func table(
    _ text: String, _ name: String = "labels.tsv", points: Int, hasHeader: Bool? = nil
  ) throws -> LabelTable {
    try withTemporaryDirectory { directory in
      try WholeFile.replace("\(directory)/\(name)", bytes: Array(text.utf8))
      return try LabelTable("\(directory)/\(name)", points: points, of: "codes.npy", hasHeader: hasHeader)
    }
  }

  @Test("NumPy's labels are texts, exact") func arrays() throws {
    #expect(try NPYLabels.read(RealArrays.path("labels-text.npy")) == ["cat", "dög", "", "a\tb", "Ω"])
    #expect(try NPYLabels.read(RealArrays.path("labels-bytes.npy")) == ["cat", "dog", ""])
    #expect(try NPYLabels.read(RealArrays.path("labels-int.npy")) == ["3", "-1", "12345678901"])
    #expect(try NPYLabels.read(RealArrays.path("labels-column.npy")) == ["1", "2", "3"])
    for name in ["f4.npy", "object.npy", "structured.npy", "scalar.npy", "zip.npy"] {
      #expect(throws: ArrayFileError.self) { try NPYLabels.read(RealArrays.path(name)) }
    }
  }

  @Test("a header is found by counting, or told") func header() throws {
    #expect(try table("a\nb\nc\n", points: 3).columns == [.init(name: "label", cells: ["a", "b", "c"])])
    #expect(try table("a\nb\nc\n", points: 2).columns == [.init(name: "a", cells: ["b", "c"])])
    #expect(try table("a\nb\nc", points: 3, hasHeader: false).columns[0].cells == ["a", "b", "c"])
    #expect(
      try table("x\ty\n1\t2\n", points: 1).columns == [.init(name: "x", cells: ["1"]), .init(name: "y", cells: ["2"])])
    for (points, hasHeader) in [(1, nil), (4, nil), (3, true), (2, false)] as [(Int, Bool?)] {
      let error = #expect(throws: ArrayFileError.self) { try table("a\nb\nc\n", points: points, hasHeader: hasHeader) }
      guard case .rowCount(_, let got, points, "codes.npy") = error else {
        Issue.record("\(error as Any)")
        continue
      }
      #expect(got == (hasHeader == true ? 2 : 3))
    }
    #expect(throws: ArrayFileError.self) { try table("", points: 1) }
  }

  @Test("labels never slip by a point: names above too few rows, or numbers above all, are asked about") func slipped()
    throws
  {
    for (text, points, told) in [
      ("label\n1\n2\n", 3, false), ("a\tlabel\nx\t1\ny\t2\n", 3, false), ("7\n1\n2\n", 2, true),
    ] {
      let error = #expect(throws: ArrayFileError.self) { try table(text, points: points) }
      guard case .unreadable(_, _, let advice) = error else {
        Issue.record("\(error as Any)")
        continue
      }
      #expect(advice.hasSuffix(told ? "--header" : "--no-header"))
      #expect(try table(text, points: points, hasHeader: told).columns[0].cells.count == points)
    }
    #expect(try table("label\n1\n2\n", points: 2).columns == [.init(name: "label", cells: ["1", "2"])])
    #expect(try table("3\n1\n2\n", points: 3).columns[0].cells == ["3", "1", "2"])
  }

  @Test("names of columns are never empty and never twice") func names() throws {
    let columns = try table("a,,a,\n1,2,3,4\n", "x.csv", points: 1).columns
    #expect(columns.map(\.name) == ["a", "column 2", "a (2)", "column 4"])
    #expect(columns.flatMap(\.cells) == ["1", "2", "3", "4"])
  }

  @Test("quotes hide delimiters and line ends between commas") func quotes() throws {
    let columns = try table(
      "name,note\r\n\"a, b\",\"say \"\"x\"\"\"\r\n\"two\nlines\",plain \"q\"\r\n", "x.csv", points: 2
    ).columns
    #expect(columns[0].cells == ["a, b", "two\nlines"] && columns[1].cells == ["say \"x\"", "plain \"q\""])
    let error = #expect(throws: ArrayFileError.self) { try table("a,b\n\"c,d\ne,f\n", "x.csv", points: 2) }
    #expect(error?.description.contains("line 2: a quote has no end") == true)
  }

  @Test("between tabs a lone quote is a word") func words() throws {
    #expect(
      try table("\"\n\"\"\n\"a\"\n\"b\nc\"d\"\n\"e\"\"f\"\n", points: 6).columns[0].cells == [
        "\"", "", "a", "\"b", "c\"d\"", "e\"f",
      ])
  }

  @Test("rows that disagree are told with their line") func ragged() {
    let error = #expect(throws: ArrayFileError.self) { try table("a\tb\n1\t2\n3\n", points: 2) }
    guard case .raggedLine(_, 3, 1, 2) = error else { Issue.record("\(error as Any)"); return }
    #expect(throws: ArrayFileError.self) { try table("a\tb\n\n1\t2\n", points: 2) }
  }

  @Test("empty labels in one column keep their places") func empty() throws {
    #expect(try table("a\n\nb\n\n\n", points: 3).columns[0].cells == ["a", "", "b"])
    #expect(try table("a\n\nb\n\n\n", points: 5).columns[0].cells == ["a", "", "b", "", ""])
  }

  @Test("very long cells are cut, and counted") func long() throws {
    let long = String(repeating: "x", count: 10_000_000)
    let read = try table("a\n\(long)\n\(String(repeating: "é", count: 1000))\n", points: 3)
    #expect(read.shortened == 1 && read.columns[0].cells[1].count == LabelTable.cellLimit)
    #expect(read.columns[0].cells[1].hasSuffix("x…") && read.columns[0].cells[2].count == 1000)
  }

  @Test("delimiters are found by the name and the first line") func delimiters() throws {
    for (name, text) in [
      ("x.csv", "a;b\n1;2\n"), ("x.txt", "a\tb\n1\t2\n"), ("x.txt", "a,b\n1,2\n"), ("x", "a;b\n1;2\n"),
      ("x.tsv", "a\tb\n1\t2\n"),
      ("x.csv", "\u{FEFF}a,b\n1,2"),
    ] {
      #expect(
        try table(text, name, points: 1).columns == [.init(name: "a", cells: ["1"]), .init(name: "b", cells: ["2"])])
    }
    #expect(try table("a,b\nc,d\n", "x.tsv", points: 2).columns[0].cells == ["a,b", "c,d"])
  }

  @Test("cells are the same however the bytes come", arguments: 1...9) func pieces(size: Int) throws {
    let text = Array("a,\"b\"\"c\nd\",\r\n\"\",x\"y,\"z\"\n".utf8)
    let chunks = stride(from: 0, to: text.count, by: size).map { Array(text[$0..<min($0 + size, text.count)]) }
    var reader = DelimitedText(ScriptedSource(chunks), delimiter: .comma, path: "f")
    var rows: [[String]] = []
    while try reader.next() { rows.append((0..<reader.count).map { String(decoding: reader[$0], as: UTF8.self) }) }
    #expect(rows == [["a", "b\"c\nd", ""], ["", "x\"y", "z"]] && reader.line == 4)
  }
}

/// Gives its chunks one after the other.
private struct ScriptedSource: ByteSource {
  private var chunks: [[UInt8]]
  init(_ chunks: [[UInt8]]) { self.chunks = chunks }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard !chunks.isEmpty else { return 0 }
    let chunk = chunks.removeFirst()
    buffer.copyBytes(from: chunk)
    return chunk.count
  }
}
