// VariationalTests.swift
// Codes that are drawn: their distribution, their divergence, the code without draws, and images made from codes.

import Foundation
import Networks
import Parallel
import Tensors
import Testing

@Suite struct VariationalTests {
  static let shape = ImageShape(height: 8, width: 6, channels: 1)
  static let pixels = (0..<30 * shape.count).map { UInt8(truncatingIfNeeded: $0 * $0 * 7 + $0 * 31) }

  static func model(_ usual: Architecture, code: Int) throws -> Autoencoder {
    var architecture = usual
    (architecture.code, architecture.isVariational, architecture.codeActivation) = (code, true, .linear)
    return try Autoencoder(architecture, imageShape: shape, batchSize: 30, seed: 3, threads: 2)
  }

  static let models: [(Architecture, code: Int)] = [
    (.convolutional(filters: [6, 4], downsampling: .stride), 3), (.fullyConnected(hiddenUnits: [20, 3]), 0),
    (.fullyConnected(hiddenUnits: [20]), 3),
  ]

  @Test(
    "a layer of twice the numbers gives means and variances, and the code has as many as asked for", arguments: models)
  func layers(architecture: Architecture, code: Int) throws {
    let model = try Self.model(architecture, code: code)
    let names = model.layers.map(\.name)
    let place = try #require(names.firstIndex(of: "encoder/statistics"))
    #expect(model.layers[place].outputShape == [6] && model.layers[place + 1].outputShape == [3])
    #expect(names[place + 1] == "encoder/code" && model.bottleneckLayer == place + 1 && model.bottleneckShape == [3])
    #expect(model.architecture.name.contains("-variational"))
  }

  @Test("without draws the means are the codes, and the divergence is that of the statistics", arguments: models)
  func means(architecture: Architecture, code: Int) throws {
    let model = try Self.model(architecture, code: code)
    try Self.pixels.withUnsafeBufferPointer { pixels in
      let statistics = model.activations(ofLayer: model.bottleneckLayer - 1, pixels, numbers: 0..<30)
      let codes = model.encode(pixels, numbers: 0..<30)
      var divergence = 0.0
      for image in 0..<30 {
        let row = statistics[image * 6..<(image + 1) * 6].map(Double.init)
        #expect(codes[image * 3..<(image + 1) * 3].map(Double.init) == Array(row[0..<3]))
        for unit in 0..<3 { divergence += (exp(row[3 + unit]) + row[unit] * row[unit] - 1 - row[3 + unit]) / 2 }
      }
      let got = try #require(model.evaluate(pixels, count: 30).divergence)
      #expect(abs(got - divergence / Double(30 * Self.shape.count)) <= 1e-9 * got)
    }
  }

  @Test("draws have the means and variances of the statistics, and differ by image and epoch", arguments: models)
  func draws(architecture: Architecture, code: Int) throws {
    let model = try Self.model(architecture, code: code)
    let codeLayer = model.bottleneckLayer
    Self.pixels.withUnsafeBufferPointer { pixels in
      let statistics = model.activations(ofLayer: model.bottleneckLayer - 1, pixels, numbers: 0..<30).map(Double.init)
      var (sum, squares, count) = (0.0, 0.0, 0.0)
      let codes = SharedCodes()
      for epoch in 0..<40 {
        codes.values = Array(repeating: 0, count: 90)
        let perturbation = Perturbation(noiseFactor: 0, dropout: 0, seed: 1, epoch: UInt32(epoch), drawsCodes: true)
        model.forEachImage(pixels, numbers: 0..<30, perturbation: perturbation, throughLayer: codeLayer) {
          image in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: 3) { buffer in
            buffer.initialize(repeating: 0)
            image.copyActivation(ofLayer: codeLayer, into: buffer)
            codes.set(image.number * 3, Array(buffer))
          }
        }
        for image in 0..<30 {
          for unit in 0..<3 {
            let (mean, variance) = (statistics[image * 6 + unit], exp(statistics[image * 6 + 3 + unit]))
            let draw = (Double(codes.values[image * 3 + unit]) - mean) / variance.squareRoot()
            (sum, squares, count) = (sum + draw, squares + draw * draw, count + 1)
          }
        }
      }
      // 3,600 draws: six standard errors.
      #expect(abs(sum / count) < 0.1 && abs(squares / count - 1) < 0.15)
    }
  }

  @Test(
    "the decoder makes of an image's code its reconstruction",
    arguments: [
      Architecture.convolutional(filters: [6, 4], downsampling: .pool), .fullyConnected(hiddenUnits: [20, 3]),
    ])
  func decodes(architecture: Architecture) throws {
    let model = try Autoencoder(architecture, imageShape: Self.shape, batchSize: 7, seed: 3, threads: 2)
    Self.pixels.withUnsafeBufferPointer { pixels in
      let codes = model.encode(pixels, numbers: 0..<30)
      #expect(model.decode(codes) == model.reconstruct(pixels, numbers: 0..<30).reconstructed)
      #expect(model.decode([]) == [])
    }
  }
}

/// Codes that several threads write.
private final class SharedCodes: @unchecked Sendable {
  private let lock = NSLock()
  var values: [Float] = []

  func set(_ place: Int, _ code: [Float]) {
    lock.withLock { values.replaceSubrange(place..<place + code.count, with: code) }
  }
}
