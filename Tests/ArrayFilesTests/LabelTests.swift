// LabelTests.swift

import ByteStreams
import TestSupport
import Testing

@testable import ArrayFiles

struct LabelTests {
  private func table(
    _ text: String, _ name: String = "labels.tsv", points: Int, hasHeader: Bool? = nil,
    _ change: (inout LabelTable.Options) -> Void = { _ in }
  ) throws -> LabelTable {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/\(name)", bytes: Array(text.utf8))
      var options = LabelTable.Options()
      options.hasHeader = hasHeader
      change(&options)
      return try LabelTable("\(directory)/\(name)", points: points, of: "codes.npy", options)
    }
  }

  @Test("NumPy's labels are texts, exact") func arrays() throws {
    #expect(try NPYLabels.read(RealArrays.path("labels-text.npy")) == ["cat", "dög", "", "a\tb", "Ω"])
    #expect(try NPYLabels.read(RealArrays.path("labels-bytes.npy")) == ["cat", "dog", ""])
    #expect(try NPYLabels.read(RealArrays.path("labels-int.npy")) == ["3", "-1", "12345678901"])
    #expect(try NPYLabels.read(RealArrays.path("labels-column.npy")) == ["1", "2", "3"])
    try withTemporaryDirectory { directory in
      let front = { (descr: String) in NPYBytes.header(descr, isFortran: false, shape: "(2,)") }
      try AtomicFile.replace("\(directory)/s.npy", bytes: front("|S2") + [0x61, 0xE9, 0x61, 0xE8])
      #expect(throws: ArrayFileError.self) { try NPYLabels.read("\(directory)/s.npy") }
      #expect(try NPYLabels.read("\(directory)/s.npy", encoding: .latin1) == ["aé", "aè"])
      let units: [UInt8] = [0x61, 0, 0x62, 0x61, 0, 0x63].flatMap { [$0, 0, 0, 0] }
      try AtomicFile.replace("\(directory)/u.npy", bytes: front("<U3") + units)
      #expect(try NPYLabels.read("\(directory)/u.npy") == ["a\0b", "a\0c"])
      try AtomicFile.replace("\(directory)/u.npy", bytes: front("<U1") + [0xE9, 0xDC, 0, 0, 0xE8, 0xDC, 0, 0])
      #expect(throws: ArrayFileError.self) { try NPYLabels.read("\(directory)/u.npy") }
      let oneHot = NPYBytes.header("|u1", isFortran: false, shape: "(2, 3)") + [0, 1, 0, 1, 0, 0]
      try AtomicFile.replace("\(directory)/o.npy", bytes: oneHot)
      let error = #expect(throws: ArrayFileError.self) { try NPYLabels.read("\(directory)/o.npy") }
      #expect(
        error?.description.hasSuffix(
          "2×3; want a list with one label for each row; of one-hot rows, save rows.argmax(axis=1)") == true)
    }
    for name in ["f4.npy", "object.npy", "structured.npy", "scalar.npy", "zip.npy"] {
      #expect(throws: ArrayFileError.self) { try NPYLabels.read(RealArrays.path(name)) }
    }
  }

  private func refusal(_ text: String, _ name: String = "labels.tsv", points: Int) -> String {
    let error = #expect(throws: ArrayFileError.self) { try table(text, name, points: points) }
    return error?.description ?? "no error"
  }

  @Test("a header is found by counting, or told") func header() throws {
    #expect(try table("a\nb\nc\n", points: 3).columns == [.init(name: "label", cells: ["a", "b", "c"])])
    #expect(try table("a\nb\nc\n", points: 2, hasHeader: true).columns == [.init(name: "a", cells: ["b", "c"])])
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

  @Test(
    "a row is a row, also when it is empty, and a header is one where its cells say so",
    arguments: [
      // Pandas writes a last missing value as quotes, or as an empty line.
      ("label\ncat\ndog\ncat\n\"\"\n", 4, ["cat", "dog", "cat", ""]),
      ("label\ncat\ndog\ncat\n\n", 4, ["cat", "dog", "cat", ""]),
      ("label\n\"\"\ndog\ncat\n\"\"\n", 4, ["", "dog", "cat", ""]),
      ("label\n\n\n\n", 3, ["", "", ""]), ("\n\n", 2, ["", ""]), ("\"\"\n\"\"\n", 2, ["", ""]),
      ("\ncat\n\n", 3, ["", "cat", ""]),
      ("cat\ndog\ncat\nbird\n\n", 4, ["cat", "dog", "cat", "bird"]),
      ("cat\ndog\ncat\n\n", 4, ["cat", "dog", "cat", ""]),
      ("kind\ncat\ncat\ndog\ndog\n", 4, ["cat", "cat", "dog", "dog"]),
      ("rare\ncat\ncat\ndog\ndog\n", 5, ["rare", "cat", "cat", "dog", "dog"]),
      ("word\nalpha\nbeta\n", 2, ["alpha", "beta"]), ("File Name\nx\ny\n", 2, ["x", "y"]),
      ("image_001\nimage_002\n", 2, ["image_001", "image_002"]), ("size\n1\n\"\"\n3\n", 3, ["1", "", "3"]),
      ("größe\n4,5\n2,5\n", 2, ["4,5", "2,5"]),
    ]) func rows(text: String, points: Int, cells: [String]) throws
  {
    #expect(try table(text, points: points).columns.map(\.cells) == [cells])
    #expect(try table(text.replacing("\n", with: "\r\n"), points: points).columns.map(\.cells) == [cells])
  }

  @Test(
    "where a header and none both fit, or the first line says what the count does not, it is asked",
    arguments: [
      (
        "alpha\nbeta\ngamma\n", 2,
        "it has 3 rows for 2 points; the first (alpha) could be a header or one label too many", "--header"
      ),
      ("cat\ndog\ncat\n", 2, "3 rows for 2 points", "--header"), ("NA\n1\n2\n", 2, "3 rows for 2 points", "--header"),
      ("alpha\nbeta\ngamma\ndelta\n\n", 4, "(alpha) could be a header, with an empty last label", "--no-header"),
      ("label\ncat\ndog\ncat\n", 4, "(label) looks like a header, which leaves 3 rows for 4 points", "--no-header"),
      ("name\tcity\nx\tParis\ny\tRome\n", 3, "(name) looks like a header", "--no-header"),
      ("alpha\tone\nbeta\ttwo\ngamma\tthree\n", 2, "one label too many", "--header"),
    ]) func questions(text: String, points: Int, says: String, advice: String) throws
  {
    let said = refusal(text, points: points)
    #expect(said.contains(says) && said.contains(advice), "\(said)")
    let read = try table(text, points: points, hasHeader: advice == "--header")
    #expect(read.columns.allSatisfy { $0.cells.count == points })
    // Every answer that fits gives the same rows.
    #expect(
      read.columns[0].cells[points - 1] == String(text.split(separator: "\n").last ?? "").split(separator: "\t")[0])
  }

  @Test("the name that --label gives is a name") func wanted() throws {
    #expect(throws: ArrayFileError.self) { try table("mood\na\nb\n", points: 2) }
    #expect(try table("mood\na\nb\n", points: 2) { $0.wanted = "mood" }.columns[0].cells == ["a", "b"])
    // A word in the row of a number is none.
    #expect(try table("title\t7\nx\t8\n", points: 2).columns[0].cells == ["title", "x"])
  }

  @Test("R's names of rows, an index without a name, and quoted line ends between tabs") func foreign() throws {
    let words = try table("kind\na\tcat\nb\tdog\n", points: 2)
    #expect(
      words.columns == [.init(name: "column 1", cells: ["a", "b"]), .init(name: "kind", cells: ["cat", "dog"])])
    #expect(
      try table(",kind\n0,a\n1,b\n2,c\n", "x.csv", points: 3).columns == [.init(name: "kind", cells: ["a", "b", "c"])])
    #expect(throws: ArrayFileError.self) { try table("kind\n1\tcat\n2\tdog\n", points: 2, hasHeader: false) }
    #expect(refusal("cat\nred\tdog\nbird\nfox\n", points: 4).contains("line 2: got 2 cells, want 1"))
    let quoted = "\"one\nline\"\tx\n\"say \"\"no\"\"\"\ty\n"
    #expect(try table(quoted, points: 2).columns[0].cells == ["one\nline", "say \"no\""])
    for header in ["cat", "label", "a\tb"] {
      let text = (header.contains("\t") ? "\"\(header)\"" : header) + "\n\"a\tb\"\n\"c\td\"\n"
      #expect(try table(text, points: 3, hasHeader: false).columns.map(\.cells) == [[header, "a\tb", "c\td"]])
      #expect(try table(text, points: 2, hasHeader: true).columns.map(\.cells) == [["a\tb", "c\td"]])
    }
    #expect(refusal("cat\n\"a\tb\"\n\"c\td\"\n", points: 2).contains("the first (cat) could be a header"))
    // Three labels in three lines, or one of them in three lines with two blank ones: the answer decides.
    let lone = "\"\nx\n\"\n"
    #expect(try table(lone + "\n\n", points: 3, hasHeader: false).columns[0].cells == ["\"", "x", "\""])
    #expect(refusal("\"\nx\n\"\ny\nz\nw\n\n\n", points: 6).contains("quotes could be labels or enclose line breaks"))
    // Lone quotes are words where that leaves a row for each point.
    #expect(try table("\"\nx\n\"\n", points: 3).columns[0].cells == ["\"", "x", "\""])
    #expect(try table("\"\nx\n\"\ny\n", points: 2).columns[0].cells == ["\nx\n", "y"])
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
    guard case .raggedLine(_, 3, 1, 2, nil) = error else { Issue.record("\(error as Any)"); return }
    #expect(throws: ArrayFileError.self) { try table("a\tb\n\n1\t2\n", points: 2) }
  }

  @Test("empty labels in one column keep their places") func empty() throws {
    #expect(try table("a\n\nb\na\n\n\n", points: 4).columns[0].cells == ["a", "", "b", "a"])
    #expect(try table("a\n\nb\n\n\n", points: 3, hasHeader: false).columns[0].cells == ["a", "", "b"])
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
    for (name, text) in [
      ("x.csv", "a\tb\nx, y\t2\nz\t3\n"), ("x.tsv", "a,b\nx,2\ny,3\n"), ("x.tsv", "a;b\nx;2\ny;3\n"),
      ("x.csv", "a;b\nx;0,5\ny;1,5\n"), ("x.txt", "\"a\" \"b\"\n\"x\" 2\n\"y z\" 3\n"),
    ] {
      let read = try table(text, name, points: 2)
      #expect(read.columns.map(\.name) == ["a", "b"] && read.notes.count == 2, "\(text)")
    }
    for text in ["a b\nc, d\n", "a;b\nc,d\n", "10,000\n20\n"] {
      #expect(try table(text, "x.txt", points: 2).columns.map(\.cells.count) == [2], "\(text)")
    }
  }

  @Test(
    "what could be two delimiters is asked, and both answers work",
    arguments: [
      ("x.tsv", "a,b\nc,d\n", "commas or tabs", Delimiter.comma, Delimiter.tab),
      ("x.txt", "Smith, John\nDoe, Jane\n", "commas or tabs", .comma, .tab),
      ("x.txt", "10,000\n20,000\n", "commas or tabs", .comma, .tab),
      ("x.csv", "a;x,y\nb;z,w\n", "commas or semicolons", .comma, .semicolon),
      ("x.csv", "a\tx,y\nb\tz,w\n", "tabs or commas", .tab, .comma),
    ]) func twoDelimiters(name: String, text: String, says: String, one: Delimiter, other: Delimiter) throws
  {
    let said = refusal(text, name, points: 2)
    #expect(said.contains("separated by \(says); give --delimiter \(one.name) or --delimiter \(other.name)"), "\(said)")
    let (first, second) = try (
      table(text, name, points: 2) { $0.delimiter = one }, table(text, name, points: 2) { $0.delimiter = other }
    )
    #expect(first.columns.count == 2 && first != second)
    #expect(
      refusal("a, b\nc, d\ne, f\ng\n" + String(repeating: "h, i\n", count: 9), "x.txt", points: 13).contains(
        "--delimiter tab"))
  }

  @Test("bytes of another encoding are refused, never merged") func encodings() throws {
    func read(_ bytes: [UInt8], _ encoding: TextEncoding? = nil, name: String = "x.txt") throws -> [String] {
      try withTemporaryDirectory { directory in
        try AtomicFile.replace("\(directory)/\(name)", bytes: bytes)
        var options = LabelTable.Options()
        options.encoding = encoding
        return try LabelTable("\(directory)/\(name)", points: 2, of: "x", options).columns[0].cells
      }
    }
    let latin = Array("caf\u{E9}\ncaf\u{E8}\n".unicodeScalars.map { UInt8($0.value) })
    let error = #expect(throws: ArrayFileError.self) { try read(latin) }
    #expect(
      error == .notUTF8(path: error?.path ?? "", line: 1, column: 0, got: Array(latin[..<4]))
        && error?.description.contains("give --encoding (windows-1252 reads \"café\")") == true)
    #expect(try read(latin, .latin1) == ["café", "cafè"] && read(latin, .windows1252) == ["café", "cafè"])
    #expect(try read([0xFF, 0xFE] + "é\nè\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }) == ["é", "è"])
    #expect(throws: ArrayFileError.self) { try read(Array("a\0b\nc\n".utf8)) }
    #expect(try read(Array("[\"a\",\n\"b\"]".utf8), name: "x.json") == ["a", "b"])
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

extension ArrayFileError {
  fileprivate var path: String? {
    if case .notUTF8(let path, _, _, _) = self { return path }
    return nil
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
