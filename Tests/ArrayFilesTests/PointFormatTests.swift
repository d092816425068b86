// PointFormatTests.swift
// Every kind of file is recognized by its content, gzipped or not, under any name; archives ask for the array.

import ByteStreams
import Foundation
import PointMatrices
import TestSupport
import Testing
import Zlib

@testable import ArrayFiles

struct PointFormatTests {
  private static func table(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/tables/\(name)").path
  }

  /// Files of the same six points.
  private static let files = [
    "codes.npy", "codes-single.npz", "codes.npz", "word2vec.bin", "word2vec-lines.bin", "word2vec.txt", "fasttext.vec",
    "glove.txt", "glove-blanks.txt", "lists.csv", "lists.tsv", "lists-arrays.csv", "lists-index.csv", "lists.jsonl",
    "lists-records.json", "pandas-header.csv", "pandas-european.csv", "pandas-utf-16.csv", "r-table.txt", "savetxt.txt",
    "several.csv", "several-thrice.csv", "several.csv.gz", "codes.npy.gz",
  ]
  private static let points: [Float] = [
    -3.25, 0.5, 2.125, -0.75, 7.5, 1.5, -2.25, 0.375, 4.25, -1.125, 0.25, 3.5, -6.5, 1.75, 2.5, -0.5, 1.25, 5.25, -2.5,
    0.125, 6.75, -4.5, 1.5, 0.25, -3.5, 2.5, 0.75, -1.25, 8.5, 5.75,
  ]

  @Test("the content tells the kind, whatever the name says, gzipped or not", arguments: files)
  func recognized(file: String) throws {
    let bytes = try FileContents.read(Self.table(file))
    let reader = try TensorSource.file(Self.table(file)).open()
    #expect(try WordVectorTests.values(reader) == Self.points)
    try withTemporaryDirectory { directory in
      let gzipped = Gzip.isCompressed(bytes) ? bytes : try Deflate.gzip(bytes)
      for (name, bytes) in [("x", bytes), ("x.dat", bytes), ("x.gz", gzipped), ("x.csv", gzipped), ("x.bin", bytes)] {
        try AtomicFile.replace("\(directory)/\(name)", bytes: bytes)
        let other = try TensorSource.file("\(directory)/\(name)").open()
        #expect(try WordVectorTests.values(other) == Self.points, "\(name)")
        #expect(other.labels == reader.labels, "\(name)")
      }
    }
  }

  @Test("a named kind is read as such, and options of other kinds are refused") func named() throws {
    for (file, format) in [
      ("codes.npy", "npy"), ("codes.npz", "npz"), ("word2vec.bin", "word2vec"), ("word2vec.txt", "word2vec"),
      ("lists.csv", "csv"), ("lists.jsonl", "jsonl"), ("savetxt.txt", "txt"), ("pandas-header.tsv", "tsv"),
    ] {
      let reader = try TensorSource.file(Self.table(file), format: format).open()
      #expect(try WordVectorTests.values(reader) == Self.points, "\(file)")
    }
    for (file, format, says) in [
      ("codes.npy", "csv", "it is a NumPy array"), ("savetxt.txt", "npy", "does not begin as a .npy file"),
      ("savetxt.txt", "npz", "archive"), ("lists.jsonl", "npy", "does not begin"), ("savetxt.txt", "jsonl", "line 1"),
    ] {
      let said = WordVectorTests.refusal(try FileContents.read(Self.table(file)), "x", format)
      #expect(said.contains(says) && !said.hasPrefix("read"), "\(said)")
    }
    var options = PointTable.Options()
    options.columns = .all
    for (file, says) in [
      ("codes.npy", "it is a NumPy array, to which --columns does not apply; leave out --columns"),
      ("lists.jsonl", "it is JSON, to which --columns does not apply"),
      ("word2vec.bin", "it is a binary word2vec file, to which --columns"),
    ] {
      let error = #expect(throws: ArrayFileError.self) { try TensorSource.file(Self.table(file)).open(options) }
      #expect(error?.description.contains(says) == true)
    }
    let error = #expect(throws: ArrayFileError.self) {
      try TensorSource.tensor(Self.table("lists.csv"), name: "a").open()
    }
    #expect(error?.description.contains("to which --tensor does not apply") == true)
  }

  @Test("an archive gives its only matrix, or the one that is named") func archives() throws {
    func refusal(_ source: TensorSource) -> String {
      "\(#expect(throws: ArrayFileError.self) { try source.open() }.map(\.description) ?? "")"
    }
    #expect(
      refusal(.file(Self.table("codes-several.npz"))).contains(
        "it has several arrays; name one with --tensor: \"codes\", \"others\""))
    #expect(try TensorSource.tensor(Self.table("codes-several.npz"), name: "others").open().dimensions == 3)
    #expect(refusal(.tensor(Self.table("codes-several.npz"), name: "x")).contains("it has no array x; name one"))
    #expect(refusal(.tensor(Self.table("codes.npz"), name: "numbers")).contains("array of 6; want points × dimensions"))
    #expect(refusal(.tensor(Self.table("codes.npz"), name: "kinds")).contains("texts"))
  }

  @Test("gzipped files that are cut or damaged are refused, with the byte") func damaged() throws {
    for file in ["codes.npy.gz", "several.csv.gz"] {
      let bytes = try FileContents.read(Self.table(file))
      for count in 2..<bytes.count {
        let said = WordVectorTests.refusal(Array(bytes[..<count]), "x.gz")
        #expect(!said.hasPrefix("read"), "\(file), \(count): \(said)")
      }
      var wrong = bytes
      wrong[bytes.count - 6] ^= 1
      #expect(WordVectorTests.refusal(wrong, "x.gz").contains("damaged at byte"))
    }
  }

  @Test("a small file that expands to many numbers than its header says is refused") func surplus() throws {
    let header = NPYBytes.header("<f4", isFortran: false, shape: "(1000000000, 1000)")
    let said = WordVectorTests.refusal(try Deflate.gzip(header + [UInt8](repeating: 0, count: 1 << 20)), "x.npy.gz")
    #expect(said.contains("truncated"), "\(said)")
  }

  @Test(
    "points come from pipes, also gzipped and binary",
    arguments: ["word2vec.bin", "codes.npy.gz", "lists.jsonl", "several.csv"])
  func pipes(file: String) throws {
    let bytes = try FileContents.read(Self.table(file))
    try withTemporaryDirectory { directory in
      let path = "\(directory)/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      let writer = Thread { FileHandle(forWritingAtPath: path)?.write(Data(bytes)) }
      writer.start()
      let reader = try TensorSource.file(path).open()
      #expect(try WordVectorTests.values(reader) == Self.points)
      let around = try reader.matrix(of: [0], around: [1, 1, 1, 1, 1], threads: 1)
      #expect(around.values == [-4.25, -0.5, 1.125, -1.75, 6.5])
    }
  }
}
