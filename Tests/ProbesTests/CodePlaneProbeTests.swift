// CodePlaneProbeTests.swift
// The plane of codes shows at each place the decoder's image of the code there, from end to end of its axes.

import Datasets
import EventFiles
import Networks
import PNG
import Parallel
import Pictures
import PointMatrices
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct CodePlaneProbeTests {
  static let convolutional = Architecture.convolutional(filters: [4, 3], downsampling: .pool)
  static let models = [
    SampleProbeTests.configuration(), SampleProbeTests.configuration(convolutional, code: 2),
    tinyConfiguration(.fullyConnected(hiddenUnits: [8, 2])), InterpolationProbeTests.plain(convolutional, code: 2),
  ]

  @Test(
    "the first number rises to the right, the second upwards, and the middle is decoded from 0, 0",
    arguments: [1, 3], models)
  func places(channels: Int, configuration: TrainingConfiguration) throws {
    let model = try SampleProbeTests.run(configuration, TinyCollection(channels: channels)).autoencoder
    let probe = try #require(CodePlaneProbe(model))
    let picture = probe.draw(model, from: Place(-3, -6), to: Place(3, 6), epoch: 2)
    // 5×6 pixels, enlarged nine times, without gaps, between the title and two lines.
    #expect(probe.side == 15 && (picture.width, picture.height) == (15 * 45, 36 + 15 * 54 + 56))
    #expect(picture.format == (channels == 3 ? .rgb : .gray))
    let want: [(column: Int, row: Int, code: [Float])] = [
      (0, 0, [-3, 6]), (14, 0, [3, 6]), (0, 14, [-3, -6]), (14, 14, [3, -6]), (7, 7, [0, 0]), (7, 14, [0, -6]),
    ]
    var distinct: Set<[UInt8]> = []
    for (column, row, code) in want {
      let image = model.decode(code)
      let got = picture.cropped(x: column * 45, y: 36 + row * 54, width: 45, height: 54)
      #expect(got == PNGImage(image, shape: model.imageShape).enlarged(by: 9), "\(code)")
      distinct.insert(image)
    }
    #expect(distinct.count == want.count || configuration.architecture.codeActivation == .relu)
    let codes = probe.codes(from: Place(-3, -6), to: Place(3, 6))
    #expect(codes.count == 2 * 225 && abs(codes[2] - codes[0] - 6.0 / 14) < 1e-6 && codes[3] == codes[1])
  }

  @Test("the range of codes leaves out a hundredth at each end, and codes that are not finite have none") func range() {
    let values = (0..<1000).flatMap { number -> [Float] in [Float(number * 7 % 1000), Float(-number)] }
    let range = CodePlaneProbe.range(of: PointMatrix(count: 1000, dimensions: 2, values: values))
    #expect(range?.low == Place(9, -990) && range?.high == Place(990, -9))
    let one = CodePlaneProbe.range(of: PointMatrix(count: 1, dimensions: 2, values: [4, 5]))
    #expect(one?.low == Place(4, 5) && one?.high == Place(4, 5))
    #expect(CodePlaneProbe.range(of: PointMatrix(count: 0, dimensions: 2, values: [])) == nil)
    for value in [Float.nan, .infinity, -.infinity] {
      #expect(CodePlaneProbe.range(of: PointMatrix(count: 2, dimensions: 2, values: [1, 2, value, 3])) == nil)
    }
  }

  @Test("it is logged for codes of two numbers, and says its range", arguments: models)
  func logged(configuration: TrainingConfiguration) throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(configuration, in: directory)
      let logged = try SampleProbeTests.pictures("samples/code_plane", of: outcome.runPath)
      #expect(logged.map(\.step) == [0, 6, 12, 18] && Set(logged.map(\.file)).count == 4)
      let model = try trainedModel(of: outcome)
      let data = try model.loadData(threads: 1)
      let probe = try #require(CodePlaneProbe(model.autoencoder))
      // Five validation images: all of them are within the range.
      let codes = data.validation.withPixels { model.autoencoder.encode($0, numbers: 0..<data.validation.count) }
      let points = stride(from: 0, to: codes.count, by: 2).map { Place(codes[$0], codes[$0 + 1]) }
      let isVariational = configuration.architecture.isVariational
      let low = isVariational ? Place(-3, -3) : points.reduce(points[0], pointwiseMin)
      let high = isVariational ? Place(3, 3) : points.reduce(points[0], pointwiseMax)
      let drawn = probe.draw(model.autoencoder, from: low, to: high, epoch: 3)
      #expect(try PNGImage.decode(#require(logged.last).file) == drawn)
      let description = try LoggedRun("\(outcome.runPath)/eval").values.first {
        $0.value.tag.name == "samples/code_plane"
      }?
      .value.description
      #expect(description?.contains(isVariational ? "from -3 to 3" : "5 validation images") == true)
    }
  }

  @Test("codes of more or fewer numbers have none", arguments: [1, 3]) func others(code: Int) throws {
    for configuration in [
      SampleProbeTests.configuration(Self.convolutional, code: code),
      tinyConfiguration(.fullyConnected(hiddenUnits: [8, code])),
      InterpolationProbeTests.plain(Self.convolutional, code: code),
    ] {
      #expect(try CodePlaneProbe(SampleProbeTests.run(configuration).autoencoder) == nil)
    }
  }

  @Test("the number of images is odd, however large they are", arguments: [(28, 15), (136, 15), (146, 13), (2000, 3)])
  func side(longer: Int, count: Int) throws {
    let model = try Autoencoder(
      .fullyConnected(hiddenUnits: [2]), imageShape: .init(height: longer, width: 1, channels: 1), batchSize: 1,
      threads: 1)
    #expect(CodePlaneProbe(model)?.side == count)
  }

  @Test("a resumed run logs the same pictures", arguments: [models[0], models[3]])
  func resumed(configuration: TrainingConfiguration) throws {
    try withTemporaryDirectory { directory in
      let (run, data) = try interruptedRun(in: directory, after: 8) { $0.configuration = configuration }
      try resumeRun(run, data: data)
      let whole = try RunContents(trained(configuration, in: directory).runPath)
      let resumed = try RunContents(run)
      for tag in ["eval/samples/random_codes", "eval/samples/interpolations", "eval/samples/code_plane"] {
        let count = tag == "eval/samples/random_codes" && !configuration.architecture.isVariational ? nil : 4
        #expect(resumed.values[tag] == whole.values[tag] && whole.values[tag]?.count == count, "\(tag)")
      }
    }
  }
}
