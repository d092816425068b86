// HalvingRecord.swift
// Which trials went on at each rung: halving.json in a sweep's directory.

import ByteStreams
import Foundation

/// The comparisons so far. Nobody who was promoted is demoted again, whatever happens to a trial later; a trial that had failed is
/// compared later where it is trained again.
package struct HalvingRecord: Codable, Equatable, Sendable {
  static let fileName = "halving.json"

  /// One comparison.
  package struct Rung: Codable, Equatable, Sendable {
    /// Each trial was compared by its loss after so many epochs.
    package let epochs: Int
    /// Indices of the trials that were compared, and of those that were promoted, the best first.
    package var compared: [Int]
    package var kept: [Int]
    /// Those of `compared` that have failed, and wait to be trained again; nil in records of earlier versions.
    package var failed: [Int]?
    /// The validation loss of each of `compared`; nil for those that failed, whose loss is no number, or whose codes are all
    /// equal. Nil in records of earlier versions.
    package var losses: [Double?]?

    package init(epochs: Int, compared: [Int], kept: [Int], failed: [Int]? = nil, losses: [Double?]? = nil) {
      (self.epochs, self.compared, self.kept) = (epochs, compared, kept)
      (self.failed, self.losses) = (failed, losses)
    }
  }

  package var rungs: [Rung] = [] { didSet { passed = Self.passed(rungs) } }

  /// Of each trial that was kept at all, at how many rungs.
  private var passed: [Int: Int] = [:]

  private enum CodingKeys: CodingKey { case rungs }

  package init() {}

  package init(from decoder: any Decoder) throws {
    rungs = try decoder.container(keyedBy: CodingKeys.self).decode([Rung].self, forKey: .rungs)
    passed = Self.passed(rungs)
  }

  private static func passed(_ rungs: [Rung]) -> [Int: Int] {
    var passed: [Int: Int] = [:]
    for (number, rung) in rungs.enumerated() {
      for index in rung.kept where passed[index, default: 0] == number { passed[index] = number + 1 }
    }
    return passed
  }

  /// The rung that a trial has come to: it was promoted at those before.
  /// - Complexity: O(1).
  func rung(of trial: Trial) -> Int { passed[trial.index, default: 0] }

  /// Whether others were better at a comparison.
  func isOut(_ trial: Trial) -> Bool {
    let rung = rung(of: trial)
    return rung < rungs.count && !isLate(trial, at: rung)
  }

  /// Whether the trial had failed when others were compared at a rung, and has not been compared since.
  func isLate(_ trial: Trial, at rung: Int) -> Bool {
    rungs.indices.contains(rung) && rungs[rung].failed?.contains(trial.index) ?? false
  }

  /// Reads a sweep's record; there is none before the first comparison.
  /// - Throws: `SweepError.badHalvingRecord`, `FileError`.
  init(sweep path: String) throws {
    let file = Directory.join(path, Self.fileName)
    guard try FileStatus.of(file) != nil else { return }
    let bytes = try FileContents.read(file, limit: 1 << 24)
    guard let record = try? JSONDecoder().decode(HalvingRecord.self, from: Data(bytes)) else {
      throw SweepError.badHalvingRecord(path: file)
    }
    self = record
  }

  func write(sweep path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try AtomicFile.replace(
      Directory.join(path, Self.fileName), bytes: Array(try encoder.encode(self)) + [UInt8(ascii: "\n")])
  }
}
