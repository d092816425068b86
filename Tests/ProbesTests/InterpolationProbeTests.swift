// InterpolationProbeTests.swift
// Interpolations begin and end with reconstructions of images of different classes, and go straight in between.

import Datasets
import EventFiles
import Networks
import PNG
import Parallel
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct InterpolationProbeTests {
  static let models = [
    SampleProbeTests.configuration(),
    SampleProbeTests.configuration(.convolutional(filters: [4, 3], downsampling: .stride), code: 3),
    plain(.fullyConnected(hiddenUnits: [8]), code: 3),
    plain(.convolutional(filters: [4], downsampling: .pool), code: 5),
  ]

  static func plain(_ usual: Architecture, code: Int) -> TrainingConfiguration {
    var architecture = usual
    (architecture.code, architecture.codeActivation) = (code, .linear)
    return tinyConfiguration(architecture)
  }

  @Test(
    "a row has an image, codes in equal steps between its reconstruction and another's, and that image",
    arguments: [1, 3], models)
  func rows(channels: Int, configuration: TrainingConfiguration) throws {
    let run = try SampleProbeTests.run(configuration, TinyCollection(channels: channels))
    let (model, size) = (run.autoencoder, run.autoencoder.bottleneckCount)
    let probe = try #require(InterpolationProbe(run))
    #expect(probe.ends.count == 16 && probe.count == 11)
    let picture = probe.draw(model, epoch: 2)
    // 5×6 pixels, enlarged nine times, below the title and the headings.
    #expect((picture.width, picture.height) == (13 * 47 + 2, 64 + 8 * 56 + 2))
    func expect(_ row: Int, _ column: Int, _ image: [UInt8]) {
      let got = picture.cropped(x: 2 + column * 47, y: 66 + row * 56, width: 45, height: 54)
      #expect(got == PNGImage(image, shape: model.imageShape).enlarged(by: 9), "row \(row), column \(column)")
    }
    let (codes, made) = probe.ends.withPixels {
      (model.encode($0, numbers: 0..<16), model.reconstruct($0, numbers: 0..<16).reconstructed)
    }
    let elements = model.imageShape.count
    for row in 0..<8 {
      for (end, outer, inner) in [(0, 0, 1), (1, 12, 11)] {
        let image = 2 * row + end
        expect(row, outer, probe.ends.image(image))
        expect(row, inner, Array(made[image * elements..<(image + 1) * elements]))
      }
      let (first, last) = (
        codes[2 * row * size..<(2 * row + 1) * size], codes[(2 * row + 1) * size..<(2 * row + 2) * size]
      )
      expect(row, 6, model.decode(zip(first, last).map { $0 * 0.5 + $1 * 0.5 }))
      #expect(Array(first) != Array(last) && probe.ends.labels[2 * row] != probe.ends.labels[2 * row + 1])
    }
  }

  @Test("codes have equal distances, and ends are exact") func between() {
    let codes: [Float] = [0, 10, 4, -10, 1, .infinity, .nan, 3e38]
    let steps = InterpolationProbe.between(codes, size: 2, count: 5)
    #expect(Array(steps[0..<10]) == [0, 10, 1, 5, 2, 0, 3, -5, 4, -10])
    #expect(steps.count == 20 && Array(steps[10..<12]) == [1, .infinity] && steps[18].isNaN && steps[19] == 3e38)
    // The difference of both ends is larger than any number.
    #expect(InterpolationProbe.between([-3e38, 3e38], size: 1, count: 3) == [-3e38, 0, 3e38])
  }

  @Test("pairs are of different classes, and an image returns only when its class has no other", arguments: 2...12)
  func pairs(classes: Int) {
    let labels = (0..<10 * classes).map { UInt16($0 * 13 % classes * 3) }
    let pairs = InterpolationProbe.pairs(of: labels, most: 8)
    #expect(pairs.count == 8 && pairs.allSatisfy { labels[$0.first] != labels[$0.last] })
    #expect(Set(pairs.flatMap { [$0.first, $0.last] }).count == 16)
    #expect(
      pairs[0] == (labels.firstIndex(of: 0) ?? 0, labels.firstIndex(of: labels.sorted().first { $0 > 0 } ?? 0) ?? 0))
  }

  @Test("few images have few pairs") func few() {
    func pairs(_ labels: [UInt16]) -> [[Int]] {
      InterpolationProbe.pairs(of: labels, most: 8).map { [$0.first, $0.last] }
    }
    #expect(pairs([0]) == [[0, 0]])
    #expect(pairs([0, 0, 0, 0, 0]) == [[0, 1], [2, 3]])
    #expect(pairs([4, 4, 4, 9]) == [[0, 3], [3, 1]])
    #expect(pairs([5, 4]) == [[1, 0]])
  }

  @Test("they are logged for variational models and for codes of their own, and not for others", arguments: models)
  func logged(configuration: TrainingConfiguration) throws {
    try withTemporaryDirectory { directory in
      let runs = try (0..<2).map { try trained(configuration, in: directory, threads: 1 + $0).runPath }
      let logged = try runs.map { try SampleProbeTests.pictures("samples/interpolations", of: $0) }
      #expect(logged[0].map(\.step) == [0, 6, 12, 18] && logged[0].map(\.file) == logged[1].map(\.file))
      #expect(Set(logged[0].map(\.file)).count == 4)
    }
  }

  @Test(arguments: [
    Architecture.fullyConnected(hiddenUnits: [8, 2]), .convolutional(filters: [4, 3], downsampling: .pool),
  ])
  func others(architecture: Architecture) throws {
    #expect(try InterpolationProbe(SampleProbeTests.run(tinyConfiguration(architecture))) == nil)
  }

  @Test("weights that are not finite give a picture") func notFinite() throws {
    for configuration in Self.models {
      for value in [Float.nan, .infinity] {
        let run = try SampleProbeTests.run(configuration)
        run.autoencoder.setWeights { Array(repeating: value, count: $0.count) }
        #expect(try #require(InterpolationProbe(run)).draw(run.autoencoder, epoch: 0).width == 13 * 47 + 2)
      }
    }
  }

  @Test("large images have fewer steps, and small pictures stay small") func large() throws {
    for (side, count, rows) in [(157, 11, 8), (158, 5, 8), (292, 5, 7), (293, 3, 6)] {
      let collection = TinyCollection(height: side, width: 2)
      let run = try SampleProbeTests.run(SampleProbeTests.configuration(), collection)
      let probe = try #require(InterpolationProbe(run))
      #expect(probe.count == count && probe.ends.count == 2 * rows, "\(side)")
    }
  }
}
