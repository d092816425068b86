// ProjectorBundleTests.swift
// All files of a bundle, byte for byte; nothing broken or mixed is ever visible, whatever fails.

import ByteStreams
import Foundation
import PNG
import TestSupport
import Testing

@testable import ProjectorFiles

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
    try AtomicFile.replace(directory.file("other"), bytes: [])
    let second = try Self.embedding("second", paths: .init(folder: "other"))
    #expect(throws: FileError.self) {
      try ProjectorBundle.write([Self.embedding(points: 4), second], to: directory.path)
    }
    #expect(try text("projector_config.pbtxt") == before)
    #expect(try text("embedding/tensors.tsv").split(separator: "\n").count == 3)
    #expect(try Directory.list(directory.path) == ["embedding", "other", "projector_config.pbtxt"])
    #expect(try Directory.list(directory.file("embedding")).count == 4)
  }

  /// The configuration and the contents of the files that it names, in its order.
  private func inPlace() throws -> [[UInt8]] {
    let config = try ProjectorConfig(parsing: text("projector_config.pbtxt"))
    return try config.files.map { try FileContents.read(directory.file($0)) } + [Array(config.embeddings[0].name.utf8)]
  }

  @Test("a directory in the way of a usual name leaves a whole bundle under other names")
  func whatFailsWhileRenaming() throws {
    try ProjectorBundle.write([Self.embedding(points: 3)], to: directory.path)
    let metadata = directory.file("embedding/metadata.tsv")
    try FileContents.remove(metadata)
    try Directory.create(metadata)
    #expect(throws: FileError.self) { try ProjectorBundle.write([Self.embedding(points: 4)], to: directory.path) }
    let config = try ProjectorConfig(parsing: text("projector_config.pbtxt"))
    #expect(config.embeddings[0].points == 4 && config.files.allSatisfy { $0.contains(".new-1.") })
    #expect(try text("embedding/metadata.new-1.tsv").split(separator: "\n").count == 5)
    #expect(ProjectorVerifier.verify(directory.path, isRun: true, isRoot: false).filter { !$0.isNote } == [])
    try Directory.removeEmpty(metadata)
    try ProjectorBundle.write([Self.embedding(points: 5)], to: directory.path)
    #expect(try text("embedding/tensors.tsv").split(separator: "\n").count == 5)
    #expect(try Directory.list(directory.file("embedding")).count == 4)
  }

  @Test("what killed writers have left, the next one removes")
  func leftovers() throws {
    try ProjectorBundle.write([Self.embedding(points: 3)], to: directory.path)
    // As a kill leaves it before the new configuration, and after it.
    for name in ["tensors.new-1.tsv", "metadata.new-12.tsv", "sprite.new-1.png"] {
      try AtomicFile.replace(directory.file("embedding/\(name)"), bytes: [1])
    }
    // These belong to somebody else.
    let others = ["notes.new-1.tsv", "tensors.new-.tsv", "tensors.new-1x.tsv", "tensors.tsv.new-1"]
    for name in others { try AtomicFile.replace(directory.file("embedding/\(name)"), bytes: [1]) }
    let before = ProjectorVerifier.verify(directory.path, isRun: true, isRoot: false)
    #expect(before.allSatisfy(\.isNote) && before.contains { $0.rule == .leftOver })
    try ProjectorBundle.write([Self.embedding(points: 4)], to: directory.path)
    #expect(
      try Directory.list(directory.file("embedding"))
        == (others + ["bookmarks.json", "metadata.tsv", "sprite.png", "tensors.tsv"]).sorted())
    #expect(try text("embedding/tensors.tsv").split(separator: "\n").count == 4)
  }

  @Test("without hard links the new names stay, and change from one bundle to the next")
  func withoutHardLinks() throws {
    try ProjectorBundle.write([Self.embedding(points: 3)], to: directory.path)
    for points in 4..<8 {
      let bundle = try ProjectorBundle([Self.embedding(points: points)])
      let config = try bundle.write(to: directory.path, comment: nil) { names in
        for name in names { try FileContents.remove(name.second) }
        return false
      }
      let isUsual = points % 2 == 1
      #expect(config.files.allSatisfy { $0.contains(".new-1.") != isUsual }, "\(points)")
      #expect(try ProjectorConfig(parsing: text("projector_config.pbtxt")) == config)
      #expect(
        try Directory.list(directory.file("embedding")).map { "embedding/\($0)" } == config.files.sorted(), "\(points)")
      #expect(try FileContents.read(directory.file(config.files[0])).count { $0 == 10 } == points)
    }
  }

  @Test("a configuration that nobody can read, or that names other files, is replaced")
  func otherConfigurations() throws {
    let other = "embeddings { tensor_path: \"embedding/../embedding/tensors.tsv\" tensor_name: \"x\" }\n"
    for config in ["nonsense", other] {
      try ProjectorBundle.write([Self.embedding(points: 3)], to: directory.path)
      try AtomicFile.replace(directory.file("projector_config.pbtxt"), bytes: Array(config.utf8))
      try ProjectorBundle.write([Self.embedding(points: 4)], to: directory.path)
      #expect(try inPlace()[0].count { $0 == 10 } == 4)
      #expect(try Directory.list(directory.file("embedding")).count == 4)
    }
  }

  @Test("no file is written through a folder that is a link; a run may be one")
  func links() throws {
    try Directory.create(directory.file("elsewhere"))
    try Directory.create(directory.file("run"))
    let link = directory.file("run/embedding")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: directory.file("elsewhere"))
    #expect(throws: FileError.link(path: link)) {
      try ProjectorBundle.write([Self.embedding()], to: directory.file("run"))
    }
    #expect(try Directory.list(directory.file("elsewhere")) == [])
    #expect(try Directory.list(directory.file("run")) == ["embedding"])
    let run = directory.file("link")
    try FileManager.default.createSymbolicLink(atPath: run, withDestinationPath: directory.file("elsewhere"))
    try ProjectorBundle.write([Self.embedding()], to: run)
    #expect(try Directory.list(directory.file("elsewhere")) == ["embedding", "projector_config.pbtxt"])
  }

  @Test("a comment stands in front of the configuration, and TensorBoard's parser skips it")
  func comment() throws {
    let config = try ProjectorBundle([Self.embedding()]).write(to: directory.path, comment: "Written by x")
    #expect(try text("projector_config.pbtxt") == "# Written by x\n" + config.text)
    #expect(try ProjectorConfig(parsing: text("projector_config.pbtxt")) == config)
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
