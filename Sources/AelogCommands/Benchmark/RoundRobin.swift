// RoundRobin.swift
// Interleaves measurements, so that a disturbance of the machine affects all of them alike, and takes medians.

import Networks

/// The measurements of a benchmark.
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
  /// The time for each measurement, all slots together; a single piece of work may take longer.
  package let seconds: Double

  private let clock: () -> Double

  /// - Parameter clock: a monotonic clock in seconds.
  package init(seconds: Double, clock: @escaping () -> Double = Console.now) {
    self.seconds = seconds
    self.clock = clock
  }

  package static let rounds = 9

  /// - Parameters:
  ///   - works: each does the smallest sensible piece of work, and returns its amount: images, or operations.
  ///   - progress: called with the next measurement, and the completed fraction of the slots.
  /// - Returns: the amount of work per second.
  package func rates(of works: [Measured: () -> Double], progress: (_ next: String, _ fraction: Double) -> Void)
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
        // The first slot only fills caches, unless it took all of the time.
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
  /// The median; the mean of the two middle values for an even count, and 0 for an empty array.
  package var median: Double {
    if isEmpty { return 0 }
    let sorted = self.sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}

/// Collects the times of steps, and reports the median of each part.
final class TimeAccount {
  private let model: Autoencoder
  private var steps: [(images: Double, times: StepTimes)] = []

  /// - Parameter model: the model whose layers are timed; only its plan is used.
  init(of model: Autoencoder) { self.model = model }

  /// Adds a step.
  /// - Returns: the number of images in the step.
  func add(_ step: (images: Double, times: StepTimes)) -> Double {
    steps.append(step)
    return step.images
  }

  /// - Parameter wholeStep: the time of a whole training step, in seconds per image.
  func report(wholeStep: Double) -> BenchmarkReport.Account {
    let layers = model.layers.indices.map { index in
      BenchmarkReport.LayerTimes(
        name: model.layers[index].name,
        forward: .init(
          seconds: median { $0.forward[index] }, operations: model.layers[index].forwardOperations),
        backward: .init(
          seconds: median { $0.backward[index] }, operations: model.backwardOperations(ofLayer: index)))
    }
    return BenchmarkReport.Account(
      layers: layers, loss: median(\.loss), update: median(\.update), wholeStep: wholeStep)
  }

  /// Returns the median in seconds per image.
  private func median(_ part: (StepTimes) -> Double) -> Double {
    steps.map { part($0.times) / $0.images }.median
  }
}
