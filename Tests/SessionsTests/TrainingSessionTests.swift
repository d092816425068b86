// TrainingSessionTests.swift
// A run leaves these files, these tags at these steps, and a true statement of how it ended.

import ByteStreams
import Datasets
import EventFiles
import Networks
import ProjectorFiles
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct TrainingSessionTests {
  static let convolutional = Architecture.convolutional(filters: [4, 3], downsampling: .pool)

  @Test func aFinishedRunLeavesTheseFiles() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(Self.convolutional), in: directory)
      #expect(outcome.runPath == "\(directory)/runs/convolutional-4-3")
      let names = try Directory.list(outcome.runPath).map { $0.hasPrefix("events.out.tfevents.") ? "events" : $0 }
      #expect(
        names == [
          "checkpoints", "embedding", "embedding.png", "eval", "events", "filmstrip.png", "frames",
          "projector_config.pbtxt", "reconstructions.png", "run.json",
        ])
      #expect(
        try Directory.list("\(outcome.runPath)/frames") == (0...3).map { "epoch-000\($0).png" })
      #expect(try Directory.list("\(outcome.runPath)/checkpoints") == [6, 12, 18].map(Checkpoint.fileName))
      #expect(
        try Directory.list("\(outcome.runPath)/embedding")
          == ["bookmarks.json", "metadata.tsv", "sprite.png", "tensors.tsv"])
      let evaluation = try Directory.list("\(outcome.runPath)/eval")
      #expect(evaluation.count == 1 && evaluation[0].hasPrefix("events.out.tfevents."))
    }
  }

  @Test func everyTagHasItsStepsAndADescription() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(Self.convolutional), in: directory)
      let run = try LoggedRun(outcome.runPath)
      let evaluation = try LoggedRun("\(outcome.runPath)/eval")
      for tag in [
        "loss/total", "loss/reconstruction", "training/learning_rate", "training/gradient_norm",
        "training/images_per_second",
      ] {
        // 55 training images in batches of 9: six steps an epoch, a point every second step.
        #expect(run.steps(tag) == [1, 2, 4, 6, 8, 10, 12, 14, 16, 18], "\(tag)")
        #expect(run.scalars(tag).allSatisfy { $0.isFinite && $0 > 0 }, "\(tag)")
      }
      let epochs = [0, 6, 12, 18]
      for name in ["encoder/block0/conv0", "encoder/block1/conv1", "decoder/block0/deconv", "decoder/linear"] {
        for tag in ["weights/\(name)/kernel", "weights/\(name)/bias", "unit_activations/\(name)"] {
          #expect(run.steps(tag) == epochs, "\(tag)")
        }
        #expect(run.steps("zero_activations/\(name)") == (name == "decoder/linear" ? [] : epochs))
      }
      #expect(run.steps("unit_activations/encoder/block1/pool") == epochs)
      #expect(run.steps("guide") == [0, 18])
      #expect(run.steps("run/command") == [0] && run.steps("run/layers") == [0])
      #expect(evaluation.steps("loss/reconstruction") == epochs && evaluation.steps("loss/rmse") == epochs)
      #expect(evaluation.steps("quality/reconstructions") == epochs && evaluation.steps("quality/embedding") == epochs)
      #expect(
        evaluation.steps("reconstructions/filmstrip") == [0, 18]
          && evaluation.steps("reconstructions/animation") == [0, 18])
      #expect(evaluation.steps("test/loss") == [18] && evaluation.steps("test/rmse") == [18])
      #expect(evaluation.scalars("test/rmse") == [Float(try #require(outcome.test).rmse)])
      for log in [run, evaluation] {
        for tag in log.tags where !tag.hasPrefix("_hparams_") {
          #expect(log.values.first { $0.value.tag.name == tag }?.value.description.isEmpty == false, "\(tag)")
        }
      }
      #expect(run.graph?.nodes.isEmpty == false && evaluation.graph == nil)
    }
  }

  @Test func theNumbersAreThoseOfTheReports() throws {
    try withTemporaryDirectory { directory in
      let source = try TinyCollection().write(to: directory)
      let session = try TrainingSession(
        tinyOptions(tinyConfiguration(), source, logdir: directory), data: source.load(seed: 0, threads: 1))
      var (steps, epochs): ([StepReport], [EpochReport]) = ([], [])
      _ = try session.run {
        if case .step(let report, _) = $0, report.step == 1 || report.step % 2 == 0 { steps.append(report) }
        if case .epoch(let report, _, _) = $0 { epochs.append(report) }
      }
      let run = try LoggedRun(session.runPath)
      let evaluation = try LoggedRun("\(session.runPath)/eval")
      #expect(run.scalars("loss/total") == steps.map { Float($0.totalLoss) })
      #expect(run.scalars("loss/reconstruction") == steps.map { Float($0.reconstructionLoss) })
      #expect(run.scalars("training/learning_rate") == steps.map { Float($0.learningRate) })
      #expect(run.scalars("training/gradient_norm") == steps.map { Float($0.gradientNorm) })
      #expect(evaluation.scalars("loss/reconstruction") == epochs.map { Float($0.validation.reconstructionLoss) })
      #expect(evaluation.scalars("loss/rmse") == epochs.map { Float($0.validation.rmse) })
      #expect(Set(steps.map(\.totalLoss)).isDisjoint(with: steps.map(\.reconstructionLoss)))
    }
  }

  @Test func theHyperparametersAreThoseOfTheRun() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(Self.convolutional), in: directory)
      let run = try LoggedRun(outcome.runPath)
      let names = try #require(run.sessionStart).hyperParameters.map(\.name)
      #expect(
        Set(names) == [
          "model", "filters", "downsampling", "data", "epochs", "batch_size", "learning_rate", "learning_rate_decay",
          "decay_steps", "weight_decay", "dropout", "noise_factor", "seed", "hidden_units", "kernels",
          "code", "code_activation", "activation", "schedule", "warmup",
          "loss", "optimizer", "clip_norm", "noise", "kernel_size", "convolutions", "variational", "beta", "patience",
        ])
      #expect(run.sessionStart?.hyperParameters.first { $0.name == "filters" }?.value == .text("4,3"))
      #expect(run.sessionEnd?.status == .success)
      #expect(run.values.filter { $0.value.tag.name.hasPrefix("_hparams_") }.allSatisfy { $0.step == 0 })
    }
  }

  @Test(arguments: [convolutional, .fullyConnected(hiddenUnits: [6, 3])])
  func everyHyperparameterHasItsColumn(architecture: Architecture) throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(architecture), in: directory)
      let values = try #require(LoggedRun(outcome.runPath).sessionStart).hyperParameters
      let columns = HyperParameterTable(.default).hyperParameters
      #expect(Set(columns.map(\.name)) == Set(values.map(\.name)))
      for parameter in values {
        let column = columns.first { $0.name == parameter.name }
        let isText = if case .text = parameter.value { true } else { false }
        #expect(column?.kind == (isText ? .text : .number), "\(parameter)")
      }
    }
  }

  @Test(arguments: [convolutional, .fullyConnected(hiddenUnits: [6, 3])], [false, true])
  func everyMetricHasItsValue(architecture: Architecture, isByValidation: Bool) throws {
    try withTemporaryDirectory { directory in
      var comparison = RunComparison(differing: [.dropout])
      comparison.isByValidation = isByValidation
      let table = HyperParameterTable(comparison)
      #expect(table.hyperParameters.filter(\.differs).map(\.name) == ["dropout"])
      #expect(table.metrics.first?.title == (isByValidation ? "validation loss" : "test loss"))
      // Enough validation images to measure their codes.
      let run = try trained(
        tinyConfiguration(architecture), on: TinyCollection(learning: 144), in: directory
      ).runPath
      for metric in table.metrics {
        let values = try LoggedRun(metric.run.isEmpty ? run : "\(run)/\(metric.run)").scalars(metric.tag.name)
        #expect(values.last?.isFinite == true, "\(metric)")
      }
      #expect(try LoggedRun(run).scalars("run/epochs") == [0, 1, 2, 3])
    }
  }

  @Test func theRecordTellsTheResults() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let record = try RunRecord.read(from: outcome.runPath)
      #expect(record.status == .completed && record.error == nil)
      #expect(record.results.test_loss == outcome.test?.reconstructionLoss)
      #expect(record.results.validation_rmse == outcome.lastEpoch?.validation.rmse)
      #expect(record.results.steps == 18 && record.results.epochs == 3 && record.results.warnings == [])
      #expect(record.results.checkpoint == "checkpoints/step-00000018.safetensors")
      #expect(record.command == ["aelog", "train", "--name", "it's | a test"])
      #expect(record.data.image_shape == [6, 5, 1] && record.data.training_images == 55)
      #expect(record.configuration == tinyConfiguration())
      #expect(record.model.weights == 30 * 8 + 8 + 8 * 4 + 4 + 4 * 8 + 8 + 8 * 30 + 30)
    }
  }

  @Test func theTextsNameTheCommandAndEveryLayer() throws {
    try withTemporaryDirectory { directory in
      let run = try LoggedRun(try trained(tinyConfiguration(), in: directory).runPath)
      func text(_ tag: String) -> String {
        for case .text(.markdown(let text)) in run.values.filter({ $0.value.tag.name == tag }).map(\.value.content) {
          return text
        }
        return ""
      }
      #expect(text("run/command").contains(#"aelog train --name 'it'\''s | a test'"#), "\(text("run/command"))")
      #expect(text("run/layers").contains("| encoder/dense1 | Dense + ReLU | 4 | 36 |"), "\(text("run/layers"))")
      #expect(text("run/layers").contains("| **total** |  |  | **594** |"), "\(text("run/layers"))")
    }
  }

  @Test func aRunThatIsAskedToStopSaysSo() throws {
    try withTemporaryDirectory { directory in
      let source = try TinyCollection().write(to: directory)
      let session = try TrainingSession(
        tinyOptions(tinyConfiguration(), source, logdir: directory), data: source.load(seed: 0, threads: 1))
      var steps = 0
      let outcome = try session.run({ if case .step = $0 { steps += 1 } }, shouldStop: { steps == 8 })
      #expect(outcome.wasInterrupted && outcome.test == nil && outcome.steps == 8)
      #expect(try RunRecord.read(from: session.runPath).status == .interrupted)
      // The run may be resumed, so its log has no end.
      #expect(try LoggedRun(session.runPath).sessionEnd == nil)
      #expect(try Directory.list("\(session.runPath)/checkpoints") == [0, 6, 8].map(Checkpoint.fileName))
      let checkpoint = try Checkpoint(path: try #require(outcome.checkpointPath))
      #expect((checkpoint.step, checkpoint.epoch) == (8, 1))
      #expect(try Directory.list(session.runPath).contains(".aelog.lock") == false)
    }
  }

  struct Refusal: Error {}

  @Test func aRunThatFailsSaysSo() throws {
    try withTemporaryDirectory { directory in
      let source = try TinyCollection().write(to: directory)
      let session = try TrainingSession(
        tinyOptions(tinyConfiguration(), source, logdir: directory), data: source.load(seed: 0, threads: 1))
      #expect(throws: Refusal.self) {
        try session.run { if case .step(let report, _) = $0, report.step == 7 { throw Refusal() } }
      }
      let record = try RunRecord.read(from: session.runPath)
      #expect(record.status == .failed && record.error == "Refusal()" && record.results.steps == 7)
      // The run may be resumed, and TensorBoard takes the first end that it reads.
      #expect(try LoggedRun(session.runPath).sessionEnd == nil)
    }
  }

  @Test func aRunIsHeldWhileItLasts() throws {
    try withTemporaryDirectory { directory in
      let source = try TinyCollection().write(to: directory)
      let data = try source.load(seed: 0, threads: 1)
      let session = try TrainingSession(
        tinyOptions(tinyConfiguration(), source, logdir: directory), data: data)
      #expect(try RunRecord.read(from: session.runPath).status == .running)
      #expect(throws: FileError.self) { try DirectoryLock(session.runPath) }
      #expect(throws: FileError.self) { try RunWriter(session.runPath, resumingAt: 3) }
      // A new run of the same name is another run.
      let second = try TrainingSession(tinyOptions(tinyConfiguration(), source, logdir: directory), data: data)
      #expect(second.runPath == session.runPath + "-2")
      _ = try session.run()
      _ = try DirectoryLock(session.runPath)
    }
  }

  @Test func whatCannotBeTrainedLeavesNothing() throws {
    try withTemporaryDirectory { directory in
      let source = try TinyCollection().write(to: directory)
      let data = try source.load(seed: 0, threads: 1)
      var wrong = [tinyConfiguration(.fullyConnected(hiddenUnits: []))]
      wrong.append(tinyConfiguration(.convolutional(filters: [0], downsampling: .pool)))
      for change: (inout TrainingConfiguration) -> Void in [
        { $0.batchSize = 56 }, { $0.epochs = 0 }, { $0.learningRate = .nan }, { $0.dropout = 1 },
      ] {
        wrong.append(tinyConfiguration())
        change(&wrong[wrong.count - 1])
      }
      for configuration in wrong {
        #expect(throws: (any Error).self) {
          try TrainingSession(tinyOptions(configuration, source, logdir: "\(directory)/runs"), data: data)
        }
      }
      var options = tinyOptions(tinyConfiguration(), source, logdir: "\(directory)/runs")
      options.name = "../x"
      #expect(throws: RunError.self) { try TrainingSession(options, data: data) }
      #expect(try Directory.list(directory) == ["tiny"])
    }
  }

  @Test("images of any channels and codes of any size", arguments: [1, 2, 3, 4], [1, 2, 3])
  func otherShapes(channels: Int, units: Int) throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(
        tinyConfiguration(.fullyConnected(hiddenUnits: [6, units])), on: TinyCollection(channels: channels),
        in: directory)
      // Codes that are all zeros cannot be shown; then a warning says why, and everything else is written.
      let hasEmbedding = try FileStatus.of("\(outcome.runPath)/\(ProjectorConfig.fileName)") != nil
      #expect(hasEmbedding == outcome.warnings.isEmpty)
      if hasEmbedding {
        let text = String(
          decoding: try FileContents.read("\(outcome.runPath)/embedding/tensors.tsv"), as: UTF8.self)
        #expect(text.split(separator: "\n").allSatisfy { $0.split(separator: "\t").count == max(3, units) })
      }
    }
  }
}
