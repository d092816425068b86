// HalvingRecord.swift
// Which trials went on at each rung: halving.json in a sweep's directory.

import ByteStreams
import Foundation

/// The comparisons so far. One that was made stands, whatever becomes of a trial later.
package struct HalvingRecord: Codable, Equatable, Sendable {
  static let fileName = "halving.json"

  /// One comparison.
  package struct Rung: Codable, Equatable, Sendable {
    /// After so many epochs of each trial.
    package let epochs: Int
    /// Indices of the trials that were compared, and of those that went on, the best first.
    package let compared: [Int]
    package let kept: [Int]
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

  /// The rung that a trial has come to: it was kept at those before.
  /// - Complexity: O(1).
  func rung(of trial: Trial) -> Int { passed[trial.index, default: 0] }

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
    try WholeFile.replace(
      Directory.join(path, Self.fileName), bytes: Array(try encoder.encode(self)) + [UInt8(ascii: "\n")])
  }
}
