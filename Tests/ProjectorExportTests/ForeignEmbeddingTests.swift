// ForeignEmbeddingTests.swift
// Points, labels and pictures of other programs, as TensorBoard wants them.

import ArrayFiles
import ByteStreams
import EventFiles
import PNG
import ProjectorFiles
import TestSupport
import Testing
import TinyRuns

@testable import Probes
@testable import ProjectorExport
@testable import Runs

struct ForeignEmbeddingTests {
  /// Row r, column c: r + c / 10.
  static func values(_ rows: Int, _ columns: Int) -> [Float] {
    (0..<rows * columns).map { Float($0 / columns) + Float($0 % columns) / 10 }
  }

  static func npy(_ values: [Float], shape: String) -> [UInt8] {
    header("<f4", shape) + values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
  }

  static func header(_ descr: String, _ shape: String) -> [UInt8] {
    let text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(shape)), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
  }

  /// A directory with points, labels a, b, c in turn, and gray images whose brightness is their row.
  private func withFiles(_ rows: Int = 30, _ columns: Int = 5, _ body: (String, ForeignEmbedding) throws -> Void) throws
  {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace(
        "\(directory)/x.npy", bytes: Self.npy(Self.values(rows, columns), shape: "\(rows), \(columns)"))
      let labels = "size\tkind\n" + (0..<rows).map { "\($0)\t\(["c", "a", "b"][$0 % 3])\n" }.joined()
      try AtomicFile.replace("\(directory)/labels.tsv", bytes: Array(labels.utf8))
      let images = (0..<rows).flatMap { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 6) }
      try AtomicFile.replace("\(directory)/images.npy", bytes: Self.header("|u1", "\(rows), 2, 3") + images)
      var embedding = ForeignEmbedding(.file("\(directory)/x.npy"))
      (embedding.metadata, embedding.images) = ("\(directory)/labels.tsv", "\(directory)/images.npy")
      try body(directory, embedding)
    }
  }

  private func rows(_ path: String) throws -> [[String]] {
    String(decoding: try FileContents.read(path), as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private func verified(_ directory: String) throws -> [String] {
    try LogDirectory(directory).verify().findings.filter { $0.severity != .note }.map { "\($0)" }
  }

  @Test("points, labels and pictures stay together, one of each class in front") func together() throws {
    try withFiles { directory, embedding in
      let summary = try embedding.write(logdir: "\(directory)/runs", name: "x")
      #expect((summary.points, summary.available, summary.dimensions, summary.classes) == (30, 30, 5, 3))
      #expect(summary.classColumn == "kind" && summary.format == .tsv && summary.runPath == "\(directory)/runs/x")
      let tensors = try rows("\(directory)/runs/x/embedding/tensors.tsv")
      let labels = try rows("\(directory)/runs/x/embedding/metadata.tsv")
      let sheet = try PNGImage.decode(FileContents.read("\(directory)/runs/x/embedding/sprite.png"))
      #expect(labels[0] == ["kind", "size", "index"])
      #expect(labels[1...3].map { $0[0] } == ["a", "b", "c"])
      #expect(labels.dropFirst().map { $0[2] } != (0..<30).map { "\($0)" })
      for (place, cells) in labels.dropFirst().enumerated() {
        let row = try #require(Int(cells[2]))
        #expect(cells[1] == "\(row)" && cells[0] == ["c", "a", "b"][row % 3])
        #expect(tensors[place].map { Float($0) } == Array(Self.values(30, 5)[row * 5..<(row + 1) * 5]))
        #expect(sheet[place % 6 * 3, place / 6 * 2].last == UInt8(row))
      }
      #expect(try verified("\(directory)/runs") == [])
    }
  }

  @Test("a sample is even, and every way to give the points gives the same files") func sources() throws {
    try withFiles(300) { directory, embedding in
      var embedding = embedding
      embedding.points = 60
      embedding.images = nil
      _ = try embedding.write(logdir: "\(directory)/runs", name: "npy")
      let want = try FileContents.read("\(directory)/runs/npy/embedding/tensors.tsv")
      let kinds = try rows("\(directory)/runs/npy/embedding/metadata.tsv").dropFirst().map { $0[0] }
      #expect(["a", "b", "c"].map { kind in kinds.count { $0 == kind } } == [20, 20, 20])
      let values = Self.values(300, 5)
      let text = (0..<300).map { row in values[row * 5..<row * 5 + 5].map { "\($0)" }.joined(separator: ",") + "\n" }
      try AtomicFile.replace("\(directory)/x.csv", bytes: Array(text.joined().utf8))
      try AtomicFile.replace("\(directory)/x.f32", bytes: Array(Self.npy(values, shape: "300, 5").suffix(6000)))
      let json = #"{"codes":{"dtype":"F32","shape":[300,5],"data_offsets":[0,6000]}}"#
      try AtomicFile.replace(
        "\(directory)/x.safetensors",
        bytes: [UInt8(json.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(json.utf8)
          + Self.npy(values, shape: "300, 5").suffix(6000))
      for (name, source) in [
        ("csv", TensorSource.file("\(directory)/x.csv")), ("raw", .raw("\(directory)/x.f32", rows: 300, columns: 5)),
        ("all", .file("\(directory)/x.safetensors")), ("one", .tensor("\(directory)/x.safetensors", name: "codes")),
      ] {
        embedding.tensors = source
        _ = try embedding.write(logdir: "\(directory)/runs", name: name)
        #expect(try FileContents.read("\(directory)/runs/\(name)/embedding/tensors.tsv") == want, "\(name)")
      }
      #expect(try verified("\(directory)/runs") == [])
    }
  }

  /// The text in the only event file of a run.
  private func guide(in run: String) throws -> String {
    let values = try LoggedRun(run).values
    #expect(values.map(\.value.tag.name) == ["guide"])
    if case .text(.markdown(let text)) = values.first?.value.content { return text }
    return ""
  }

  @Test("written again, nothing is there twice and nothing is stale") func again() throws {
    try withFiles { directory, embedding in
      var embedding = embedding
      (embedding.layouts, embedding.format) = ([.pca, .unit], .binary)
      _ = try embedding.write(logdir: directory, name: "x")
      let first = try Directory.list("\(directory)/x/embedding")
      #expect(
        first == [
          "bookmarks.json", "metadata.tsv", "pca.bytes", "pca.json", "sprite.png", "tensors.bytes", "unit.bytes",
          "unit.json",
        ])
      func guides() throws -> [String] { try Directory.list("\(directory)/x").filter { $0.contains("tfevents") } }
      let events = try guides()
      #expect(events.count == 1 && events[0].hasSuffix(".guide"))
      #expect(try guide(in: "\(directory)/x").contains("`x-pca` (PCA), `x-unit`"))
      _ = try embedding.write(logdir: directory, name: "x")
      #expect(try guides() == events)
      (embedding.layouts, embedding.format, embedding.images) = ([], .tsv, nil)
      _ = try embedding.write(logdir: directory, name: "x")
      #expect(try Directory.list("\(directory)/x/embedding") == ["bookmarks.json", "metadata.tsv", "tensors.tsv"])
      #expect(try guides().count == 1 && guides() != events)
      #expect(try !guide(in: "\(directory)/x").contains("x-pca"))
      #expect(try LogDirectory(directory).verify().findings == [])
      let config = String(decoding: try FileContents.read("\(directory)/x/projector_config.pbtxt"), as: UTF8.self)
      #expect(config.split(separator: "\n").count { $0.contains("tensor_name") } == 1)
    }
  }

  @Test("one dimension or two become three; equal ones, or one point, are refused") func shapes() throws {
    try withTemporaryDirectory { directory in
      func write(_ values: [Float], _ shape: String) throws -> ForeignEmbedding.Summary {
        try AtomicFile.replace("\(directory)/x.npy", bytes: Self.npy(values, shape: shape))
        return try ForeignEmbedding(.file("\(directory)/x.npy")).write(logdir: "\(directory)/runs", name: "x")
      }
      #expect(try write([1, 2, 3], "3, 1").dimensions == 1)
      #expect(
        try rows("\(directory)/runs/x/embedding/tensors.tsv").map { $0[1...] } == [
          ["0", "0"], ["0", "0"], ["0", "0"],
        ])
      #expect(try verified("\(directory)/runs") == [])
      _ = try write(Self.values(4, 2), "4, 2")
      #expect(try rows("\(directory)/runs/x/embedding/tensors.tsv").allSatisfy { $0.count == 3 && $0[2] == "0" })
      let before = try FileContents.read("\(directory)/runs/x/embedding/tensors.tsv")
      for (values, shape, says) in [
        ([1, 2, 3], "1, 3", "1 point of 3"), ([1, 2, 3], "3,", "points × dimensions"), ([], "0, 3", "0 points"),
        ([Float](repeating: 0, count: 6), "3, 2", "all 3 points are equal"),
        ([5, 6, 5, 6], "2, 2", "all 2 points are equal"),
        ([1, 2, .nan, 4], "2, 2", "row 1, column 0: nan"), ([1, -.infinity, 3, 4], "2, 2", "row 0, column 1: -inf"),
      ] as [([Float], String, String)] {
        let error = #expect(throws: (any Error).self) { try write(values, shape) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(says), "\(error as Any)")
      }
      #expect(try FileContents.read("\(directory)/runs/x/embedding/tensors.tsv") == before, "what was there stays")
    }
  }

  @Test("digits that float32 would lose to an offset are kept in the views", arguments: ["<f8", "text"])
  func offset(kind: String) throws {
    // Twelve bits behind the point, and a distance from zero that leaves float32 two of them.
    let near = (0..<120).map { (place: Int) -> Double in
      let number = Double((place * 7919) % 4001 - 2000) / 4096
      return place % 3 == 0 ? 3 * number : number
    }
    try withTemporaryDirectory { directory in
      func components(_ offset: Double, _ name: String) throws -> [[Double]] {
        let values = near.map { $0 + offset }
        let path = "\(directory)/\(name).\(kind == "text" ? "tsv" : "npy")"
        let lines = values.enumerated().map { "\($1)" + ($0 % 3 == 2 ? "\n" : "\t") }
        let numbers = values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
        let bytes = kind == "text" ? Array(lines.joined().utf8) : Self.header("<f8", "40, 3") + numbers
        try AtomicFile.replace(path, bytes: bytes)
        var embedding = ForeignEmbedding(.file(path))
        embedding.layouts = [.pca, .tsne]
        let summary = try embedding.write(logdir: directory, name: name)
        #expect(summary.losesDigits == (offset != 0))
        #expect(try rows("\(directory)/\(name)/embedding/tsne.tsv").count == 40)
        return try rows("\(directory)/\(name)/embedding/pca.tsv").map { $0.map { Double($0) ?? .nan } }
      }
      let (want, got) = (try components(0, "near"), try components(4_194_304, "far"))
      for (got, want) in zip(got.flatMap(\.self), want.flatMap(\.self)) { #expect(abs(got - want) < 1e-6) }
    }
  }

  @Test("two and three points have every view", arguments: [2, 3])
  func veryFew(count: Int) throws {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace(
        "\(directory)/x.npy", bytes: Self.npy(Self.values(count, 4).map { $0 * $0 }, shape: "\(count), 4"))
      var embedding = ForeignEmbedding(.file("\(directory)/x.npy"))
      embedding.layouts = EmbeddingLayout.all
      #expect(try embedding.write(logdir: directory, name: "x").points == count)
      for layout in EmbeddingLayout.all {
        #expect(Set(try rows("\(directory)/x/embedding/\(layout.name).tsv")).count == count)
      }
      #expect(try verified(directory) == [])
    }
  }

  @Test("points that are not finite are left out where that is wanted, labels and pictures with them") func dropped()
    throws
  {
    try withFiles { directory, embedding in
      var values = Self.values(30, 5)
      (values[7], values[29 * 5]) = (.nan, .infinity)
      try AtomicFile.replace("\(directory)/x.npy", bytes: Self.npy(values, shape: "30, 5"))
      var embedding = embedding
      #expect(throws: ExportError.notFinite(path: "\(directory)/x.npy", value: "nan", row: 1, column: 2)) {
        try embedding.write(logdir: directory, name: "x")
      }
      #expect(!Directory.exists("\(directory)/x"))
      embedding.dropsNonFinite = true
      let summary = try embedding.write(logdir: directory, name: "x")
      #expect((summary.points, summary.dropped) == (28, 2))
      let left = try rows("\(directory)/x/embedding/metadata.tsv").dropFirst().map { $0[2] }
      #expect(Set(left) == Set((0..<30).map { "\($0)" }).subtracting(["1", "29"]))
      #expect(try verified(directory) == [])
    }
  }

  @Test("files that do not belong together, and columns that are not there, are told") func disagreements() throws {
    try withFiles { directory, embedding in
      var embedding = embedding
      embedding.metadataOptions.wanted = "color"
      #expect(
        throws: ExportError.noColumn(path: "\(directory)/labels.tsv", name: "color", columns: ["size", "kind"])
      ) {
        try embedding.write(logdir: directory, name: "x")
      }
      embedding.metadataOptions.wanted = "size"
      #expect(try embedding.write(logdir: directory, name: "x").classes == 30)
      for (name, bytes) in [
        ("labels.tsv", Array("a\tb\n1\t2\n".utf8)),
        ("labels.npy", Self.header("<i4", "3,") + [UInt8](repeating: 0, count: 12)),
        ("images.npy", Self.header("|u1", "3, 2, 2") + [UInt8](repeating: 0, count: 12)),
      ] {
        try AtomicFile.replace("\(directory)/\(name)", bytes: bytes)
        var wrong = ForeignEmbedding(.file("\(directory)/x.npy"))
        if name.hasPrefix("labels") {
          wrong.metadata = "\(directory)/\(name)"
        } else {
          wrong.images = "\(directory)/\(name)"
        }
        let error = #expect(throws: (any Error).self) { try wrong.write(logdir: directory, name: "y") }
        #expect("\(error.map { "\($0)" } ?? "")".contains("give files that belong together"), "\(error as Any)")
      }
      #expect(!Directory.exists("\(directory)/y"))
      try AtomicFile.replace("\(directory)/x/run.json", bytes: [])
      #expect(throws: ExportError.runInTheWay(directory: "\(directory)/x")) {
        try embedding.write(logdir: directory, name: "x")
      }
      for name in ["a b", "a&b", "../x", "", ".x", "a/b", "x\n", "a\\b"] {
        #expect(throws: RunError.self) { try embedding.write(logdir: directory, name: name) }
      }
    }
  }

  @Test("classes differ by their bytes, and their order is the same in every process") func classes() throws {
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    #expect(composed == decomposed)
    let marks = ["a\u{301}\u{323}", "a\u{323}\u{301}"]
    let found = try #require(
      PointLabels.classes(of: [composed, decomposed, composed, "7", "07", "7"] + marks, limit: 50))
    #expect(found.count == 6 && found.numbers == [3, 2, 3, 1, 0, 1, 4, 5])
    for _ in 0..<20 {
      let again = try #require(PointLabels.classes(of: ["07", "7", "7.0", decomposed, composed], limit: 50))
      #expect(again.numbers == [0, 1, 2, 3, 4])
    }
    try withTemporaryDirectory { directory in
      let text = "label\n" + (0..<30).map { $0 % 3 == 0 ? composed : decomposed }.joined(separator: "\n") + "\n"
      try AtomicFile.replace("\(directory)/labels.tsv", bytes: Array(text.utf8))
      try AtomicFile.replace("\(directory)/x.npy", bytes: Self.npy(Self.values(30, 5), shape: "30, 5"))
      var embedding = ForeignEmbedding(.file("\(directory)/x.npy"))
      embedding.metadata = "\(directory)/labels.tsv"
      #expect(try embedding.write(logdir: directory, name: "x").classes == 2)
    }
  }

  @Test("hostile labels arrive in their rows") func labels() throws {
    try withTemporaryDirectory { directory in
      let cells = [
        "a\tb", "c\nd", "👩‍👧", "", String(repeating: "x", count: 10_000_000), "\u{1B}[31m", "__next__", "\"", "7",
      ]
      let quoted = cells.map { "\"\($0.replacing("\"", with: "\"\""))\",1\n" }.joined()
      try AtomicFile.replace(
        "\(directory)/l.csv", bytes: Array(("my\tname,,\n").utf8.dropLast(2)) + Array(("\n" + quoted).utf8))
      try AtomicFile.replace("\(directory)/x.npy", bytes: Self.npy(Self.values(9, 2), shape: "9, 2"))
      var embedding = ForeignEmbedding(.file("\(directory)/x.npy"))
      embedding.metadata = "\(directory)/l.csv"
      embedding.metadataOptions.hasHeader = true
      let summary = try embedding.write(logdir: "\(directory)/runs", name: "x")
      #expect(summary.shortened == 1)
      let table = try rows("\(directory)/runs/x/embedding/metadata.tsv")
      #expect(table[0] == ["my name", "column 2", "index"] && table.count == 10)
      let byRow = Dictionary(uniqueKeysWithValues: table.dropFirst().map { ($0[2], $0[0]) })
      #expect(byRow["0"] == "a b" && byRow["1"] == "c d" && byRow["2"] == "👩‍👧" && byRow["3"] == "(empty)")
      #expect(byRow["4"]?.count == 1000 && byRow["5"] == " [31m" && byRow["7"] == "\"" && byRow["8"] == "7")
      #expect(try verified("\(directory)/runs") == [])
    }
  }
}
