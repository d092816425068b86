// RoundRobin.swift
// Measurements taken in turn, so that a disturbance of the machine meets all of them alike.

/// What a benchmark measures.
package enum Measured: Hashable, CustomStringConvertible {
  case peak(threads: Int)
  case training(threads: Int)
  case layers
  case encoding
  case reconstruction
  case kernels(String)

  package var description: String {
    switch self {
    case .peak(let threads): "the peak, \(Self.threads(threads))"
    case .training(let threads): "training, \(Self.threads(threads))"
    case .layers: "the layers"
    case .encoding: "encoding"
    case .reconstruction: "reconstruction"
    case .kernels(let name): "the \(name) kernels"
    }
  }

  private static func threads(_ count: Int) -> String { count == 1 ? "1 thread" : "\(count) threads" }
}

/// Gives each measurement a short slot in every round, and takes the median of its slots.
package struct RoundRobin {
  /// What each measurement gets, all slots together; a single piece of work may take longer.
  package let seconds: Double

  private let clock: () -> Double

  /// - Parameter clock: seconds that never go back.
  package init(seconds: Double, clock: @escaping () -> Double = Console.now) {
    self.seconds = seconds
    self.clock = clock
  }

  package static let rounds = 9

  /// - Parameters:
  ///   - works: each does the smallest piece that makes sense, and returns how much that was: images, or operations.
  ///   - progress: told what comes next, and the share of the slots behind.
  /// - Returns: the work done a second.
  package func rates(of works: [Measured: () -> Double], progress: (_ next: String, _ share: Double) -> Void)
    -> [Measured: Double]
  {
    let ordered = works.sorted { "\($0.key)" < "\($1.key)" }
    var samples = ordered.map { _ in [Double]() }
    var spent = ordered.map { _ in 0.0 }
    let slots = Double(ordered.count * (Self.rounds + 1))
    for round in 0...Self.rounds {
      for (index, (measured, work)) in ordered.enumerated() where spent[index] < seconds {
        progress("\(measured)", Double(round * ordered.count + index) / slots)
        let isWarmUp = round == 0
        let (rate, elapsed) = slot(work, lasting: isWarmUp ? 0 : seconds / Double(Self.rounds))
        // A first slot only fills caches, unless it was so long that it has to be the only one.
        if isWarmUp && elapsed < seconds { continue }
        samples[index].append(rate)
        spent[index] += elapsed
      }
    }
    return Dictionary(uniqueKeysWithValues: zip(ordered.map(\.key), samples.map(\.median)))
  }

  private func slot(_ work: () -> Double, lasting seconds: Double) -> (rate: Double, elapsed: Double) {
    let start = clock()
    var (done, elapsed) = (0.0, 0.0)
    repeat {
      done += work()
      elapsed = clock() - start
    } while elapsed < seconds
    return (done / elapsed, elapsed)
  }
}

extension [Double] {
  /// The middle one, or the mean of the middle two; 0 where there is none.
  package var median: Double {
    if isEmpty { return 0 }
    let sorted = self.sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
