// RunRecord.swift
// run.json: what a run was asked for and what came of it, for programs to read.

import ByteStreams
package import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The record of one run, in its directory from the first moment; `status` says how far to believe the rest.
package struct RunRecord: Codable, Equatable, Sendable {
  package enum Status: String, Codable, Sendable {
    /// Or it died without a word.
    case running
    case completed
    /// Ended for good before its last epoch, because others were better; its files are those of a shorter complete one.
    case stopped
    /// Stopped by its user; there is a checkpoint.
    case interrupted
    case failed
  }

  package struct DataRecord: Codable, Equatable, Sendable {
    /// "digits", or an absolute path.
    package var source: String
    package var name: String
    package var seed: UInt64
    package var fingerprint: String
    /// Height, width, channels.
    package var image_shape: [Int]
    package var training_images: Int
    package var validation_images: Int
    package var test_images: Int
  }

  package struct ModelRecord: Codable, Equatable, Sendable {
    package var weights: Int
    /// Height, width, channels, or units, of the code.
    package var bottleneck_shape: [Int]
  }

  package struct MachineRecord: Codable, Equatable, Sendable {
    /// The instruction set, and Winograd's convolutions if there are any.
    package var kernels: String
    package var threads: Int
    package var processors: Int
  }

  package struct VersionRecord: Codable, Equatable, Sendable {
    package var aelog: String
    package var swift: String
  }

  /// What a code is worth.
  package struct CodeRecord: Codable, Equatable, Sendable {
    package var images: Int
    /// Codes that differ from each other; nil in records of earlier versions.
    package var distinct: Int?
    /// Images with several codes equally far for their fifth neighbor; nil in records of earlier versions.
    package var tied: Int?
    /// The share of images whose class most of their five nearest codes have; nil where all are of one class, and as `LatentQuality`
    /// says.
    package var neighbour_accuracy: Double?
    package var silhouette: Double?
    package var trustworthiness: Double?

    package init(
      images: Int, distinct: Int? = nil, tied: Int? = nil, neighbour_accuracy: Double? = nil, silhouette: Double? = nil,
      trustworthiness: Double? = nil
    ) {
      (self.images, self.distinct, self.tied) = (images, distinct, tied)
      (self.neighbour_accuracy, self.silhouette, self.trustworthiness) = (
        neighbour_accuracy, silhouette, trustworthiness
      )
    }
  }

  /// What came of the run; a loss is a mean sigmoid cross entropy.
  package struct ResultRecord: Codable, Equatable, Sendable {
    package var steps = 0
    package var epochs = 0
    package var training_loss: Double?
    package var validation_loss: Double?
    package var validation_rmse: Double?
    package var test_loss: Double?
    package var test_rmse: Double?
    /// Of a sample of the validation images after the last epoch, and of the test images.
    package var validation_code: CodeRecord?
    package var test_code: CodeRecord?
    /// Of the whole run, on the wall's clock; what was lost to a kill is not in it.
    package var seconds = 0.0
    /// Of the training steps alone, since the run began or last went on.
    package var images_per_second = 0.0
    /// The last checkpoint, relative to the run's directory.
    package var checkpoint: String?
    /// The step with the lowest validation loss, whose checkpoint is kept, and that loss.
    package var best_step: Int?
    package var best_validation_loss: Double?
    /// Steps whose update was left out because it was not finite.
    package var skipped_steps: Int?
    /// What could not be done, though the run went on.
    package var warnings: [String] = []
  }

  /// Where and when the run went on after it had been cut off.
  package struct ResumptionRecord: Codable, Equatable, Sendable {
    /// The step of the checkpoint.
    package var step: Int
    /// UTC, ISO 8601.
    package var started: String
    package var command: [String]
    package var kernels: String
    package var threads: Int
  }

  package var status: Status
  /// Where it failed.
  package var error: String?
  package var name: String
  /// UTC, ISO 8601.
  package var started: String
  package var command: [String]
  package var configuration: TrainingConfiguration
  package var data: DataRecord
  package var model: ModelRecord
  package var machine: MachineRecord
  package var versions: VersionRecord
  package var results = ResultRecord()
  /// Epochs between two snapshots of the code, if there are any.
  package var embed_every: Int?
  /// In their order; nil for a run in one piece.
  package var resumptions: [ResumptionRecord]?

  /// Replaces the record in the run's directory.
  /// - Parameter isLasting: as of `AtomicFile.replace`.
  /// - Throws: `FileError`.
  package func write(to runDirectory: String, isLasting: Bool = true) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    let json = try encoder.encode(self)
    try AtomicFile.replace(
      RunDirectory(runDirectory).path(of: RunDirectory.recordName), bytes: Array(json) + [UInt8(ascii: "\n")],
      isLasting: isLasting)
  }

  /// Reads the record of the run in a directory.
  /// - Throws: `RunError.badRecord` for what is no record, `.badRecordValue` for one with a value that no run has;
  ///   `FileError`.
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
  /// A value of the wrong type or size is told from a file that is no record at all.
  fileprivate init(_ error: DecodingError, in bytes: [UInt8], path: String) {
    var key = ""
    if case .typeMismatch(_, let context) = error { key = context.codingPath.map(\.stringValue).joined(separator: ".") }
    // A number that is too large, or not whole, is told without its place.
    if case .dataCorrupted = error { key = (try? RunRecord.decoder.decode(BadPart.self, from: Data(bytes)))?.key ?? "" }
    self =
      key.isEmpty
      ? .badRecord(path: path) : .badRecordValue(path: path, reason: "\(key): not a value that aelog writes")
  }
}

/// The first part of a record that can't be read by itself.
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
    check("resumptions", [RunRecord.ResumptionRecord].self)
  }
}
