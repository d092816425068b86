// ActivationProbe.swift
// What each layer does to a few fixed images.

import Datasets
import EventFiles
import Networks
import Tensors
import Training

/// The first images of the validation set, sent through the network after each epoch.
struct ActivationProbe: Sendable {
  /// Layers whose activations are logged: those with weights, and the bottleneck.
  let layers: [Int]
  /// Images, from the first on.
  let images: Int
  /// Where a layer's numbers lie in those of one image, for each of `layers`.
  private let ranges: [Range<Int>]
  /// Numbers of all layers for one image.
  private let stride: Int

  /// The most images.
  static let imageLimit = 64
  /// The most numbers in flight, where images are large: 64 MiB.
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

  /// A histogram of each layer's activations, and the share of zeros where there is a ReLU.
  func summaries(of run: TrainingRun) throws -> [SummaryValue] {
    let numbers = activations(of: run)
    var values: [SummaryValue] = []
    for (index, number) in layers.enumerated() {
      let layer = run.autoencoder.layers[number]
      var histogram = HistogramBuilder()
      var zeros = 0
      for image in 0..<images {
        let part = part(ranges[index], ofImage: image, in: numbers)
        histogram.add(UnsafeBufferPointer(part))
        if layer.isActivated { zeros += part.reduce(0) { $1 == 0 ? $0 + 1 : $0 } }
      }
      let series = try MetricTag.activations(layer, images: images)
      values.append(.histogram(series.tag, histogram.histogram, description: series.description))
      if layer.isActivated {
        values.append(
          try MetricTag.zeros(layer, images: images).scalar(Double(zeros) / Double(images * layer.outputCount)))
      }
    }
    return values
  }

  /// Images × layers, each as the network sees it when it is evaluated.
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
