// SampleProbeTests.swift
// Samples are the decoder's images of normal draws, the same in every run with the same seed, in their places.

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

@Suite struct SampleProbeTests {
  static func configuration(
    _ usual: Architecture = .fullyConnected(hiddenUnits: [8, 2]), seed: UInt64 = 3, code: Int = 0
  ) -> TrainingConfiguration {
    var architecture = usual
    (architecture.isVariational, architecture.codeActivation, architecture.code) = (true, .linear, code)
    var configuration = tinyConfiguration(architecture)
    configuration.seed = seed
    return configuration
  }

  static func run(
    _ configuration: TrainingConfiguration, _ collection: TinyCollection = TinyCollection()
  ) throws -> TrainingRun {
    try withTemporaryDirectory { directory in
      try TrainingRun(
        configuration, on: try collection.write(to: directory).load(seed: 0, threads: 1), threads: 2)
    }
  }

  /// The steps and pictures of a tag of a run's evaluation.
  static func pictures(_ tag: String, of run: String) throws -> [(step: Int, file: [UInt8])] {
    try LoggedRun("\(run)/eval").values.compactMap { step, value in
      guard value.tag.name == tag, case .images(let images) = value.content else { return nil }
      #expect(images.files.count == 1 && value.description.contains("At most ten epochs"), "\(tag)")
      return (step, images.files[0])
    }
  }

  @Test("the draws are normal, the same for the same seed, and others for another one") func draws() throws {
    let wide = Self.configuration(.fullyConnected(hiddenUnits: [20]))
    let probe = try #require(SampleProbe(Self.run(wide)))
    #expect(probe.side == 8 && probe.codes.count == 64 * 20 && Set(probe.codes).count > 1270)
    let numbers = probe.codes.map(Double.init)
    let mean = numbers.reduce(0, +) / 1280
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1280
    // Five standard errors.
    #expect(abs(mean) < 0.14 && abs(variance - 1) < 0.2, "\(mean) \(variance)")
    #expect(try SampleProbe(Self.run(wide))?.codes == probe.codes)
    var other = wide
    other.seed = 4
    #expect(try Set(#require(SampleProbe(Self.run(other))).codes).isDisjoint(with: probe.codes))
  }

  @Test(
    "each place has the image of its code, in color if the images have colors", arguments: [1, 2, 3],
    [
      configuration(), configuration(.fullyConnected(hiddenUnits: [8]), code: 3),
      configuration(.convolutional(filters: [4, 3], downsampling: .pool), code: 2),
    ])
  func places(channels: Int, configuration: TrainingConfiguration) throws {
    let run = try Self.run(configuration, TinyCollection(channels: channels))
    let (probe, size) = (try #require(SampleProbe(run)), run.autoencoder.bottleneckCount)
    let picture = probe.draw(run.autoencoder, epoch: 2)
    // 5×6 pixels, enlarged nine times, below the title.
    #expect((picture.width, picture.height) == (8 * 47 + 2, 36 + 8 * 56 + 2))
    #expect(picture.format == (channels == 3 ? .rgb : .gray))
    var distinct: Set<[UInt8]> = []
    for place in 0..<64 {
      let image = run.autoencoder.decode(Array(probe.codes[place * size..<(place + 1) * size]))
      let got = picture.cropped(x: 2 + place % 8 * 47, y: 38 + place / 8 * 56, width: 45, height: 54)
      #expect(got == PNGImage(image, shape: run.autoencoder.imageShape).enlarged(by: 9), "\(place)")
      distinct.insert(image)
    }
    #expect(distinct.count > 50)
  }

  @Test("large images are fewer", arguments: [(28, 8), (64, 8), (256, 8), (300, 6), (1000, 2), (5000, 2)])
  func side(longer: Int, count: Int) {
    for shape in [ImageShape(height: longer, width: 9, channels: 1), .init(height: 9, width: longer, channels: 3)] {
      #expect(DecodedPictures.count(shape, most: 8) == count)
    }
  }

  @Test("two runs log the same pictures, other ones at each epoch") func logged() throws {
    try withTemporaryDirectory { directory in
      let runs = try (0..<2).map { try trained(Self.configuration(), in: directory, threads: 1 + $0).runPath }
      let (one, two) = (
        try Self.pictures("samples/random_codes", of: runs[0]), try Self.pictures("samples/random_codes", of: runs[1])
      )
      #expect(one.map(\.step) == [0, 6, 12, 18] && one.map(\.file) == two.map(\.file))
      #expect(Set(one.map(\.file)).count == 4)
    }
  }

  @Test(
    "models that are not variational have none",
    arguments: [
      Architecture.fullyConnected(hiddenUnits: [8, 2]), .convolutional(filters: [4, 3], downsampling: .pool),
    ], [0, 2])
  func others(usual: Architecture, code: Int) throws {
    var architecture = usual
    architecture.code = code
    #expect(try SampleProbe(Self.run(tinyConfiguration(architecture))) == nil)
  }

  @Test("weights that are not finite give a picture") func notFinite() throws {
    for value in [Float.nan, .infinity] {
      let run = try Self.run(Self.configuration())
      run.autoencoder.setWeights { Array(repeating: value, count: $0.count) }
      #expect(try #require(SampleProbe(run)).draw(run.autoencoder, epoch: 0).width == 8 * 47 + 2)
    }
  }
}
