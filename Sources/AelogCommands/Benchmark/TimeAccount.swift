// TimeAccount.swift
// The times of many steps, and the median of each of their parts.

import Networks

/// Collects what timed steps took.
final class TimeAccount {
  private let model: Autoencoder
  private var steps: [(images: Double, times: StepTimes)] = []

  /// - Parameter model: whose layers are timed; only its plan counts.
  init(of model: Autoencoder) { self.model = model }

  /// - Returns: the step's images.
  func add(_ step: (images: Double, times: StepTimes)) -> Double {
    steps.append(step)
    return step.images
  }

  /// - Parameter wholeStep: seconds of a step as training makes it, for one image.
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

  /// Seconds for one image.
  private func median(_ part: (StepTimes) -> Double) -> Double {
    steps.map { part($0.times) / $0.images }.median
  }
}
