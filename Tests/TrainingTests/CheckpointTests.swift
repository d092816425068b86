// CheckpointTests.swift
// A checkpoint holds the whole state of a run, and one that is wrong is refused.

import ArrayFiles
import ByteStreams
import Networks
import Parallel
import Tensors
import TestSupport
import Testing

@testable import Datasets
@testable import Training

@Suite struct CheckpointTests {
  /// 48 images of 6×5; 4 are for validation.
  static func splits() -> DatasetSplits {
    let shape = ImageShape(height: 6, width: 5, channels: 1)
    func images(_ count: Int, salt: Int) -> ImageDataset {
      ImageDataset(
        shape: shape, pixels: (0..<count * shape.count).map { UInt8(truncatingIfNeeded: $0 * $0 / 7 + salt) },
        labels: (0..<count).map { UInt16($0 % 3) })
    }
    return DatasetSplits(
      name: "test", learning: images(48, salt: 0), test: images(9, salt: 5), classNames: ["0", "1", "2"])
  }

  static func run(_ architecture: Architecture, steps: Int = 7) throws -> TrainingRun {
    var configuration = TrainingConfiguration(architecture: architecture)
    configuration.epochs = 3
    configuration.batchSize = 8
    configuration.seed = .max
    configuration.weightDecay = 1e-4
    let run = try TrainingRun(configuration, on: splits(), threads: 2)
    while run.step < steps, try run.next() != nil {}
    return run
  }

  static let architectures: [Architecture] = [
    .convolutional(filters: [4, 3], downsampling: .pool), .convolutional(filters: [2], downsampling: .stride),
    .fullyConnected(hiddenUnits: [7, 3]),
  ]

  @Test func readingOptions() throws {
    let options = try #require(ReadingOptions(text: "--size 6x5 --skip-broken"))
    let checkpoint = Checkpoint(
      of: try Self.run(Self.architectures[0]), source: .files("a b", options), dataSeed: 0, version: "1")
    try withTemporaryDirectory { directory in
      try checkpoint.write(to: "\(directory)/c.safetensors")
      #expect(try Checkpoint(path: "\(directory)/c.safetensors").data.source == .files("a b", options))
    }
  }

