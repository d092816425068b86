// ActivationProbeTests.swift
// Histograms and fractions of zeros equal those of the layers' own outputs.

import Datasets
import EventFiles
import Networks
import Parallel
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes

@Suite struct ActivationProbeTests {
  @Test(
    arguments: [
      Architecture.convolutional(filters: [4, 3], downsampling: .pool),
      .convolutional(filters: [3], downsampling: .stride), .fullyConnected(hiddenUnits: [8, 4]),
    ])
  func everyLayer(architecture: Architecture) throws {
    try withTemporaryDirectory { directory in
      let data = try TinyCollection().write(to: directory).load(seed: 0, threads: 1)
      let run = try TrainingRun(tinyConfiguration(architecture), on: data, threads: 2)
      while run.step < 3, try run.next() != nil {}
      let (model, validation) = (run.autoencoder, data.validation)
      let values = try ActivationProbe(model, validationImages: validation.count).values(of: run)
      let layers = model.layers.indices.filter { !model.layers[$0].parameters.isEmpty || $0 == model.bottleneckLayer }
      var expected: [String: SummaryValue.Content] = [:]
      for layer in layers {
        let name = model.layers[layer].name
        let numbers = validation.withPixels {
          model.activations(ofLayer: layer, $0, numbers: 0..<validation.count)
        }
        expected["unit_activations/\(name)"] = .histogram(Histogram(of: numbers))
        if model.layers[layer].activation == .relu {
          let zeros = numbers.filter { $0 == 0 }.count
          #expect(zeros > 0)
          expected["zero_activations/\(name)"] = .scalar(Float(Double(zeros) / Double(numbers.count)))
        }
      }
      #expect(values.count == expected.count)
      for value in values { #expect(value.content == expected[value.tag.name], "\(value.tag.name)") }
    }
  }

  @Test("large images are few, and never more than the set has", arguments: [1, 5, 64, 1000])
  func imageCount(validation: Int) throws {
    let small = try Autoencoder(
      .fullyConnected(hiddenUnits: [2]), imageShape: .init(height: 2, width: 2, channels: 1), batchSize: 1, threads: 1)
    #expect(ActivationProbe(small, validationImages: validation).images == min(64, validation))
    // Two convolutions, the pool, a transposed convolution and the last layer: 27 numbers a pixel, 2.43 million in all.
    let large = try Autoencoder(
      .convolutional(filters: [8], downsampling: .pool), imageShape: .init(height: 300, width: 300, channels: 1),
      batchSize: 1, threads: 1)
    #expect(ActivationProbe(large, validationImages: validation).images == min(6, validation))
  }
}
