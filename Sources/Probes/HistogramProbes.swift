// HistogramProbes.swift
// Histograms after each epoch: all weights, and each layer's activations for a few fixed images.

import Datasets
import EventFiles
import Networks
import Runs
import Tensors
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

/// Logs a histogram of each layer's activations for the first validation images, and the fraction of zeros after each ReLU.
struct ActivationProbe: Probe, Sendable {
  /// Layers whose activations are logged: all with weights, and the bottleneck.
  let layers: [Int]
  /// Number of images.
  let images: Int
  /// The place of each layer's numbers among those of one image.
  private let ranges: [Range<Int>]
  /// Number of activations of all layers for one image.
  private let stride: Int

  /// The most images.
  static let imageLimit = 64
  /// The most activations in memory: 64 MiB.
  static let numberLimit = 1 << 24

  init(_ autoencoder: Autoencoder, validationImages: Int) {
    let all = autoencoder.layers
    layers = all.indices.filter { !all[$0].parameters.isEmpty || $0 == autoencoder.bottleneckLayer }
    var ranges: [Range<Int>] = []
    for layer in layers {
      let start = ranges.last?.upperBound ?? 0
      ranges.append(start..<start + all[layer].outputCount)
    }
    self.ranges = ranges
    stride = ranges.last?.upperBound ?? 0
    images = max(1, min(Self.imageLimit, validationImages, Self.numberLimit / max(1, stride)))
  }

  func measure(_ epoch: CompletedEpoch) throws -> ProbeResult { ProbeResult(training: try values(of: epoch.run)) }

  /// Returns a histogram of each layer's activations, and the fraction of zeros after each ReLU.
  func values(of run: TrainingRun) throws -> [SummaryValue] {
    let numbers = activations(of: run)
    var values: [SummaryValue] = []
    for (index, number) in layers.enumerated() {
      let layer = run.autoencoder.layers[number]
      var histogram = HistogramBuilder()
      var zeros = 0
      for image in 0..<images {
        let part = part(ranges[index], ofImage: image, in: numbers)
        histogram.add(UnsafeBufferPointer(part))
        if layer.activation == .relu { zeros += part.reduce(0) { $1 == 0 ? $0 + 1 : $0 } }
      }
      values.append(try MetricTag.activations(layer, images: images).histogram(histogram.histogram))
      if layer.activation == .relu {
        values.append(
          try MetricTag.zeros(layer, images: images).scalar(Double(zeros) / Double(images * layer.outputCount)))
      }
    }
    return values
  }

  /// Returns the activations of an evaluation: [images, layers' activations].
  private func activations(of run: TrainingRun) -> Slab {
    let numbers = Slab(count: images * stride)
    run.data.validation.withPixels { pixels in
      run.autoencoder.forEachImage(
        pixels, numbers: 0..<images, perturbation: run.evaluationNoise("validation"), throughLayer: layers.last
      ) { image in
        for (layer, range) in zip(layers, ranges) {
          image.copyActivation(ofLayer: layer, into: part(range, ofImage: image.number, in: numbers))
        }
      }
    }
    return numbers
  }

  private func part(_ range: Range<Int>, ofImage image: Int, in numbers: Slab) -> UnsafeMutableBufferPointer<Float> {
    let start = image * stride
    return numbers.range(start + range.lowerBound..<start + range.upperBound)
  }
}

extension MetricTag {
  fileprivate static func weights(_ parameter: Parameter) throws -> MetricTag {
    let kind = parameter.isKernel ? "kernel" : "bias"
    let shape = parameter.shape.map(String.init).joined(separator: "×")
    return try MetricTag(
      .weights, of: parameter.name,
      "All \(parameter.count) values of this \(kind) (\(shape)) after each epoch.")
  }

  fileprivate static func activations(_ layer: Layer, images: Int) throws -> MetricTag {
    try MetricTag(
      .unitActivations, of: layer.name,
      "Output of this layer\(layer.activation == .linear ? "" : ", after its \(layer.activation.title),") for the first \(images) validation images, "
        + "after each epoch.")
  }

  fileprivate static func zeros(_ layer: Layer, images: Int) throws -> MetricTag {
    try MetricTag(
      .zeroActivations, of: layer.name,
      "Fraction of this layer's activations that its ReLU sets to zero, for the first \(images) validation images. "
        + "1 means that the layer is dead.")
  }
}
