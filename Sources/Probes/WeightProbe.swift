// WeightProbe.swift
// Histograms of all weights after each epoch.

import EventFiles
import Networks
import Runs
import Training

/// Logs a histogram of every kernel and bias.
struct WeightProbe: Probe {
  func measure(_ epoch: CompletedEpoch) throws -> ProbeResult {
    let slab = epoch.run.autoencoder.slab
    return ProbeResult(
      training: try slab.parameters.map {
        try MetricTag.weights($0).histogram(Histogram(of: slab.numbers(of: $0, in: slab.values)))
      })
  }
}

extension MetricTag {
  fileprivate static func weights(_ parameter: Parameter) throws -> MetricTag {
    let kind = parameter.isKernel ? "kernel" : "bias"
    let shape = parameter.shape.map(String.init).joined(separator: "×")
    return MetricTag(
      try Tag("weights/\(parameter.name)"),
      "All \(parameter.count) values of this \(kind) (\(shape)) after each epoch.")
  }
}
