// RunRecord+Storage.swift
// Writes and reads run.json, and refuses values that no run has and checkpoints of other runs.

import ByteStreams
import Datasets
import Tensors
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension RunRecord {
  /// Replaces the record in the run's directory.
  /// - Parameter isDurable: whether to wait for the device, as in `AtomicFile.replace`.
  /// - Throws: `FileError`.
  package func write(to runDirectory: String, isDurable: Bool = true) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    let json = try encoder.encode(self)
    try AtomicFile.replace(
      RunDirectory(runDirectory).path(of: RunDirectory.recordName), bytes: Array(json) + [UInt8(ascii: "\n")],
      isDurable: isDurable)
  }

  /// Reads the record of the run in a directory.
  /// - Throws: `RunError.badRecord` if the file is not a record, `.badRecordValue` if a value in it is impossible; `FileError`.
  package static func read(from runDirectory: String) throws -> RunRecord {
    let path = RunDirectory(runDirectory).path(of: RunDirectory.recordName)
    let bytes = try FileContents.read(path, limit: 1 << 24)
    do {
      let record = try decoder.decode(RunRecord.self, from: Data(bytes))
      try record.check(path: path)
      return record
    } catch let error as DecodingError {
      throw RunError(error, in: bytes, path: path)
    }
  }

  fileprivate static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return decoder
  }
}

extension RunError {
  /// Distinguishes a value of the wrong type or size from a file that is not a record at all.
  fileprivate init(_ error: DecodingError, in bytes: [UInt8], path: String) {
    var key = ""
    if case .typeMismatch(_, let context) = error { key = context.codingPath.map(\.stringValue).joined(separator: ".") }
    // The decoder does not say where a number stands that is too large or not whole.
    if case .dataCorrupted = error { key = (try? RunRecord.decoder.decode(BadPart.self, from: Data(bytes)))?.key ?? "" }
    self =
      key.isEmpty
      ? .badRecord(path: path) : .badRecordValue(path: path, reason: "\(key): not a value that aelog writes")
  }
}

/// Finds the first part of a record that cannot be decoded by itself.
private struct BadPart: Decodable {
  private(set) var key: String?

  private struct Name: CodingKey {
    let stringValue: String
    init(stringValue: String) { self.stringValue = stringValue }
    var intValue: Int? { nil }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    func check<Value: Decodable>(_ name: String, _ type: Value.Type) {
      do { _ = try container.decodeIfPresent(type, forKey: Name(stringValue: name)) } catch { key = key ?? name }
    }
    check("embed_every", Int.self)
    check("configuration", TrainingConfiguration.self)
    check("data", RunRecord.DataRecord.self)
    check("model", RunRecord.ModelRecord.self)
    check("machine", RunRecord.MachineRecord.self)
    check("results", RunRecord.ResultRecord.self)
    check("start_from", WeightSource.self)
    check("resumptions", [RunRecord.ResumptionRecord].self)
  }
}

extension RunRecord {
  /// The allowed numbers of epochs between two snapshots.
  package static let embedEveryRange = 1...1_000_000_000

  /// Refuses values that no run has, by the same rules as the command line.
  /// - Parameter path: the record's path, for messages.
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
    try check("start_from.step", start_from?.step, atLeast: 0)
    try check("name") { try RunPlacement.check(name) }
    try check("configuration") { try configuration.validate() }
    if let options = data.options {
      try check("data.options", DisplayName.quoted(options), ReadingOptions(text: options) != nil, "reading options")
    }
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
    try check("results.best_epoch", results.best_epoch, atLeast: 0, atMost: configuration.epochs)
    try check("results.skipped_steps", results.skipped_steps, atLeast: 0, atMost: results.steps)
    try check("results.seconds", results.seconds, results.seconds >= 0, "0 or more")
    try check("results.images_per_second", results.images_per_second, results.images_per_second >= 0, "0 or more")
    for code in [results.validation_code, results.test_code] {
      try check("code.images", code?.images, atLeast: 1)
      try check("code.dead_units", code?.dead_units, atLeast: 0)
    }
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

  /// Refuses a checkpoint of another run that stands in the place of one of this run's.
  /// - Throws: `RunError.otherCheckpoint` with the first difference.
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
    let drawn = "drawn"
    try check("first weights", checkpoint.weightSource?.weights ?? drawn, start_from?.weights ?? drawn)
    try check("number of weights", "\(checkpoint.weightCount)", "\(model.weights)")
  }
}
