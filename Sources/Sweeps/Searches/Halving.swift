// Halving.swift
// Successive halving: trials are compared at rungs, where the best are promoted and the others are eliminated.

import ByteStreams
import Foundation

/// The settings of successive halving: what fraction is promoted, and when trials are compared.
package struct Halving: Equatable, Sendable {
  /// Promotes one configuration in this number.
  package var factor = defaultFactor
  /// The epochs after which trials are compared, in rising order, without the last epoch; chosen by default.
  package var rungs: [Int]?

  package static let defaultFactor = 3
  static let factorLimit = 2...1000
  static let rungLimit = 64

  package init() {}

  /// The rungs of a sweep.
  /// - Parameters:
  ///   - sizes: the number of trials of each configuration.
  ///   - epochs: the epochs of a trial that is never eliminated.
  /// - Throws: `SweepError`.
  func ladder(configurations sizes: [Int], epochs: Int) throws(SweepError) -> Ladder {
    guard Self.factorLimit.contains(factor) else {
      throw .count(what: "factor", got: factor, want: Self.factorLimit)
    }
    let rungs = rungs ?? defaultRungs(configurations: sizes.count, epochs: epochs)
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

  /// Divides the last epoch by the factor repeatedly, while there are epochs and configurations to divide.
  private func defaultRungs(configurations: Int, epochs: Int) -> [Int] {
    var (found, left, epoch) = ([epochs], configurations, Double(epochs))
    while left > 1, let last = found.last, last > 1 {
      epoch /= Double(factor)
      let rung = max(1, Int(epoch.rounded()))
      if rung >= last { break }
      found.append(rung)
      left /= factor
    }
    return found.dropFirst().reversed()
  }
}

/// The rungs of a sweep: when its trials are compared, and how many reach each rung.
package struct Ladder: Equatable, Sendable {
  package struct Rung: Equatable, Sendable {
    /// The epochs for which each trial is trained before it is compared here, including those of earlier rungs.
    package let epochs: Int
    /// The number of configurations that reach it, each with all its repeats.
    package let configurations: Int
    /// The largest number of trials that reach it.
    package let trials: Int
  }

  /// The rungs in order; the last one is the end of training.
  package let rungs: [Rung]

  /// The total epochs of all trials.
  package var epochs: Int {
    let before = [0] + rungs.map(\.epochs)
    return zip(rungs, before).reduce(0) { $0 + $1.0.trials * ($1.0.epochs - $1.1) }
  }

  /// The total epochs if no trial were eliminated.
  package var fullEpochs: Int { (rungs.first?.trials ?? 0) * (rungs.last?.epochs ?? 0) }
}

/// The comparisons so far, from halving.json in the sweep's directory. A promoted trial is never demoted. A trial that had failed is
/// compared later, if it is trained again.
package struct HalvingRecord: Codable, Equatable, Sendable {
  static let fileName = "halving.json"

  /// One comparison.
  package struct Rung: Codable, Equatable, Sendable {
    /// The epochs after which the trials were compared by their loss.
    package let epochs: Int
    /// The indices of the compared trials, and of the promoted trials, the best first.
    package var compared: [Int]
    package var kept: [Int]
    /// The compared trials that had failed, and have not been trained again; nil in records of earlier versions.
    package var failed: [Int]?
    /// The validation loss of each compared trial; nil if the trial failed, its loss is no number, or its codes are all
    /// equal. The whole array is nil in records of earlier versions.
    package var losses: [Double?]?

    package init(epochs: Int, compared: [Int], kept: [Int], failed: [Int]? = nil, losses: [Double?]? = nil) {
      (self.epochs, self.compared, self.kept) = (epochs, compared, kept)
      (self.failed, self.losses) = (failed, losses)
    }
  }

  package var rungs: [Rung] = [] { didSet { passed = Self.passed(rungs) } }

  /// The number of rungs at which each trial was promoted, by the trial's index.
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

  /// Returns the rung that a trial has reached: it was promoted at all earlier rungs.
  /// - Complexity: O(1).
  func rung(of trial: Trial) -> Int { passed[trial.index, default: 0] }

  /// Whether the trial was eliminated at a rung.
  func isEliminated(_ trial: Trial) -> Bool {
    let rung = rung(of: trial)
    return rung < rungs.count && !isLate(trial, at: rung)
  }

  /// Whether the trial had failed when the others were compared at a rung, and has not been compared since.
  func isLate(_ trial: Trial, at rung: Int) -> Bool {
    rungs.indices.contains(rung) && rungs[rung].failed?.contains(trial.index) ?? false
  }

  /// Reads a sweep's record, which is empty before the first comparison.
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
