// ProjectorBundleTests.swift
// All files of a bundle, byte for byte; nothing broken or mixed is ever visible, whatever fails.

import ByteStreams
import PNG
import ProjectorFiles
import TestSupport
import Testing

struct ProjectorBundleTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  static func embedding(
    _ name: String = "bottleneck", points: Int = 3, format: TensorFormat = .tsv, paths: ProjectorBundle.Paths? = nil
  ) throws -> ProjectorBundle.Embedding {
    ProjectorBundle.Embedding(
      name: name,
      table: try EmbeddingTable(points: points, dimensions: 2, values: (0..<points * 2).map { Float($0) / 2 }),
      format: format, metadata: try MetadataTable([.text("label", (0..<points).map { "n\($0)" })]),
      sprite: try SpriteSheet(
        thumbnails: (0..<points).map { UInt8($0) }, count: points, height: 1, width: 1, channels: 1),
      bookmarks: Array("[]".utf8), paths: paths)
  }

  func text(_ name: String) throws -> String {
    String(decoding: try FileContents.read(directory.file(name)), as: UTF8.self)
  }

  @Test func byteForByte() throws {
    try ProjectorBundle.write([Self.embedding()], to: directory.path)
    #expect(try Directory.list(directory.path) == ["embedding", "projector_config.pbtxt"])
    #expect(
      try Directory.list(directory.file("embedding"))
        == ["bookmarks.json", "metadata.tsv", "sprite.png", "tensors.tsv"])
    #expect(try text("embedding/tensors.tsv") == "0\t0.5\n1\t1.5\n2\t2.5\n")
    #expect(try text("embedding/metadata.tsv") == "label\tindex\nn0\t0\nn1\t1\nn2\t2\n")
    #expect(try text("embedding/bookmarks.json") == "[]")
    let sprite = try PNGImage.decode(FileContents.read(directory.file("embedding/sprite.png")))
    let ink: [UInt8] = [0, 1, 2, 0].flatMap { [176, 176, 176, $0] as [UInt8] }
    #expect(sprite == PNGImage(width: 2, height: 2, format: .rgba, pixels: ink))
    #expect(
      try text("projector_config.pbtxt") == """
        embeddings {
          tensor_name: "bottleneck"
          metadata_path: "embedding/metadata.tsv"
          bookmarks_path: "embedding/bookmarks.json"
          tensor_shape: 3
          tensor_shape: 2
          sprite {
            image_path: "embedding/sprite.png"
            single_image_dim: 1
            single_image_dim: 1
          }
          tensor_path: "embedding/tensors.tsv"
        }

        """)
  }

  @Test func onlyThePoints() throws {
    let table = try EmbeddingTable(points: 2, dimensions: 2, values: [1, 2, 3, 4])
    try ProjectorBundle.write([.init(name: "x", table: table, format: .binary)], to: directory.file("new/run"))
    #expect(try Directory.list(directory.file("new/run/embedding")) == ["tensors.bytes"])
    #expect(try FileContents.read(directory.file("new/run/embedding/tensors.bytes")).count == 16)
    #expect(try ProjectorConfig(parsing: text("new/run/projector_config.pbtxt")).embeddings.count == 1)
  }

  @Test func rewritingReplacesAll() throws {
    try ProjectorBundle.write([Self.embedding(points: 3)], to: directory.path)
    try ProjectorBundle.write([Self.embedding(points: 4)], to: directory.path)
    #expect(try ProjectorConfig(parsing: text("projector_config.pbtxt")).embeddings[0].points == 4)
    #expect(try text("embedding/tensors.tsv").split(separator: "\n").count == 4)
    #expect(try Directory.list(directory.file("embedding")).count == 4)
    #expect(try Directory.list(directory.path).count == 2)
  }

  @Test func whatCanNotBeWrittenLeavesTheOldBundle() throws {
    try ProjectorBundle.write([Self.embedding(points: 3)], to: directory.path)
    let before = try text("projector_config.pbtxt")
    // The second embedding's folder is a file: its tensor can not be written, after all files of the first could.
    try WholeFile.replace(directory.file("other"), bytes: [])
    let second = try Self.embedding("second", paths: .init(folder: "other"))
    #expect(throws: FileError.self) {
      try ProjectorBundle.write([Self.embedding(points: 4), second], to: directory.path)
    }
    #expect(try text("projector_config.pbtxt") == before)
    #expect(try text("embedding/tensors.tsv").split(separator: "\n").count == 3)
    #expect(try Directory.list(directory.path) == ["embedding", "other", "projector_config.pbtxt"])
    #expect(try Directory.list(directory.file("embedding")).count == 4)
  }

  @Test func whatFailsWhileRenamingLeavesNoConfiguration() throws {
    try ProjectorBundle.write([Self.embedding(points: 3)], to: directory.path)
    let metadata = directory.file("embedding/metadata.tsv")
    try FileContents.remove(metadata)
    try Directory.create(metadata)
    #expect(throws: FileError.self) { try ProjectorBundle.write([Self.embedding(points: 4)], to: directory.path) }
    // The tensor is new, the sheet old: no configuration may name them together.
    #expect(try Directory.list(directory.path) == ["embedding"])
    #expect(try Directory.list(directory.file("embedding")).allSatisfy { !$0.hasPrefix(".") })
  }

  @Test func filesMayBeShared() throws {
    var second = try Self.embedding("layout")
    second.paths.tensor = "embedding/layout.tsv"
    try ProjectorBundle.write([Self.embedding(), second], to: directory.path)
    #expect(try Directory.list(directory.file("embedding")).count == 5)
    second.metadata = try MetadataTable([.text("other", ["1", "2", "3"])])
    let changed = second
    #expect(throws: ProjectorError.twoContents(path: "embedding/metadata.tsv")) {
      try ProjectorBundle([Self.embedding(), changed])
    }
  }

  @Test func rowsMustAgree() throws {
    var embedding = try Self.embedding()
    embedding.metadata = try MetadataTable([.text("label", ["a", "b"])])
    let wrongMetadata = embedding
    #expect(throws: ProjectorError.rowCount(of: "the metadata of bottleneck", got: 2, want: 3)) {
      try ProjectorBundle([wrongMetadata])
    }
    embedding = try Self.embedding()
    embedding.sprite = try SpriteSheet(thumbnails: [1, 2], count: 2, height: 1, width: 1, channels: 1)
    let wrongSprite = embedding
    #expect(throws: ProjectorError.rowCount(of: "the sprite sheet of bottleneck", got: 2, want: 3)) {
      try ProjectorBundle([wrongSprite])
    }
    #expect(try Directory.list(directory.path) == [], "checks come before any file")
  }
}
