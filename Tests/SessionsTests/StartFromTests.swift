// StartFromTests.swift
// A run that begins with the weights of another: the same weights, a new optimizer, and the same end after a kill.

import ArrayFiles
import ByteStreams
import Datasets
import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import TinyRuns

@testable import Runs
@testable import Sessions
@testable import Training

@Suite struct StartFromTests {
  /// Trains a run, and returns it with its images and the options of a second run on other images of the same shape.
  private func prepared(
    in directory: String, patience: Int = 0
  ) throws -> (first: TrainingOutcome, options: TrainingOptions, data: DatasetSplits) {
    var configuration = tinyConfiguration()
    configuration.patience = patience
    if patience > 0 { (configuration.learningRate, configuration.epochs) = (0.3, 50) }
    let first = try trained(configuration, in: directory)
    let source = try TinyCollection(learning: 70, classes: 3).write(to: directory, name: "others")
    configuration = tinyConfiguration()
    (configuration.learningRate, configuration.seed, configuration.epochs) = (0.003, 8, 2)
    var options = tinyOptions(configuration, source, logdir: "\(directory)/second")
    options.start = try StartingModel(run: first.runPath)
    return (first, options, try source.load(seed: 0, threads: 1))
  }

  @Test("the first checkpoint has the other run's weights and no moments; the record and every checkpoint say whose")
  func weights() throws {
    try withTemporaryDirectory { directory in
      let (first, options, data) = try prepared(in: directory)
      let session = try TrainingSession(options, data: data)
      let outcome = try session.run()
      let folder = CheckpointFolder(ofRun: outcome.runPath)
      let (begun, last) = (
        try Checkpoint(path: folder.path(ofStep: 0)), try Checkpoint(path: folder.path(ofStep: outcome.steps))
      )
      let source = try trainedModel(of: first).checkpoint
      #expect(begun.weights == source.weights && begun.weights.count == 8 && last.weights != begun.weights)
      let moments = begun.tensors.dropFirst(begun.weights.count)
      #expect(moments.count == 16 && moments.allSatisfy { $0.values.allSatisfy { $0 == 0 } })
      let place = WeightSource(run: first.runPath, step: 18, weights: source.weightDigest)
      #expect(begun.weightSource == place && last.weightSource == place && source.weightSource == nil)
      #expect(try RunRecord.read(from: outcome.runPath).start_from == place)
      #expect(place.weights.count == 8 && begun.weightDigest == place.weights && last.weightDigest != place.weights)
      // Step 0 is the other model on these images.
      let model = try trainedModel(of: first).autoencoder
      let noise = options.configuration.evaluationNoise("validation")
      let loss = data.validation.withPixels { model.evaluate($0, count: data.validation.count, perturbation: noise) }
      #expect(
        try LoggedRun("\(outcome.runPath)/eval").scalars("loss/reconstruction").first == Float(loss.reconstructionLoss))
      #expect(options.start?.line == "\(first.runPath), step 18: its last checkpoint")
    }
  }

  @Test("of a run with a patience, the best epoch's weights are taken, as by an export") func best() throws {
    try withTemporaryDirectory { directory in
      let (first, options, data) = try prepared(in: directory, patience: 2)
      let best = try #require(first.bestEpoch?.step)
      #expect(options.start?.line == "\(first.runPath), step \(best): the checkpoint of its best epoch")
      let session = try TrainingSession(options, data: data)
      let begun = Checkpoint(of: session.training, source: options.data, dataSeed: 0, version: "")
      #expect(try begun.weights == trainedModel(of: first).checkpoint.weights)
      #expect(session.record.start_from?.step == best && best < first.steps)
      _ = try session.run(shouldStop: { true })
    }
  }

  @Test("killed at any moment, it resumes without the other run once it has a checkpoint") func killed() throws {
    try withTemporaryDirectory { directory in
      let (first, options, data) = try prepared(in: directory)
      let session = try TrainingSession(options, data: data)
      // Before the first report there is a record and no checkpoint.
      try copyRun(session.runPath, "\(directory)/0/run")
      try copyRun(session.runPath, "\(directory)/00/run")
      var moments = 0
      let outcome = try session.run { _ in
        moments += 1
        try copyRun(session.runPath, "\(directory)/\(moments)/run")
      }
      let whole = try RunContents(outcome.runPath)
      try resumeRun("\(directory)/0/run", data: data)
      try FileManager.default.removeItem(atPath: first.runPath)
      for moment in 1...moments { try resumeRun("\(directory)/\(moment)/run", data: data) }
      for moment in 0...moments {
        let run = "\(directory)/\(moment)/run"
        let resumed = try RunContents(run)
        #expect(resumed.values == whole.values && resumed.files == whole.files, "moment \(moment)")
        #expect(resumed.checkpoint == whole.checkpoint && resumed.test == whole.test, "moment \(moment)")
        #expect(try RunRecord.read(from: run).start_from == session.record.start_from)
      }
      let error = #expect(throws: RunError.self) { try resumeRun("\(directory)/00/run", data: data) }
      #expect(
        "\(try #require(error))".contains("it needs the weights of step 18 of \"\(first.runPath)\" again: no directory")
      )
    }
  }

  @Test("before its first checkpoint, other weights in the other run's place are refused") func changed() throws {
    try withTemporaryDirectory { directory in
      let (first, options, data) = try prepared(in: directory)
      let session = try TrainingSession(options, data: data)
      try copyRun(session.runPath, "\(directory)/cut/run")
      _ = try session.run(shouldStop: { true })
      var other = tinyConfiguration()
      other.learningRate = 0.02
      try FileManager.default.createDirectory(atPath: "\(directory)/x", withIntermediateDirectories: true)
      let again = try trained(other, in: "\(directory)/x")
      try FileManager.default.removeItem(atPath: first.runPath)
      try FileManager.default.moveItem(atPath: again.runPath, toPath: first.runPath)
      let error = #expect(throws: RunError.self) { try resumeRun("\(directory)/cut/run", data: data) }
      #expect("\(try #require(error))".contains("their digest is "))
      #expect(try InterruptedRun("\(directory)/cut/run").checkpoint == nil)
    }
  }

  @Test("another model and images of another shape are refused by the difference, and nothing is made") func shapes()
    throws
  {
    try withTemporaryDirectory { directory in
      let (first, options, data) = try prepared(in: directory)
      let start = try #require(options.start)
      let (units, downsampling) = (TrainingSetting.hiddenUnits, TrainingSetting.downsampling)
      var other = options.configuration
      other.architecture = .fullyConnected(hiddenUnits: [8, 5])
      let refusal = RunError.otherModel(
        run: first.runPath, what: "hidden-units", there: "8,4", here: "8,5", advice: "omit --hidden-units")
      #expect(throws: refusal) { try start.fitted(other, given: [units]) }
      #expect(
        "\(refusal)".contains("hidden-units: 8,4 there, 8,5 here; omit --hidden-units, or start from another run"))
      // A setting that was not given is the other run's.
      #expect(try start.fitted(other, given: [.epochs]) == options.configuration)
      other.architecture = Architecture(.convolutional)
      #expect(try start.fitted(other, given: []).architecture == options.configuration.architecture)
      let family = RunError.otherModel(
        run: first.runPath, what: "model", there: "fully-connected", here: "convolutional", advice: "omit --model")
      for given in [TrainingSetting.model, downsampling] {
        #expect(throws: family) { try start.fitted(other, given: [given]) }
      }
      var wrong = options
      wrong.configuration.architecture.activation = .tanh
      #expect(throws: RunError.self) { try TrainingSession(wrong, data: data) }
      let wide = try TinyCollection(width: 6).write(to: directory, name: "wide")
      let images = #expect(throws: RunError.self) {
        try TrainingSession(options, data: wide.load(seed: 0, threads: 1))
      }
      #expect(
        "\(try #require(images))".contains(
          "images: 6×5×1 there, 6×6×1 here; give images of that shape, as with --size 6x5"))
      #expect(!Directory.exists("\(directory)/second"))
    }
  }

  @Test("a checkpoint of a run that began with other weights is refused, and a lost record is restored") func records()
    throws
  {
    try withTemporaryDirectory { directory in
      let (_, options, data) = try prepared(in: directory)
      let outcome = try TrainingSession(options, data: data).run()
      var drawn = options
      (drawn.start, drawn.name) = (nil, "drawn")
      let other = try TrainingSession(drawn, data: data).run()
      try copyRun(outcome.runPath, "\(directory)/mixed/run")
      let name = "checkpoints/\(Checkpoint.fileName(step: outcome.steps))"
      try AtomicFile.replace("\(directory)/mixed/run/\(name)", bytes: FileContents.read("\(other.runPath)/\(name)"))
      let error = #expect(throws: RunError.self) { try InterruptedRun("\(directory)/mixed/run") }
      #expect("\(try #require(error))".contains("its first weights is drawn, run.json says "))
      let source = try RunRecord.read(from: outcome.runPath).start_from
      try FileContents.remove("\(outcome.runPath)/run.json")
      try resumeRun(outcome.runPath, data: data)
      #expect(try RunRecord.read(from: outcome.runPath).start_from == source && source != nil)
      #expect(try InterruptedRun(outcome.runPath).checkpoint?.weightSource == source)
    }
  }
}