  @Test(arguments: architectures)
  func readBack(architecture: Architecture) throws {
    let run = try Self.run(architecture)
    let checkpoint = Checkpoint(of: run, source: .files("some/where"), dataSeed: .max, version: "1.2.3")
    try withTemporaryDirectory { directory in
      let path = "\(directory)/\(Checkpoint.fileName(step: run.step))"
      try checkpoint.write(to: path)
      let read = try Checkpoint(path: path)
      #expect(read == checkpoint)
      #expect((read.step, read.epoch) == (7, 1))
      #expect(read.data.source == .files("some/where") && read.data.seed == .max)
      let model = try read.autoencoder(threads: 1, path: path)
      let (slab, original) = (model.slab, run.autoencoder.slab)
      for (a, b) in [
        (slab.values, original.values), (slab.moment1, original.moment1), (slab.moment2, original.moment2),
      ] {
        #expect(a.values.elementsEqual(b.values) { $0.bitPattern == $1.bitPattern })
      }
      #expect(original.moment1.values.contains { $0 != 0 })
      let test = run.data.test
      #expect(
        test.withPixels { model.evaluate($0, count: test.count) }
          == test.withPixels { run.autoencoder.evaluate($0, count: test.count) })
    }
  }

  @Test("Tensors stand in the documented order under their names")
  func names() throws {
    let run = try Self.run(.fullyConnected(hiddenUnits: [3]), steps: 1)
    let tensors = Checkpoint(of: run, source: .digits, dataSeed: 0, version: "").tensors
    let names = run.autoencoder.slab.parameters.map(\.name)
    #expect(tensors.map(\.name) == names + names.map { "adam/moment1/\($0)" } + names.map { "adam/moment2/\($0)" })
    #expect(tensors[0].shape == [30, 3] && tensors[1].shape == [3])
  }

  @Test(arguments: [(0, "step-00000000"), (2150, "step-00002150"), (123_456_789, "step-123456789")])
  func fileNames(step: Int, name: String) {
    #expect(Checkpoint.fileName(step: step) == name + ".safetensors")
  }

  @Test("A checkpoint without one of its texts, or with nonsense in one, is refused")
  func wrongTexts() throws {
    let run = try Self.run(.fullyConnected(hiddenUnits: [3]), steps: 1)
    let checkpoint = Checkpoint(of: run, source: .digits, dataSeed: 0, version: "1")
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c"
      try checkpoint.write(to: path)
      let file = try SafetensorsFile(path: path)
      // The text for people, and the text that older programs did not write.
      for key in file.metadata.keys where !["seed", "evaluation_fingerprint"].contains(key) {
        var changed = file
        changed.metadata[key] = nil
        try changed.write(to: path)
        #expect(throws: CheckpointError.metadata(path: path, key: key, got: nil)) { try Checkpoint(path: path) }
      }
      let nonsense = [
        "step": ["-1", "1.5", "", "99999999999999999999"], "epoch": ["x"], "data_seed": ["-1"],
        "reported_epochs": ["-1", "x"], "epoch_loss": ["", "x"], "epoch_losses": ["1.5"], "skipped_steps": ["-1"],
        "last_epoch": ["1", "1 2 3", "x 2 3 4", "-1 2 3 4", "1 2 3 4 5 6"], "best_epoch": ["1 -2 3 4", " "],
        "image_shape": ["", "1,2", "0,1,1", "6,5,1,1", "65537,1,1", "65536,65536,1", "-6,-5,1"],
        "configuration": ["", "{}", "[]", #"{"model":"other"}"#],
      ]
      for (key, texts) in nonsense {
        for text in texts {
          var changed = file
          changed.metadata[key] = text
          try changed.write(to: path)
          #expect(throws: CheckpointError.metadata(path: path, key: key, got: text)) { try Checkpoint(path: path) }
        }
      }
    }
  }

  @Test(arguments: [
    (#""batch_size":8"#, #""batch_size":0"#), (#""decay_steps":1000"#, #""decay_steps":0"#),
    (#""hidden_units":[3]"#, #""hidden_units":[]"#), (#""hidden_units":[3]"#, #""hidden_units":[0]"#),
    (#""hidden_units":[3]"#, #""hidden_units":[65536,65536]"#),
  ])
  func wrongConfiguration(good: String, bad: String) throws {
    let run = try Self.run(.fullyConnected(hiddenUnits: [3]), steps: 1)
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c"
      try Checkpoint(of: run, source: .digits, dataSeed: 0, version: "1").write(to: path)
      var file = try SafetensorsFile(path: path)
      let text = try #require(file.metadata["configuration"])
      #expect(text.contains(good))
      file.metadata["configuration"] = text.replacing(good, with: bad)
      try file.write(to: path)
      #expect(throws: (any Error).self) { try Checkpoint(path: path).autoencoder(threads: 1, path: path) }
    }
  }

  @Test("A changed byte, text or shape is found by the checksum") func checksum() throws {
    let run = try Self.run(.fullyConnected(hiddenUnits: [3]), steps: 1)
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c"
      try Checkpoint(of: run, source: .digits, dataSeed: 0, version: "1").write(to: path)
      let file = try SafetensorsFile(path: path)
      var bytes = try FileContents.read(path)
      for place in [bytes.count - 1, bytes.count - 4 * run.autoencoder.slab.weightCount] {
        bytes[place] ^= 16
        try AtomicFile.replace(path, bytes: bytes)
        #expect(throws: CheckpointError.self) { try Checkpoint(path: path) }
        bytes[place] ^= 16
      }
      try AtomicFile.replace(path, bytes: bytes)
      _ = try Checkpoint(path: path)
      var changed = file
      changed.metadata["version"] = "2"
      try changed.write(to: path)
      #expect(
        throws: CheckpointError.checksum(
          path: path, got: changed.checksum, want: try #require(file.metadata["checksum"]))
      ) { try Checkpoint(path: path) }
    }
  }

  @Test("Tensors that do not belong to the model are refused") func wrongTensors() throws {
    let run = try Self.run(.fullyConnected(hiddenUnits: [3]), steps: 1)
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c"
      try Checkpoint(of: run, source: .digits, dataSeed: 0, version: "1").write(to: path)
      let file = try SafetensorsFile(path: path)
      for index in file.tensors.indices {
        var changed = file
        let tensor = changed.tensors.remove(at: index)
        changed.metadata[SafetensorsFile.checksumKey] = changed.checksum
        try changed.write(to: path)
        #expect(throws: CheckpointError.missingTensor(path: path, name: tensor.name)) {
          try Checkpoint(path: path).autoencoder(threads: 1, path: path)
        }
        changed.tensors.append(.init(name: tensor.name, shape: tensor.shape + [1], values: tensor.values))
        changed.metadata[SafetensorsFile.checksumKey] = changed.checksum
        try changed.write(to: path)
        #expect(throws: CheckpointError.self) { try Checkpoint(path: path).autoencoder(threads: 1, path: path) }
      }
    }
  }

  /// A checkpoint with other texts or values, and the checksum of those.
  private func changed(
    _ path: String, steps: Int = 1, _ change: (inout SafetensorsFile) throws -> Void
  ) throws -> Checkpoint {
    let run = try Self.run(.fullyConnected(hiddenUnits: [3]), steps: steps)
    try Checkpoint(of: run, source: .digits, dataSeed: 0, version: "1").write(to: path)
    var file = try SafetensorsFile(path: path)
    try change(&file)
    file.metadata[SafetensorsFile.checksumKey] = file.checksum
    try file.write(to: path)
    return try Checkpoint(path: path)
  }

  @Test(
    "numbers that are not finite are damage, in weights and in moments", arguments: [Float.nan, .infinity, -.infinity])
  func notFinite(value: Float) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c"
      _ = try changed(path) { _ in }
      for place in try SafetensorsFile(path: path).tensors.indices {
        var name = ""
        let error = #expect(throws: CheckpointError.self) {
          try changed(path) { file in
            let tensor = file.tensors[place]
            name = tensor.name
            var values = tensor.values
            values[values.count - 1] = value
            file.tensors[place] = .init(name: tensor.name, shape: tensor.shape, values: values)
          }
        }
        let want = CheckpointError.badTensor(path: path, name: name, reason: "has numbers that are NaN or infinite")
        #expect(error == want)
      }
      // The largest and the smallest numbers are valid.
      _ = try changed(path) { file in
        let tensor = file.tensors[1]
        let values: [Float] = [.greatestFiniteMagnitude, -.leastNonzeroMagnitude, -0.0]
        file.tensors[1] = .init(name: tensor.name, shape: tensor.shape, values: values)
      }
    }
  }

  @Test(
    "numbers that can't be one position",
    arguments: [
      ("epoch", "4"), ("epoch", "9007199254740992"), ("reported_epochs", "5"), ("epoch_losses", "8"),
      ("skipped_steps", "8"),
      ("last_epoch", "2 7 0.5 0.5 0.5"), ("last_epoch", "1 8 0.5 0.5 0.5"), ("best_epoch", "2 5 0.5 0.5 0.5"),
      ("best_epoch", "1 9007199254740993 0.5 0.5"),
    ])
  func impossiblePositions(key: String, text: String) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c"
      _ = try changed(path, steps: 7) { _ in }
      #expect(throws: CheckpointError.metadata(path: path, key: key, got: text)) {
        try changed(path, steps: 7) { $0.metadata[key] = text }
      }
    }
  }
}
