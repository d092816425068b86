// SeveralEmbeddingTests.swift
// Several files of the same points become entries of one configuration, with one file of metadata.

import ArrayFiles
import ByteStreams
import EventFiles
import ProjectorFiles
import TestSupport
import Testing

@testable import ProjectorExport

struct SeveralEmbeddingTests {
  /// Three files of four points; the second has labels, the third a point that is not finite.
  private func withFiles(_ body: (String, ForeignEmbedding) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      for (name, text) in [
        ("a.csv", "1,2,3\n4,5,6\n7,8,9.5\n1,1,1\n"), ("b.csv", "k,x,y\ncat,.5,1\ndog,1.5,2\ncat,2.5,3\ndog,3.5,5\n"),
        ("c.csv", "1,nan\n2,3\n4,5\n6,8\n"), ("short.csv", "1,2\n3,4\n"),
        ("labels.tsv", "kind\tid\nu\t1\nv\t2\nu\t3\nv\t4\n"),
      ] {
        try AtomicFile.replace("\(directory)/\(name)", bytes: Array(text.utf8))
      }
      var embedding = ForeignEmbedding(.file("\(directory)/a.csv"))
      embedding.metadata = "\(directory)/labels.tsv"
      embedding.entryName = "a"
      try body(directory, embedding)
    }
  }

  private func rows(_ path: String) throws -> [[String]] {
    String(decoding: try FileContents.read(path), as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "\t").map(String.init)
    }
  }

  @Test("the entries share metadata, and each row is the same point") func entries() throws {
    try withFiles { directory, embedding in
      var embedding = embedding
      embedding.others = [("b", .file("\(directory)/b.csv"))]
      embedding.layouts = [.pca]
      let summary = try embedding.write(logdir: "\(directory)/runs", name: "x")
      #expect(summary.others.map(\.name) == ["b"] && summary.others[0].dimensions == 2)
      let config = try #require(try ProjectorConfig(ofRun: "\(directory)/runs/x"))
      #expect(config.embeddings.map(\.name) == ["a", "a-pca", "b", "b-pca"])
      #expect(config.embeddings.allSatisfy { $0.metadataPath == "embedding/metadata.tsv" })
      let metadata = try rows("\(directory)/runs/x/embedding/metadata.tsv")
      #expect(metadata[0] == ["kind", "id", "k", "index"])
      let (a, b) = try (
        rows("\(directory)/runs/x/embedding/tensors.tsv"), rows("\(directory)/runs/x/embedding/b/tensors.tsv")
      )
      for (place, row) in metadata.dropFirst().enumerated() {
        let point = try #require(Int(row[3]))
        #expect(row[1] == "\(point + 1)" && row[2] == ["cat", "dog"][point % 2])
        #expect(a[place][0] == ["1", "4", "7", "1"][point] && b[place][0] == ["0.5", "1.5", "2.5", "3.5"][point])
      }
      #expect(try LogDirectory("\(directory)/runs").verify().findings.filter { $0.severity != .note }.isEmpty)
      embedding.others = []
      _ = try embedding.write(logdir: "\(directory)/runs", name: "x")
      #expect(try !Directory.list("\(directory)/runs/x/embedding").contains("b"))
    }
  }

  @Test("points that are not finite in one file leave all of them; other counts are refused") func checks() throws {
    try withFiles { directory, embedding in
      var embedding = embedding
      embedding.others = [("c", .file("\(directory)/c.csv"))]
      #expect(throws: ExportError.missingNumber(path: "\(directory)/c.csv", text: "nan", line: 1, column: 1)) {
        try embedding.write(logdir: "\(directory)/runs", name: "x")
      }
      embedding.dropsNonFinite = true
      let summary = try embedding.write(logdir: "\(directory)/runs", name: "x")
      #expect((summary.points, summary.dropped) == (3, 1))
      #expect(try rows("\(directory)/runs/x/embedding/c/tensors.tsv").count == 3)
      embedding.others = [("short", .file("\(directory)/short.csv"))]
      #expect(
        throws: ArrayFileError.rowCount(path: "\(directory)/short.csv", got: 2, want: 4, of: "\(directory)/a.csv")
      ) { try embedding.write(logdir: "\(directory)/runs", name: "x") }
    }
  }
}
