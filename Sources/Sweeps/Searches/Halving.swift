// Halving.swift
// Successive halving: trials are compared at rungs, where the best are promoted and the others are eliminated.

import ByteStreams
import Foundation

/// What was asked for: which share goes on, and when trials are compared.
package struct Halving: Equatable, Sendable {
  /// One configuration of so many is promoted.
  package var factor = defaultFactor
  /// The epochs after which trials are compared, rising, without the last one; nil to have them chosen.
  package var rungs: [Int]?

  package static let defaultFactor = 3
  static let factorLimit = 2...1000
  static let rungLimit = 64

  package init() {}

  /// The rungs of a sweep.
  /// - Parameters:
  ///   - sizes: the number of trials of each configuration.
  ///   - epochs: of those that come to the end.
  /// - Throws: `SweepError`.
  func ladder(configurations sizes: [Int], epochs: Int) throws(SweepError) -> Ladder {
    guard Self.factorLimit.contains(factor) else {
      throw .count(what: "factor", got: factor, want: Self.factorLimit)
    }
    let rungs = rungs ?? usualRungs(configurations: sizes.count, epochs: epochs)
    let isRising = zip(rungs, rungs.dropFirst()).allSatisfy { $0 < $1 }
    guard epochs > 1, let first = rungs.first, let last = rungs.last, isRising, first >= 1, last < epochs,
      rungs.count <= Self.rungLimit
    else { throw .badRungs(got: rungs, epochs: epochs) }
    var counts = [sizes.count]
    for _ in rungs { counts.append(max(1, counts[counts.count - 1] / factor)) }
    let largest = sizes.sorted(by: >)
    return Ladder(
      rungs: zip(rungs + [epochs], counts).map { epochs, count in
        Ladder.Rung(epochs: epochs, configurations: count, trials: largest.prefix(count).reduce(0, +))
      })
  }

  /// The last epoch divided by the factor again and again, as long as there are epochs and configurations to divide.
  private func usualRungs(configurations: Int, epochs: Int) -> [Int] {
    var (found, left, share) = ([epochs], configurations, Double(epochs))
    while left > 1, let last = found.last, last > 1 {
      share /= Double(factor)
      let rung = max(1, Int(share.rounded()))
      if rung >= last { break }
      found.append(rung)
      left /= factor
    }
    return found.dropFirst().reversed()
  }
}

/// When the trials of a sweep are compared, and how many come so far.
package struct Ladder: Equatable, Sendable {
  package struct Rung: Equatable, Sendable {
    /// Each trial of this rung has been trained for so many epochs, earlier rungs' included, when it is compared.
    package let epochs: Int
    /// The configurations that come to it, each with all its repeats.
    package let configurations: Int
    /// The most trials that come to it.
    package let trials: Int
  }

  /// The last one is the end of training.
  package let rungs: [Rung]

  /// Epochs of all trials together.
  package var epochs: Int {
    let before = [0] + rungs.map(\.epochs)
    return zip(rungs, before).reduce(0) { $0 + $1.0.trials * ($1.0.epochs - $1.1) }
  }

  /// What the trials would take without being stopped.
  package var fullEpochs: Int { (rungs.first?.trials ?? 0) * (rungs.last?.epochs ?? 0) }
}

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
