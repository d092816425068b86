// TrainedModelTests.swift
// A model is read from its run's checkpoint, with its images, and its files are exported again.

import ArrayFiles
import ByteStreams
import Datasets
import Embeddings
import EventFiles
import Networks
import PNG
import ProjectorFiles
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import ProjectorExport
@testable import Runs
@testable import Sessions

@Suite struct TrainedModelTests {
  @Test func theModelIsTheOneThatWasTested() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(
        tinyConfiguration(.convolutional(filters: [3, 2], downsampling: .stride)), in: directory)
      let model = try trainedModel(of: outcome)
      #expect((model.step, model.epoch) == (18, 3))
      let test = try model.loadData(threads: 1).test
      #expect(test.withPixels { model.autoencoder.evaluate($0, count: test.count) } == outcome.test)
    }
  }

  @Test func aStepIsChosenAndTheLastIsTheDefault() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let folder = "\(outcome.runPath)/checkpoints"
      let bytes = try FileContents.read("\(folder)/step-00000018.safetensors")
      for name in ["step-9.safetensors", "step-00000099.safetensors.tmp", "x"] {
        try AtomicFile.replace("\(folder)/\(name)", bytes: bytes)
      }
      #expect(try trainedModel(of: outcome).checkpointPath == "\(folder)/step-00000018.safetensors")
      let second = try TrainedModel.load(runDirectory: outcome.runPath, step: 6, threads: 1)
      #expect(second.checkpointPath == "\(folder)/step-00000006.safetensors" && second.step == 6)
      for step in [9, 99, 3] {
        #expect(throws: RunError.noCheckpoint(directory: outcome.runPath, step: step)) {
          try TrainedModel.load(runDirectory: outcome.runPath, step: step, threads: 1)
        }
      }
    }
  }

  @Test("the last checkpoint is read while others are written and deleted") func checkpointsOfALivingRun() async throws
  {
    let directory = try TemporaryDirectory()
    let outcome = try trained(tinyConfiguration(), in: directory.path)
    let folder = CheckpointFolder(ofRun: outcome.runPath)
    let paths = [6, 18].map { folder.path(ofStep: $0) }
    let files = try paths.map { try FileContents.read($0) }
    let record = try RunRecord.read(from: outcome.runPath)
    try FileContents.remove(folder.path(ofStep: 12))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        // At any time at least one of the two exists.
        for place in 0... {
          if Task.isCancelled { return }
          try AtomicFile.replace(paths[place % 2], bytes: files[place % 2])
          try FileContents.remove(paths[1 - place % 2])
        }
      }
      for _ in 0..<200 {
        let step = try folder.last(of: record)?.step
        #expect(step == 6 || step == 18)
      }
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  @Test func whatIsNoRunIsRefused() throws {
    try withTemporaryDirectory { directory in
      #expect(throws: RunError.noRun(directory: "\(directory)/x")) {
        try TrainedModel.load(runDirectory: "\(directory)/x", threads: 1)
      }
      #expect(throws: RunError.noCheckpoint(directory: directory, step: nil)) {
        try TrainedModel.load(runDirectory: directory, threads: 1)
      }
    }
  }

  @Test func otherImagesAreNoticed() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let model = try trainedModel(of: outcome)
      let same = try TinyCollection(test: 9).write(to: directory, name: "same-shape")
      #expect(try model.loadData(from: same, threads: 1).test.count == 9)
      let other = try TinyCollection(width: 6).write(to: directory, name: "other-shape")
      #expect(throws: RunError.otherShape(source: other.argument, got: "6×6×1", want: "6×5×1")) {
        try model.loadData(from: other, threads: 1)
      }
      let labels = "\(directory)/tiny/t10k-labels-idx1-ubyte"
      var bytes = try FileContents.read(labels)
      bytes[bytes.count - 1] ^= 1
      try AtomicFile.replace(labels, bytes: bytes)
      #expect(throws: RunError.otherImages(source: model.dataSource.argument)) {
        try model.loadData(threads: 1)
      }
    }
  }

  @Test("training images are read only if they are wanted, and each part has its own fingerprint")
  func imagesOfAPart() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let model = try trainedModel(of: outcome)
      let data = try model.loadData(threads: 1)
      for split in Split.allCases {
        let shown = try model.loadImages(split, threads: 2)
        #expect(shown.images.withPixels { Array($0) } == data[split].withPixels { Array($0) })
        #expect(shown.evaluation.fingerprint == data.evaluation.fingerprint)
      }
      func flip(_ file: String) throws {
        let path = "\(directory)/tiny/\(file)"
        var bytes = try FileContents.read(path)
        bytes[bytes.count - 1] ^= 1
        try AtomicFile.replace(path, bytes: bytes)
      }
      // One pixel of the training images changes.
      try flip("train-images-idx3-ubyte")
      #expect(try model.loadImages(.test, threads: 1).images.count == 23)
      #expect(throws: RunError.otherImages(source: model.dataSource.argument)) {
        try model.loadImages(.training, threads: 1)
      }
      // Checkpoints of older versions have only the fingerprint of the whole collection.
      var file = try SafetensorsFile(path: model.checkpointPath)
      #expect(file.metadata.removeValue(forKey: "evaluation_fingerprint") != nil)
      file.metadata["checksum"] = file.checksum
      try file.write(to: model.checkpointPath)
      let older = try trainedModel(of: outcome)
      #expect(throws: RunError.otherImages(source: model.dataSource.argument)) {
        try older.loadImages(.test, threads: 1)
      }
      try flip("train-images-idx3-ubyte")
      #expect(try older.loadImages(.test, threads: 1).images.count == 23)
      try flip("t10k-images-idx3-ubyte")
      for split in Split.allCases {
        #expect(throws: RunError.otherImages(source: model.dataSource.argument)) {
          try model.loadImages(split, threads: 1)
        }
      }
    }
  }

  @Test func anEmbeddingIsMadeAgainAsOneWholeSet() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let folder = "\(outcome.runPath)/embedding"
      func contents() throws -> [[UInt8]] {
        try Directory.list(folder).map { try FileContents.read("\(folder)/\($0)") }
      }
      let original = try contents()
      let model = try trainedModel(of: outcome)
      let data = try model.loadData(threads: 1)
      var options = EmbeddingExport.Options()
      (options.choice.points, options.format) = (7, .binary)
      let binary = try EmbeddingExport.write(model, ShownImages(data, .training), options, into: outcome.runPath)
      #expect((binary.layers[0].points, binary.layers[0].dimensions) == (7, 4))
      #expect(try Directory.list(folder) == ["bookmarks.json", "metadata.tsv", "sprite.png", "tensors.bytes"])
      #expect(try FileContents.read("\(folder)/tensors.bytes").count == 7 * 4 * 4)
      (options.choice.points, options.format) = (1000, nil)
      let again = try EmbeddingExport.write(model, ShownImages(data), options, into: outcome.runPath)
      #expect(again.layers[0].points == 23)
      #expect(try contents() == original)
      #expect(try again.files.allSatisfy { try FileStatus.of($0) != nil })
      #expect(again.files.last == "\(outcome.runPath)/projector_config.pbtxt")
    }
  }

  @Test("layouts are separate embeddings, and are removed when they are no longer wanted") func layouts() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let model = try trainedModel(of: outcome)
      let data = try model.loadData(threads: 1)
      func config() throws -> String {
        String(decoding: try FileContents.read("\(outcome.runPath)/projector_config.pbtxt"), as: UTF8.self)
      }
      var shares: [String: [Double]] = [:]
      var options = EmbeddingExport.Options()
      (options.layouts, options.threads, options.isMeasured) = (EmbeddingLayout.all, 2, true)
      let summary = try EmbeddingExport.write(model, ShownImages(data), options, into: outcome.runPath) {
        shares[$0, default: []].append($1)
      }
      let folder = "\(outcome.runPath)/embedding"
      #expect(
        try Directory.list(folder) == [
          "bookmarks.json", "metadata.tsv", "pca.json", "pca.tsv", "sprite.png", "tensors.tsv", "tsne.json", "tsne.tsv",
          "tsne3.json", "tsne3.tsv", "umap.json", "umap.tsv", "umap3.json", "umap3.tsv", "unit.json", "unit.tsv",
        ])
      for name in ["bottleneck"] + EmbeddingLayout.all.map({ "bottleneck-\($0.name)" }) {
        #expect(try config().contains("tensor_name: \"\(name)\""))
      }
      #expect((shares["t-SNE"]?.last ?? 0) > 0.999 && shares["t-SNE"] == shares["t-SNE"]?.sorted())
      let unit = String(decoding: try FileContents.read("\(folder)/unit.tsv"), as: UTF8.self).split(separator: "\n")
      #expect(unit.count == 23)
      for row in unit {
        let length = row.split(separator: "\t").reduce(0.0) { $0 + (Double($1) ?? .nan) * (Double($1) ?? .nan) }
        #expect(abs(length - 1) < 1e-5 || length == 0)
      }
      let quality = try #require(summary.layers[0].quality)
      #expect(quality.images == 23 && (0...1).contains(quality.votes?.accuracy ?? -1))
      #expect((0...1).contains(quality.trustworthiness ?? -1) && (2...23).contains(quality.distinct))
      #expect(try problems(in: "\(directory)/runs") == [])
      (options.layouts, options.format, options.isMeasured) = ([.pca], .binary, false)
      let fewer = try EmbeddingExport.write(model, ShownImages(data), options, into: outcome.runPath)
      #expect(fewer.layers[0].quality == nil)
      #expect(
        try Directory.list(folder) == [
          "bookmarks.json", "metadata.tsv", "pca.bytes", "pca.json", "sprite.png", "tensors.bytes",
        ])
    }
  }

  @Test func theRowsOfAnEmbeddingAreItsImages() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let model = try trainedModel(of: outcome)
      let test = try model.loadData(threads: 1).test
      func rows(_ name: String) throws -> [[String]] {
        String(decoding: try FileContents.read("\(outcome.runPath)/embedding/\(name)"), as: UTF8.self)
          .split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
      }
      let codes = test.withPixels { model.autoencoder.encode($0, numbers: 0..<test.count) }
      let errors = test.withPixels { model.autoencoder.errors($0, numbers: 0..<test.count) }
      let tensor = try rows("tensors.tsv")
      let metadata = try rows("metadata.tsv")
      #expect(metadata[0] == ["label", "index", "reconstruction_error"])
      var seen: Set<Int> = []
      for (row, cells) in metadata.dropFirst().enumerated() {
        let index = try #require(Int(cells[1]))
        seen.insert(index)
        #expect(cells[0] == "\(test.labels[index])" && Float(cells[2]) == Float(errors[index]))
        #expect(tensor[row].map { Float($0) ?? .nan } == Array(codes[index * 4..<(index + 1) * 4]))
      }
      #expect(tensor.count == 23 && seen == Set(0..<23))
      let labels = metadata.dropFirst().map { $0[0] }
      let classes = Set(test.labels).sorted().map { "\($0)" }
      #expect(Array(labels.prefix(classes.count)) == classes)
    }
  }

  @Test("layers are separate embeddings, with columns in the wanted order") func layers() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(.convolutional(filters: [4, 3], downsampling: .pool)), in: directory)
      let model = try trainedModel(of: outcome)
      let data = try model.loadData(threads: 1)
      let layers = model.autoencoder.layers
      let spatial = try #require(layers.indices.dropFirst().first { layers[$0].outputShape.count == 3 })
      let shape = layers[spatial].outputShape
      var options = EmbeddingExport.Options()
      (options.layers, options.format) = (["bottleneck", layers[spatial].name, "bottleneck"], .binary)
      func numbers(_ order: DataFormat) throws -> [UInt8] {
        options.choice.dataFormat = order
        let summary = try EmbeddingExport.write(model, ShownImages(data), options, into: outcome.runPath)
        #expect(summary.layers.map(\.name) == ["bottleneck", layers[spatial].name])
        #expect(summary.layers[1].dimensions == shape.reduce(1, *))
        #expect(try problems(in: "\(directory)/runs") == [])
        let folder = layers[spatial].name.replacing("/", with: "-")
        return try FileContents.read("\(outcome.runPath)/embedding/\(folder)/tensors.bytes")
      }
      let (last, first) = (try numbers(.channelsLast), try numbers(.channelsFirst))
      let (area, channels) = (shape[0] * shape[1], shape[2])
      for row in 0..<23 {
        for index in 0..<area * channels {
          let turned = index % channels * area + index / channels
          let (from, to) = ((row * area * channels + index) * 4, (row * area * channels + turned) * 4)
          #expect(last[from..<from + 4].elementsEqual(first[to..<to + 4]))
        }
      }
      options.layers = ["decoder/none"]
      #expect(throws: ExportError.noLayer(name: "decoder/none", layers: layers.map(\.name))) {
        try EmbeddingExport.write(model, ShownImages(data), options, into: outcome.runPath)
      }
      // The files of another layer are removed.
      options.layers = []
      _ = try EmbeddingExport.write(model, ShownImages(data), options, into: outcome.runPath)
      #expect(!(try Directory.list("\(outcome.runPath)/embedding")).contains { $0.contains("coder") })
    }
  }

  @Test func aRunInTrainingIsNotExportedInto() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let model = try trainedModel(of: outcome)
      let data = try model.loadData(threads: 1)
      let lock = try DirectoryLock(outcome.runPath)
      #expect(throws: FileError.self) { try EmbeddingExport.write(model, ShownImages(data), into: outcome.runPath) }
      lock.release()
      for points in [1, 0, -1, 100_001] {
        var options = EmbeddingExport.Options()
        options.choice.points = points
        #expect(throws: ExportError.imageCount(got: points, want: 2...100_000)) {
          try EmbeddingExport.write(model, ShownImages(data), options, into: outcome.runPath)
        }
      }
    }
  }

  @Test func aPictureShowsAsManyImagesAsAsked() throws {
    try withTemporaryDirectory { directory in
      var configuration = tinyConfiguration()
      configuration.noiseFactor = 0.3
      let model = try trainedModel(of: try trained(configuration, in: directory))
      let data = try model.loadData(threads: 1)
      let scale = 56 / 6
      for (images, columns, bands) in [(1, 1, 1), (10, 10, 1), (11, 10, 2), (1000, 10, 3)] {
        let picture = try ReconstructionPicture.draw(model, data.test, part: "test", images: images)
        #expect((picture.width, picture.height) == ((columns * 6 + 1) * scale, bands * 22 * scale))
      }
      #expect(throws: ExportError.self) { try ReconstructionPicture.draw(model, data.test, part: "test", images: 0) }
    }
  }
}
