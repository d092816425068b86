// ExportedRunTests.swift
// An export replaces only its own embeddings, not those of another program, and never a run's own by codes of other images.

import ArrayFiles
import ByteStreams
import Datasets
import Embeddings
import EventFiles
import Foundation
import Parallel
import PointMatrices
import ProjectorFiles
import TestSupport
import Testing
import TinyRuns

@testable import Probes
@testable import ProjectorExport
@testable import Runs
@testable import Sessions

@Suite struct ExportedRunTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private var run: String { directory.file("runs/x") }

  private func put(_ files: [String: String]) throws {
    for (name, text) in files {
      let path = "\(run)/\(name)"
      try Directory.create(Directory.parent(of: path))
      try AtomicFile.replace(path, bytes: Array(text.utf8))
    }
  }

  private func contents() throws -> [String: [UInt8]] {
    func all(_ folder: String) throws -> [String] {
      try Directory.list(folder).flatMap { name -> [String] in
        Directory.exists("\(folder)/\(name)") ? try all("\(folder)/\(name)") : ["\(folder)/\(name)"]
      }
    }
    return Dictionary(uniqueKeysWithValues: try all(run).map { ($0, try FileContents.read($0)) })
  }

  @discardableResult
  private func export(_ rows: Int = 6) throws -> [String] {
    let points = directory.file("points.npy")
    try AtomicFile.replace(
      points, bytes: ForeignEmbeddingTests.npy(ForeignEmbeddingTests.values(rows, 3), shape: "\(rows), 3"))
    return try ForeignEmbedding(.file(points)).write(logdir: directory.file("runs"), name: "x").files
  }

  private func points() throws -> Int? { try ProjectorConfig(ofRun: run)?.embeddings[0].points }

  /// A configuration as torch.utils.tensorboard writes it.
  private static let torch =
    "embeddings {\ntensor_name: \"default:00000\"\ntensor_path: \"00000/default/tensors.tsv\"\n"
    + "metadata_path: \"00000/default/metadata.tsv\"\n}\n"

  @Test(
    "another program's embedding is refused and stays as it is",
    arguments: [
      ["projector_config.pbtxt": torch, "00000/default/tensors.tsv": "1\t2\n3\t4\n"],
      [
        "projector_config.pbtxt": "embeddings { tensor_path: \"embedding/tensors.tsv\" }",
        "embedding/tensors.tsv": "1\t2\n",
      ],
      ["projector_config.pbtxt": ""], ["projector_config.pbtxt": "\u{0}nonsense"],
      ["embedding/metadata.tsv": "mine\n"], ["embedding/bookmarks.json": "[]"], ["embedding": "a file"],
      ["embedding/part/metadata.tsv": "mine\n"], ["embedding.png": "a picture"],
      ["plugins/org_tensorflow_tensorboard_projector/projector_config.pbtxt": torch],
      // A temporary file of another configuration does not make the directory this program's.
      ["embedding/metadata.tsv": "mine\n", ".aelog-1-2-abc.tmp": "a record"],
    ])
  func others(_ files: [String: String]) throws {
    try put(files)
    let before = try contents()
    #expect(throws: ExportError.embeddingInTheWay(directory: run)) { try export() }
    #expect(try contents() == before)
    let text = "\(ExportError.embeddingInTheWay(directory: run))"
    #expect(text.contains(run) && text.hasSuffix("choose another --name"))
  }

  @Test("a run of aelog train is refused, with its record or without")
  func runsOfOurs() throws {
    for name in ["run.json", "checkpoints/step-00000001.safetensors"] {
      try put([name: ""])
      #expect(throws: ExportError.runInTheWay(directory: run)) { try export() }
      RunPlacement.remove(run)
    }
  }

  @Test("an export replaces an earlier one, also where others log into the run, until they change its configuration")
  func again() throws {
    try put(["events.out.tfevents.1.host": "theirs", "embedding/notes.txt": "theirs"])
    try export(6)
    #expect(try points() == 6)
    try export(7)
    #expect(try points() == 7)
    #expect(
      try Directory.list(run) == ["embedding", "events.out.tfevents.1.host", "projector_config.pbtxt"])
    #expect(try FileContents.read("\(run)/embedding/notes.txt") == Array("theirs".utf8))
    let config = "\(run)/projector_config.pbtxt"
    let ours = String(decoding: try FileContents.read(config), as: UTF8.self)
    try AtomicFile.replace(config, bytes: Array((ours + Self.torch).utf8))
    #expect(throws: ExportError.embeddingInTheWay(directory: run)) { try export(8) }
    #expect(try String(decoding: FileContents.read(config), as: UTF8.self) == ours + Self.torch)
  }

  @Test("an export that was killed before it had a configuration is completed, and its leftovers are removed")
  func killed() throws {
    try export(6)
    let clean = try contents().keys.filter { !$0.contains("tfevents") }.sorted()
    let config = try FileContents.read("\(run)/projector_config.pbtxt")
    RunPlacement.remove(run)
    try put(["embedding/metadata.tsv": "label\n", "embedding/pca.json": "[]", "embedding/.aelog-1-1-abc.tmp": "1"])
    try AtomicFile.replace("\(run)/.aelog-1-2-abc.tmp", bytes: config)
    try export(7)
    #expect(try points() == 7)
    #expect(try contents().keys.filter { !$0.contains("tfevents") }.sorted() == clean)
  }

  @Test("exports of one new name at the same moment leave a whole run: those that are refused remove nothing")
  func together() throws {
    let points = PointMatrix(count: 6, dimensions: 3, values: (0..<18).map(Float.init))
    let metadata = try MetadataTable([.integers("label", Array(0..<6))])
    let set = EmbeddingSet(
      name: "x", points: try points.table, inMemory: nil, metadata: metadata, sprite: nil, classColumn: nil,
      format: .binary)
    let exported = try ExportedRun(logdir: directory.file("runs"), name: "x")
    for _ in 0..<40 {
      let isWritten: [Bool] = try parallelMap(8, threads: 8) { _ in
        do {
          return try !exported.write([set], threads: 1).isEmpty
        } catch  where FileError.saysInUse(error) {
          return false
        }
      }
      #expect(isWritten.contains(true))
      #expect(try self.points() == 6)
      let names = try contents().keys.map(Directory.lastPart)
      #expect(names.contains("tensors.bytes") && names.contains { $0.contains("tfevents") })
      RunPlacement.remove(run)
    }
  }

  @Test("no embedding is written through a link; a run may be one")
  func links() throws {
    try Directory.create(directory.file("elsewhere"))
    try Directory.create(run)
    let link = "\(run)/embedding"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: directory.file("elsewhere"))
    #expect(throws: FileError.link(path: link)) { try export() }
    #expect(try Directory.list(directory.file("elsewhere")) == [] && Directory.list(run) == ["embedding"])
    RunPlacement.remove(run)
    try FileManager.default.createSymbolicLink(atPath: run, withDestinationPath: directory.file("elsewhere"))
    try export()
    #expect(try Directory.list(directory.file("elsewhere")).contains("projector_config.pbtxt"))
  }

  @Test("a run's embedding shows its own images, wherever they are; codes of other images get a separate run")
  func otherImages() throws {
    let outcome = try trained(tinyConfiguration(), in: directory.path)
    let model = try trainedModel(of: outcome)
    let place = Directory.join(outcome.runPath, "embedding/tensors.tsv")
    let own = try FileContents.read(place)
    let other = try TinyCollection(test: 9).write(to: directory.path, name: "other")
    var options = EmbeddingExport.Options()
    for split in Split.allCases {
      #expect(try model.loadImages(split, from: other, threads: 1).other?.source.argument == other.argument)
    }
    let others = try model.loadImages(.test, from: other, threads: 1)
    let named = try EmbeddingExport.write(model, others, options, into: outcome.runPath)
    let collection = try #require(others.other)
    let name = "\(Directory.lastPart(of: outcome.runPath))-on-other-\(collection.fingerprint.prefix(6))"
    #expect(named.files.allSatisfy { $0.hasPrefix("\(Directory.parent(of: outcome.runPath))/\(name)/") })
    // A collection of the same name with other images replaces neither.
    let second = try TinyCollection(test: 8).write(to: directory.file("elsewhere"), name: "other")
    let third = try model.loadImages(.test, from: second, threads: 1)
    #expect(try EmbeddingExport.write(model, third, options, into: outcome.runPath).files[0] != named.files[0])
    #expect(try FileContents.read(place) == own)
    (options.logdir, options.name) = (directory.file("runs"), "others")
    let summary = try EmbeddingExport.write(model, others, options, into: outcome.runPath)
    #expect(summary.layers[0].points == 9 && summary.files.allSatisfy { $0.contains("/others/") })
    #expect(summary.pictures == [directory.file("runs/others/embedding.png")])
    #expect(try FileContents.read(place) == own)
    #expect(try LoggedRun(directory.file("runs/others")).events.count == 3)
    #expect(try problems(in: directory.file("runs")) == [])
    _ = try EmbeddingExport.write(model, others, options, into: outcome.runPath)
    // The same images in another directory.
    try FileManager.default.moveItem(atPath: directory.file("tiny"), toPath: directory.file("moved"))
    let moved = try model.loadImages(.test, from: .files(directory.file("moved")), threads: 1)
    #expect(moved.other == nil)
    _ = try EmbeddingExport.write(model, moved, into: outcome.runPath)
    #expect(try FileContents.read(place) == own)
    // Codes of other images cannot replace the embedding of another run.
    options.name = Directory.lastPart(of: outcome.runPath)
    #expect(throws: ExportError.runInTheWay(directory: outcome.runPath)) {
      try EmbeddingExport.write(model, others, options, into: outcome.runPath)
    }
  }
}
