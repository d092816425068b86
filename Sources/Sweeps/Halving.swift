// Halving.swift
// Successive halving: trials are compared after a few epochs, and only the best of them go on.

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
