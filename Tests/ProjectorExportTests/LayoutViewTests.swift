// LayoutViewTests.swift
// Layouts in three dimensions become embeddings, bookmarks and cameras from which all axes can be seen.

import ArrayFiles
import ByteStreams
import PointMatrices
import TestSupport
import Testing

@testable import ProjectorExport

@Suite struct LayoutViewTests {
  /// The numbers between two texts of a file.
  private func numbers(in path: String, after start: String, before end: String) throws -> [[Double]] {
    let text = String(decoding: try FileContents.read(path), as: UTF8.self)
    return text.pieces(separatedBy: start).dropFirst().map { piece in
      (piece.pieces(separatedBy: end).first ?? "").split(separator: ",").map { Double($0) ?? .nan }
    }
  }

  @Test("each layout is described once, under a name of its own") func registry() {
    let names = EmbeddingLayout.all.map(\.name)
    #expect(names == ["pca", "tsne", "tsne3", "umap", "umap3", "unit"])
    for name in names { #expect(EmbeddingLayout.named(name)?.name == name) }
    #expect(EmbeddingLayout.named("som") == nil)
    #expect(EmbeddingLayout.all.filter(\.canTurn).map(\.name) == ["pca", "tsne3", "umap3"])
    #expect(EmbeddingLayout.all.filter(\.isDrawnInSpace).map(\.name) == ["tsne3", "umap3"])
  }

  @Test("the picture is of the first layout that has no other place on the page") func pictured() {
    #expect(EmbeddingLayout.pictured(of: [], turns: false) == .pca)
    #expect(EmbeddingLayout.pictured(of: [.unit, .pca], turns: false) == .pca)
    #expect(EmbeddingLayout.pictured(of: [.umap3, .tsne], turns: false) == .tsne)
    #expect(EmbeddingLayout.pictured(of: [.umap3, .tsne], turns: true) == .umap3)
    #expect(EmbeddingLayout.pictured(of: [.tsne], turns: true) == .pca)
  }

  @Test("bookmarks of three axes have a camera beside all of them; those of a plane look straight at it") func cameras()
    throws
  {
    try withTemporaryDirectory { directory in
      let values = (0..<160).map { (number: Int) -> Float in
        let product = Float(number % 7) * Float(number % 11)
        return product + Float(number % 13) / 3
      }
      try AtomicFile.replace("\(directory)/x.npy", bytes: ForeignEmbeddingTests.npy(values, shape: "40, 4"))
      var embedding = ForeignEmbedding(.file("\(directory)/x.npy"))
      embedding.layouts = EmbeddingLayout.all
      _ = try embedding.write(logdir: directory, name: "x")
      let folder = "\(directory)/x/embedding"
      func cameras(_ name: String) throws -> [[Double]] {
        try numbers(in: "\(folder)/\(name).json", after: "\"position\":[", before: "]")
      }
      // Four layouts of the points, then their principal components.
      let own = try cameras("bookmarks")
      #expect(own.count == 5 && own[0] == [0, 0, 4] && own[2] == [0, 0, 4])
      for name in ["pca", "tsne3", "umap3", "unit"] { #expect(try cameras(name).count == 1) }
      let seen: [[Double]] = try cameras("pca") + cameras("umap3")
      for camera in [own[1], own[3], own[4]] + seen {
        let length = camera.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(length - 1.9) < 0.01 && camera[1] > 0.5, "\(camera)")
        #expect(camera.allSatisfy { abs($0) < 0.87 * length }, "\(camera)")
      }
      let text = String(decoding: try FileContents.read("\(folder)/bookmarks.json"), as: UTF8.self)
      #expect(
        text.contains("\"umapIs3d\":true") && text.contains("\"umap-2\":") && text.contains("\"label\":\"UMAP in 3-D\"")
      )
      for (name, columns) in [("tsne3", 3), ("umap3", 3)] {
        let rows = String(decoding: try FileContents.read("\(folder)/\(name).tsv"), as: UTF8.self).split(
          separator: "\n")
        #expect(rows.count == 40 && rows.allSatisfy { $0.split(separator: "\t").count == columns })
        #expect(rows.contains { ($0.split(separator: "\t").last ?? "") != "0" })
      }
    }
  }

  @Test("the same seed gives the same UMAP, another seed another") func seeds() throws {
    try withTemporaryDirectory { directory in
      let values = (0..<400).map { Float(($0 * 37) % 101) }
      try AtomicFile.replace("\(directory)/x.npy", bytes: ForeignEmbeddingTests.npy(values, shape: "100, 4"))
      func places(_ name: String, seed: UInt64, threads: Int) throws -> Set<String> {
        var embedding = ForeignEmbedding(.file("\(directory)/x.npy"))
        (embedding.layouts, embedding.seed, embedding.threads) = ([.umap], seed, threads)
        _ = try embedding.write(logdir: directory, name: name)
        let bytes = try FileContents.read("\(directory)/\(name)/embedding/umap.tsv")
        return Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
      }
      let first = try places("a", seed: 1, threads: 1)
      #expect(try places("b", seed: 1, threads: 3) == first && places("c", seed: 2, threads: 1) != first)
    }
  }
}

extension String {
  /// Returns the parts between a separator's places.
  fileprivate func pieces(separatedBy separator: String) -> [String] {
    var (pieces, rest) = ([String](), self[...])
    while let found = rest.firstRange(of: separator) {
      pieces.append(String(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    return pieces + [String(rest)]
  }
}
