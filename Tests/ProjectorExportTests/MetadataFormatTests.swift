// MetadataFormatTests.swift
// Metadata from every kind of file, and codes whose digits the projector must keep.

import ArrayFiles
import ByteStreams
import Foundation
import TestSupport
import Testing
import Zlib

@testable import ProjectorExport

struct MetadataFormatTests {
  private static func table(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/tables/\(name)").path
  }

  private static let kinds = ["cat", "dog", "café", "cafè", "cat", "dog"]

  /// Writes the six points with metadata, and returns the header and the rows in the order of the file.
  private func rows(_ metadata: String, notes: [String]? = nil) throws -> [[String]] {
    try withTemporaryDirectory { directory in
      var embedding = ForeignEmbedding(.file(Self.table("codes.npy")))
      embedding.metadata = metadata
      let summary = try embedding.write(logdir: directory, name: "x")
      if let notes { #expect(summary.notes.map { String($0.split(separator: "/").last ?? "") } == notes) }
      let text = String(decoding: try FileContents.read("\(directory)/x/embedding/metadata.tsv"), as: UTF8.self)
      let rows = text.split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      }
      let order = try rows.dropFirst().sorted { try #require(Int($0.last ?? "")) < #require(Int($1.last ?? "")) }
      return ([rows[0]] + order).map { Array($0.dropLast()) }
    }
  }

  @Test("JSON lines give columns, and IDs of 19 digits keep them") func json() throws {
    let got = try rows(Self.table("labels.jsonl"), notes: ["labels.jsonl: JSON"])
    let ids = (0..<6).map { "\"\(1_234_567_890_123_456_789 + $0)\"" }
    #expect(got == [["id", "kind"]] + zip(ids, Self.kinds).map { [$0, $1] })
  }

  private func idx(_ labels: [UInt8], count: Int? = nil) -> [UInt8] {
    [0, 0, 8, 1, 0, 0, 0, UInt8(count ?? labels.count)] + labels
  }

  @Test("IDX labels are read, gzipped or not") func idxLabels() throws {
    try withTemporaryDirectory { directory in
      let labels: [UInt8] = [2, 0, 1, 2, 1, 0]
      let wide: [UInt8] = [0, 0, 0x0C, 1, 0, 0, 0, 6] + labels.flatMap { [0, 0, 1, $0] as [UInt8] }
      for (name, bytes) in [
        ("labels-idx1-ubyte", idx(labels)), ("x", idx(labels)), ("x.gz", Array(try Deflate.gzip(idx(labels)))),
        ("wide", wide),
      ] {
        try AtomicFile.replace("\(directory)/\(name)", bytes: bytes)
        let got = try rows("\(directory)/\(name)")
        let want = labels.map { name == "wide" ? "\(256 + Int($0))" : "\($0)" }
        #expect(got == [["label"]] + want.map { [$0] }, "\(name)")
      }
      for (bytes, says) in [
        (idx(labels, count: 7), "truncated"), (idx(labels + [1]), "7 rows"), (idx(labels, count: 5), "more"),
      ] {
        try AtomicFile.replace("\(directory)/x", bytes: bytes)
        let error = #expect(throws: (any Error).self) { try rows("\(directory)/x") }
        #expect("\(error.map { "\($0)" } ?? "")".contains(says), "\(error.map { "\($0)" } ?? "")")
      }
    }
  }

  @Test("each list of an archive with a label for each point becomes a column") func archive() throws {
    let got = try rows(Self.table("codes.npz"))
    #expect(got == [["kinds", "numbers"]] + zip(Self.kinds, 0..<6).map { [$0, "\($1)"] })
    let error = #expect(throws: ArrayFileError.self) { try rows(Self.table("codes-several.npz")) }
    #expect(error?.description.contains("no list in it has 6 labels") == true)
  }

  @Test("gzipped text is read, and codes keep their zeros") func text() throws {
    try withTemporaryDirectory { directory in
      let text =
        "zip\tday\n" + ["01234", "99999", "00501", "10001", "20500", "33109"].map { "\($0)\t2024-01-31\n" }.joined()
      try AtomicFile.replace("\(directory)/labels.tsv.gz", bytes: try Deflate.gzip(Array(text.utf8)))
      let got = try rows("\(directory)/labels.tsv.gz", notes: ["labels.tsv.gz: header line"])
      #expect(got[0] == ["zip", "day"] && got[1] == ["\"01234\"", "2024-01-31"] && got[2][0] == "\"99999\"")
    }
  }
}
