// RunRecord+Checks.swift
// Whether the values in run.json can be those of a run, and whether a checkpoint is one of that run.

import ByteStreams
import Networks
import Tensors
import Training

extension RunRecord {
  /// Epochs that may lie between two snapshots.
  package static let embedEveryRange = 1...1_000_000_000

  /// Refuses values that no run has, as the command line refuses them.
  /// - Parameter path: of the record, for messages.
  /// - Throws: `RunError.badRecordValue`.
  func check(path: String) throws(RunError) {
    func check(_ key: String, _ got: some CustomStringConvertible, _ isGood: Bool, _ want: String)
      throws(RunError)
    {
      if !isGood { throw .badRecordValue(path: path, reason: "\(key): got \(got), want \(want)") }
    }
    func check(_ key: String, _ body: () throws -> Void) throws(RunError) {
      do { try body() } catch { throw .badRecordValue(path: path, reason: "\(key): \(error)") }
    }
    func check(_ key: String, _ got: Int?, atLeast least: Int, atMost most: Int = 1 << 53) throws(RunError) {
      if let got { try check(key, got, (least...most).contains(got), "\(least) to \(most)") }
    }
    func check(_ key: String, _ got: [Int], _ count: ClosedRange<Int>, product limit: Int) throws(RunError) {
      let isGood = count.contains(got.count) && got.allSatisfy { (1...limit).contains($0) }
      try check(key, "\(got)", isGood && got.reduce(1.0) { $0 * Double($1) } <= Double(limit), "extents of 1 or more")
    }
    try check("embed_every", embed_every, atLeast: 1, atMost: Self.embedEveryRange.upperBound)
    try check("name") { try RunPlacement.check(name) }
    try check("configuration") { try configuration.validate() }
    try check("data.image_shape", data.image_shape, 3...3, product: 1 << 28)
    try check("data.training_images", data.training_images, atLeast: 1)
    try check("data.validation_images", data.validation_images, atLeast: 0)
    try check("data.test_images", data.test_images, atLeast: 0)
    try check("model.weights", model.weights, atLeast: 1)
    try check("model.bottleneck_shape", model.bottleneck_shape, 1...3, product: 1 << 40)
    try check("machine.threads", machine.threads, atLeast: 1)
    try check("machine.processors", machine.processors, atLeast: 1)
    try check("results.steps", results.steps, atLeast: 0)
    try check("results.epochs", results.epochs, atLeast: 0, atMost: configuration.epochs)
    try check("results.best_step", results.best_step, atLeast: 0)
    try check("results.skipped_steps", results.skipped_steps, atLeast: 0, atMost: results.steps)
    try check("results.seconds", results.seconds, results.seconds >= 0, "0 or more")
    try check("results.images_per_second", results.images_per_second, results.images_per_second >= 0, "0 or more")
    for code in [results.validation_code, results.test_code] { try check("code.images", code?.images, atLeast: 1) }
    if let known = results.checkpoint {
      let step = Checkpoint.step(ofFileName: Directory.lastPart(of: known))
      let isOurs = step.map { CheckpointFolder.relativePath(ofStep: $0) == known } ?? false
      try check("results.checkpoint", DisplayName.quoted(known), isOurs, "the path of a checkpoint in the run")
    }
    for resumption in resumptions ?? [] {
      try check("resumptions.step", resumption.step, atLeast: 0)
      try check("resumptions.threads", resumption.threads, atLeast: 1)
    }
  }

  /// Refuses a checkpoint of another run, which stands in the place of one of this run's.
  /// - Throws: `RunError.otherCheckpoint` with the first thing that differs.
  func check(_ checkpoint: Checkpoint, path: String) throws(RunError) {
    func check(_ what: String, _ got: String, _ want: String) throws(RunError) {
      if got != want {
        throw .otherCheckpoint(path: path, what: what, got: got, source: RunDirectory.recordName, want: want)
      }
    }
    if let (got, want) = configuration.conflict(with: checkpoint.configuration) {
      throw .otherCheckpoint(
        path: path, what: got.name, got: got.value, source: RunDirectory.recordName, want: want.value)
    }
    let shape = checkpoint.data.shape
    try check("image_shape", "\([shape.height, shape.width, shape.channels])", "\(data.image_shape)")
    try check("data_seed", "\(checkpoint.data.seed)", "\(data.seed)")
    try check("data_fingerprint", checkpoint.data.fingerprint, data.fingerprint)
    try check("number of weights", "\(checkpoint.weightCount)", "\(model.weights)")
  }
}
