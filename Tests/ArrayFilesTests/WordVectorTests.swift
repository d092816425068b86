// WordVectorTests.swift
// Word vectors in text and in binary: each word keeps its characters and its numbers, and files that lie are refused.

import ByteStreams
import PointMatrices
import TestSupport
import Testing

@testable import ArrayFiles

struct WordVectorTests {
  /// Opens bytes as the file `name`.
  static func open(_ bytes: [UInt8], _ name: String = "words", _ format: String? = nil) throws -> any PointReader {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/\(name)", bytes: bytes)
      return try TensorSource.file("\(directory)/\(name)", format: format).open()
    }
  }

  static func refusal(_ bytes: [UInt8], _ name: String = "words", _ format: String? = nil) -> String {
    do {
      let reader = try open(bytes, name, format)
      return "read \(reader.points)×\(reader.dimensions)"
    } catch {
      return "\(error)"
    }
  }

  /// All numbers of a file.
  static func values(_ reader: any PointReader) throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: reader.points * reader.dimensions) { buffer, count in
      try reader.read(0..<reader.points, into: buffer)
      count = reader.points * reader.dimensions
    }
  }

  static let words = [
    "the", "2009", "\"", "\"quoted\"", "\"\"", "don't", "#", ",", "0.5", "nan", "café\u{A0}noir", "…",
  ]
  private static func row(_ place: Int) -> [Float] { [Float(place) + 0.25, -Float(place), 0.5] }
  private static let numbers = words.indices.flatMap(row)

  private static func text(_ end: String = "\n", words: [String] = words) -> String {
    zip(words, words.indices).map { word, place in "\(word) \(row(place).map { "\($0)" }.joined(separator: " "))\(end)"
    }
    .joined()
  }

  @Test(
    "words with digits, quotes and signs are labels, whatever the file's name",
    arguments: [
      ("w.txt", "12 3\n" + text()), ("w.vec", "12 3\n" + text(" \n")), ("w", "12 3\n" + text()), ("w.txt", text()),
      ("w.csv", text()), ("vectors.dat", text("\r\n")),
    ])
  func textFiles(name: String, text: String) throws {
    let reader = try Self.open(Array(text.utf8), name)
    #expect(reader.labels == [.init(name: "word", cells: Self.words)])
    #expect(try Self.values(reader) == Self.numbers)
    #expect(reader.notes.last == "columns 1–3 are numbers, \"word\" is metadata")
    #expect(reader.notes.contains("word2vec header") == text.hasPrefix("12 3"))
  }

  @Test("words with blanks, and a missing word, keep their numbers") func blanks() throws {
    let odd = ["the", ". . .", "at name@domain.com", "windows 98", "new york", "x", "y", "z", "u", "v", "w"]
    for front in ["", "11 3\n"] {
      let reader = try Self.open(Array((front + Self.text(words: odd)).utf8), "w.txt")
      #expect(reader.labels == [.init(name: "word", cells: odd)])
      #expect(try Self.values(reader) == odd.indices.flatMap(Self.row))
    }
    let missing = try Self.open(Array("3 2\na 1 2\n 3 4\nb 5 6\n".utf8), "w.txt")
    #expect(missing.labels[0].cells == ["a", "", "b"])
    #expect(try Self.values(missing) == [1, 2, 3, 4, 5, 6])
    // Beyond the rows from which the file is recognized.
    let many = (0..<3000).map { "\($0 == 2500 ? "far away" : "w\($0)") 0.5 \($0)\n" }.joined()
    #expect(try Self.open(Array(many.utf8), "w.txt").labels[0].cells[2500] == "far away")
  }

  @Test("words that are whole numbers are words beside decimals, if one is not a number") func years() throws {
    let reader = try Self.open(Array("2009 0.5 1.5\n13 2.5 3.5\nx 4.5 5.5\n".utf8), "w.txt")
    #expect(reader.labels == [.init(name: "word", cells: ["2009", "13", "x"])])
    let all = try Self.open(Array("2009 0.5 1.5\n13 2.5 3.5\n1999 4.5 5.5\n".utf8), "w.txt")
    #expect(all.dimensions == 3 && all.labels.isEmpty)
    #expect(
      all.notes == ["column 0 has whole numbers, and is taken as numbers; --columns 1-2 makes metadata of it"])
    let classes = try Self.open(Array("cat 0.5 1.5\ndog 2.5 3.5\ncat 4.5 5.5\n".utf8), "w.txt")
    #expect(classes.labels.map(\.name) == ["label"])
  }

  @Test(
    "a first line that lies is refused with the line or the numbers",
    arguments: [
      ("13 3\n" + text(), "declares 13 words, but it has 12"), ("11 3\n" + text(), "declares 11 words, but it has 12"),
      ("12 4\n" + text(), "declares 4 numbers for each word, but line 2 has 3"),
      ("12 999999999\n" + text(), "declares 999999999 numbers for each word"),
      ("12 3\n" + text() + "more 1 2\n", "line 14: got 3 cells, want 4"),
      ("12 3\n" + text() + "more 1.5 2.5 3.5 4.5\n", "line 14: got 5 cells, want 4"),
      ("12 3\n" + text() + "more 1 2 x\n", "line 14, column 3: got \"x\", want a number"),
    ])
  func lies(text: String, says: String) {
    let said = Self.refusal(Array(text.utf8), "w.txt")
    #expect(said.contains(says), "\(said)")
  }

  private static func binary(_ words: [String], end: [UInt8] = [], front: String? = nil) -> [UInt8] {
    Array((front ?? "\(words.count) 3\n").utf8)
      + zip(words, words.indices).flatMap { word, place in
        Array("\(word) ".utf8) + row(place).flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
          + end
      }
  }

  @Test("binary files of gensim and of word2vec give every word and number", arguments: [[], [0x0A]] as [[UInt8]])
  func binaryFiles(end: [UInt8]) throws {
    let words = Self.words + ["", "two\u{3000}parts"]
    for name in ["w.bin", "w", "w.txt"] {
      try withTemporaryDirectory { directory in
        try AtomicFile.replace("\(directory)/\(name)", bytes: Self.binary(words, end: end))
        let reader = try TensorSource.file("\(directory)/\(name)").open()
        #expect(reader.labels == [.init(name: "word", cells: words)])
        #expect(try Self.values(reader) == words.indices.flatMap(Self.row))
        #expect(reader.notes == ["binary word2vec file, \"word\" is metadata"])
        let some = try reader.matrix(of: [3, 0, 3], around: nil, threads: 1)
        #expect(some.values == Self.row(3) + Self.row(0) + Self.row(3))
        let around = try reader.matrix(of: [3], around: [1, 2, 3], threads: 1)
        #expect(around.values == [2.25, -5, -2.5])
      }
    }
    var broken = Self.binary(["ab", "c"], end: end)
    broken[4] = 0xC3  // the a
    let reader = try Self.open(broken)
    #expect(reader.labels[0].cells == ["\u{FFFD}b", "c"])
    #expect(reader.notes.last == "1 word with bytes that are not UTF-8, shown as U+FFFD")
  }

  private static func binaryFile(_ bytes: [UInt8]) throws -> Word2VecFile {
    try Word2VecFile(RandomAccessFile(bytes: bytes, path: "w"), encoding: nil)
  }

  @Test("a binary file cut anywhere is refused") func cut() {
    let bytes = Self.binary(Self.words)
    for count in bytes.indices {
      #expect(throws: ArrayFileError.self, "\(count)") { try Self.binaryFile(Array(bytes[..<count])) }
    }
  }

  @Test(
    "binary files that declare other sizes are refused with the byte",
    arguments: [
      (binary(words, front: "13 3\n"), "it ends at byte"), (binary(words, front: "11 3\n"), "others follow at byte"),
      (binary(words, front: "999999999 3\n"), "declares 999999999 words of 3 numbers, which are more than its"),
      (binary(words, front: "12 999999999\n"), "declares 12 words of 999999999 numbers, which are more than its"),
      (binary(words, front: "9223372036854775807 9223372036854775807\n"), "which are more than its"),
      (binary(words, front: "12 0\n"), "words of 0 numbers"),
      (binary([String(repeating: "x", count: 70_000)]), "has no end in 65536 bytes"),
      (binary(words, front: "12 2\n"), "at byte"), (binary(words, front: "99999999999999999999 3\n"), "first line"),
    ])
  func binaryLies(bytes: [UInt8], says: String) {
    let error = #expect(throws: ArrayFileError.self) { try Self.binaryFile(bytes) }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
  }

  @Test("text is not taken for binary, nor a word for JSON") func kinds() throws {
    #expect(!Word2VecFile.begins(Array("12 3\nthe 0.25 1.5 -1e-05\n".utf8)))
    #expect(!Word2VecFile.begins(Array("12 3\ncafé 0.25 1.5 2\n".utf8)))
    #expect(!Word2VecFile.begins(Array("12 3\n".utf8)))
    #expect(Word2VecFile.begins(Self.binary(["the"])))
    for word in ["[", "{", "[[", "{\"", "[1"] {
      #expect(!JSONPoints.begins(Array("\(word) 0.1 0.2\na 0.3 0.4\n".utf8)))
    }
  }
}
