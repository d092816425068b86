// CheckpointMetadata.swift
// The description of a run in its checkpoint, as the metadata texts of a safetensors file.

import Datasets
import Networks
import Tensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The metadata of a checkpoint: written as texts, read and checked one by one.
struct CheckpointMetadata {
  private let texts: [String: String]
  private let path: String

  init(_ texts: [String: String], path: String) {
    self.texts = texts
    self.path = path
  }

  /// Returns the texts to write for a checkpoint.
  static func texts(of checkpoint: Checkpoint) throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let shape = checkpoint.data.shape
    var texts = [
      "configuration": String(decoding: try encoder.encode(checkpoint.configuration), as: UTF8.self),
      "step": "\(checkpoint.step)",
      "epoch": "\(checkpoint.epoch)",
      "reported_epochs": "\(checkpoint.position.reportedEpochs)",
      "epoch_loss": "\(checkpoint.position.epochLoss)",
      "epoch_losses": "\(checkpoint.position.epochLosses)",
      "skipped_steps": "\(checkpoint.position.skippedSteps)",
      "last_epoch": text(of: checkpoint.position.lastEpoch),
      "best_epoch": text(of: checkpoint.position.bestEpoch),
      "seed": "\(checkpoint.configuration.seed)",
      "kernels": checkpoint.kernels,
      "data_source": checkpoint.data.source.argument,
      "data_seed": "\(checkpoint.data.seed)",
      "data_fingerprint": checkpoint.data.fingerprint,
      "image_shape": "\(shape.height),\(shape.width),\(shape.channels)",
      "version": checkpoint.version,
    ]
    texts["evaluation_fingerprint"] = checkpoint.data.evaluationFingerprint
    texts["start_from"] = try checkpoint.weightSource.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
    let options = checkpoint.data.source.options
    if !options.isEmpty { texts["data_options"] = options.text }
    return texts
  }

  func text(_ key: String) throws(CheckpointError) -> String {
    guard let text = texts[key] else { throw .metadata(path: path, key: key, got: nil) }
    return text
  }

  /// Reads a whole number from 0 to `limit`.
  func natural(_ key: String, limit: Int = 1 << 53) throws(CheckpointError) -> Int {
    let text = try text(key)
    guard let number = Int(text), (0...limit).contains(number) else {
      throw .metadata(path: path, key: key, got: text)
    }
    return number
  }

  func configuration() throws -> TrainingConfiguration {
    let text = try text("configuration")
    guard
      let configuration = try? JSONDecoder().decode(TrainingConfiguration.self, from: Data(text.utf8))
    else { throw CheckpointError.metadata(path: path, key: "configuration", got: text) }
    try configuration.validate()
    return configuration
  }

  /// Reads where the run's first weights came from; nil if they were drawn.
  func weightSource() throws(CheckpointError) -> WeightSource? {
    guard let text = texts["start_from"] else { return nil }
    guard let source = try? JSONDecoder().decode(WeightSource.self, from: Data(text.utf8)), source.step >= 0 else {
      throw .metadata(path: path, key: "start_from", got: text)
    }
    return source
  }

  func position() throws(CheckpointError) -> TrainingPosition {
    var position = TrainingPosition()
    position.step = try natural("step")
    position.reportedEpochs = try natural("reported_epochs")
    position.epochLoss = try number("epoch_loss")
    position.epochLosses = try natural("epoch_losses")
    position.skippedSteps = try natural("skipped_steps")
    position.lastEpoch = try epoch("last_epoch")
    position.bestEpoch = try epoch("best_epoch")
    return position
  }

  /// Throws an error for numbers that cannot belong to one position.
  func check(_ position: TrainingPosition, epoch: Int, epochs: Int) throws(CheckpointError) {
    func check(_ key: String, _ isGood: Bool) throws(CheckpointError) {
      if !isGood { throw .metadata(path: path, key: key, got: texts[key]) }
    }
    let step = position.step
    try check("epoch", epoch <= epochs && epoch <= step)
    try check("reported_epochs", position.reportedEpochs <= epochs + 1 && position.reportedEpochs <= step + 1)
    try check("epoch_losses", position.epochLosses <= step)
    try check("skipped_steps", position.skippedSteps <= step)
    for (key, report) in [("last_epoch", position.lastEpoch), ("best_epoch", position.bestEpoch)] {
      if let report { try check(key, report.epoch <= epoch && report.step <= step) }
    }
  }

  /// Reads a number as Swift writes it, without loss of a bit.
  private func number(_ key: String) throws(CheckpointError) -> Double {
    let text = try text(key)
    guard let number = Double(text) else { throw .metadata(path: path, key: key, got: text) }
    return number
  }

  /// Returns an epoch's numbers: epoch, step, validation loss, validation RMSE, and training loss except for epoch 0.
  private static func text(of report: EpochReport?) -> String {
    guard let report else { return "" }
    let (validation, training) = (report.validation, report.trainingLoss.map { " \($0)" } ?? "")
    return "\(report.epoch) \(report.step) \(validation.reconstructionLoss) \(validation.rmse)\(training)"
  }

  private func epoch(_ key: String) throws(CheckpointError) -> EpochReport? {
    let text = try text(key)
    if text.isEmpty { return nil }
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    let numbers = words.dropFirst(2).compactMap { Double($0) }
    guard words.count >= 2, let epoch = Int(words[0]), let step = Int(words[1]), epoch >= 0, step >= 0,
      (2...3).contains(numbers.count), words.count == numbers.count + 2
    else { throw .metadata(path: path, key: key, got: text) }
    return EpochReport(
      epoch: epoch, step: step, trainingLoss: numbers.count == 3 ? numbers[2] : nil,
      validation: Evaluation(reconstructionLoss: numbers[0], rmse: numbers[1]))
  }

  func data() throws(CheckpointError) -> Checkpoint.Data {
    let seed = try text("data_seed")
    guard let seed = UInt64(seed) else { throw .metadata(path: path, key: "data_seed", got: seed) }
    let options = texts["data_options"] ?? ""
    guard let reading = ReadingOptions(text: options) else {
      throw .metadata(path: path, key: "data_options", got: options)
    }
    return Checkpoint.Data(
      source: DataSource(argument: try text("data_source"), options: reading), seed: seed,
      fingerprint: try text("data_fingerprint"),
      evaluationFingerprint: texts["evaluation_fingerprint"], shape: try imageShape())
  }

  private func imageShape() throws(CheckpointError) -> ImageShape {
    let text = try text("image_shape")
    let extents = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard extents.count == 3, extents.allSatisfy({ (1...65_536).contains($0) }), extents.reduce(1, *) <= 1 << 28 else {
      throw .metadata(path: path, key: "image_shape", got: text)
    }
    return ImageShape(height: extents[0], width: extents[1], channels: extents[2])
  }
}
