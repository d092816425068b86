// StartingModel.swift
// The trained model with whose weights a new run begins.

import ByteStreams
package import Tensors
package import Training

/// A checkpoint of another run: the last, or that of the best epoch if the run has a patience.
package struct StartingModel: Sendable {
  /// The other run's directory as the user named it.
  package let run: String
  private let checkpoint: Checkpoint
  /// The checkpoint's path, for messages.
  private let path: String

  /// Reads the checkpoint that exports of the run show.
  /// - Throws: `RunError.noRun`, `.noCheckpoint`, `.otherCheckpoint`; `CheckpointError`, `FileError`.
  package init(run directory: String) throws { try self.init(directory, step: nil) }

  /// Reads again the weights with which a run began that has no checkpoint of its own yet.
  /// - Throws: `RunError.lostStart`.
  init(again source: WeightSource) throws(RunError) {
    do {
      try self.init(source.run, step: source.step)
    } catch {
      throw .lostStart(run: source.run, step: source.step, reason: "\(error)")
    }
    let digest = checkpoint.weightDigest
    if digest != source.weights {
      throw .lostStart(
        run: source.run, step: source.step,
        reason: "their digest is \(digest), and was \(source.weights) when the run began")
    }
  }

  private init(_ directory: String, step: Int?) throws {
    run = directory
    (checkpoint, path, _) = try CheckpointFolder.chosen(ofRun: directory, step: step)
  }

  /// The place of the weights, for records.
  package var source: WeightSource {
    WeightSource(
      run: Directory.resolved(run) ?? run, step: checkpoint.step, weights: checkpoint.weightDigest)
  }

  /// A line for people: which checkpoint of which run.
  package var line: String {
    let isBest = checkpoint.configuration.patience > 0 && checkpoint.position.bestEpoch?.step == checkpoint.step
    return "\(DisplayName.escaped(run)), step \(checkpoint.step): "
      + (isBest ? "the checkpoint of its best epoch" : "its last checkpoint")
  }

  /// Returns a configuration with this model.
  /// - Parameter given: the settings that the user has given; those of the model must agree with it.
  /// - Throws: `RunError.otherModel` with the first difference.
  package func fitted(
    _ configuration: TrainingConfiguration, given: Set<TrainingSetting>
  ) throws(RunError) -> TrainingConfiguration {
    var fitted = configuration
    fitted.architecture = checkpoint.configuration.architecture
    let hasFamily = given.contains { $0.family != nil }
    for setting in configuration.differences(from: fitted)
    where given.contains(setting) || setting == .model && hasFamily {
      throw .otherModel(
        run: run, what: setting.name, there: fitted.value(of: setting)?.text ?? "",
        here: configuration.value(of: setting)?.text ?? "", advice: "omit --\(setting.name)")
    }
    return fitted
  }

  /// Refuses another model, and images of another shape.
  /// - Throws: `RunError.otherModel`.
  package func check(_ configuration: TrainingConfiguration, images: ImageShape) throws(RunError) {
    _ = try fitted(configuration, given: Set(TrainingSetting.all))
    let shape = checkpoint.data.shape
    if images != shape {
      throw .otherModel(
        run: run, what: "images", there: "\(shape)", here: "\(images)",
        advice: "give images of that shape, as with --size \(shape.height)x\(shape.width)")
    }
  }

  /// Gives a run these weights; its optimizer starts anew.
  /// - Throws: `CheckpointError`.
  package func begin(_ training: TrainingRun) throws {
    try training.begin(with: checkpoint, from: source, path: path)
  }
}
