// EveryKindTests.swift
// The examples of docs/swift-library.md: every kind of value, with nothing but the public interface.

import EventFiles
import Foundation
import PNG
import ProjectorFiles
import TestSupport
import Testing

@Suite struct EveryKindTests {
  /// The events of a run's only file, without the two that open it.
  private func events(_ run: RunWriter) throws -> [Event] {
    try run.close()
    let names = try FileManager.default.contentsOfDirectory(atPath: run.path).filter { $0.contains("tfevents") }
    var reader = try EventFileReader(path: "\(run.path)/\(#require(names.first))")
    return Array(try reader.rest().dropFirst(2))
  }

  private func logged(_ log: (RunWriter) throws -> Void) throws -> [Event] {
    try withTemporaryDirectory { runs in
      let run = try RunWriter(runs + "/r")
      try log(run)
      return try events(run)
    }
  }

  @Test func images() throws {
    let pixels = [UInt8](repeating: 128, count: 28 * 28)
    let activations: [Float] = (0..<784).map { Float($0 % 97) - 48 }
    let events = try logged { run in
      // One gray image from bytes.
      try run.images("input", EncodedImages(samples: pixels, width: 28, height: 28, format: .gray), step: 0)
      // Four in one value from floats: the smallest is black, the largest white.
      let maps = try EncodedImages(
        values: activations, count: 4, width: 14, height: 14, format: .gray, scaling: .minimumToMaximum)
      try run.images("activations", maps, step: 0, description: "Four channels of the first layer.")
      // A moving picture.
      let frames = (1...8).map { number in
        PNGImage(width: 28, height: 28, format: .gray, pixels: pixels.map { $0 / UInt8(number) })
      }
      try run.images("fading", EncodedImages(PNGAnimation(frames, milliseconds: 100)), step: 0)
    }
    #expect(events.count == 3)
    guard case .summary(let values) = events[1].content, case .images(let maps) = values[0].content else {
      Issue.record("no images")
      return
    }
    #expect(maps.files.count == 4 && maps.width == 14)
    let darkest = try maps.files.flatMap { try PNGImage.decode($0).pixels }.min()
    #expect(darkest == 0)
  }

  @Test func histograms() throws {
    let gradients: [[Float]] = [[0.5, -1], [.nan, 2]]
    let events = try logged { run in
      try run.histogram("weights", of: [-1, 0, 0.5], step: 0)
      // In portions, of any float type; the number of NaN and infinities is logged as gradients/non_finite.
      var builder = HistogramBuilder()
      for portion in gradients { builder.add(portion) }
      builder.add([0.25, 1e-3] as [Double])
      try run.histogram("gradients", builder, step: 0)
    }
    guard case .summary(let values) = events[1].content else {
      Issue.record("no histogram")
      return
    }
    #expect(values[1].tag.name == "gradients/non_finite" && values[1].content == .scalar(1))
  }

  @Test func soundCurvesAndMeshes() throws {
    let events = try logged { run in
      let tone = (0..<8000).map { Float(sin(Double($0) * 0.35)) * 0.5 }
      try run.audio("tone", EncodedAudio(samples: tone, sampleRate: 8000), step: 0)

      let curve = try PrecisionRecallCurve(scores: [0.9, 0.6, 0.4, 0.1], labels: [true, true, false, true])
      try run.precisionRecall("is_four", curve, step: 0)

      let triangle = try Mesh(
        vertices: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], faces: [[0, 1, 2]],
        colors: [[255, 0, 0], [0, 255, 0], [0, 0, 255]])
      try run.mesh("triangle", triangle, step: 0)

      try run.tensor("codes", TensorValue(.float([1, 2, 3, 4]), shape: [2, 2]), plugin: "my_dashboard", step: 0)
    }
    let tags = events.flatMap { event in
      guard case .summary(let values) = event.content else { return [String]() }
      return values.map(\.tag.name)
    }
    #expect(tags == ["tone", "is_four", "triangle_VERTEX", "triangle_FACE", "triangle_COLOR", "codes"])
  }

  @Test func chartsOfSeveralScalars() throws {
    let events = try logged { run in
      let mean = ScalarLayout.Margin("loss/mean", lower: "loss/low", upper: "loss/high")
      try run.scalarLayout(
        ScalarLayout([
          .init("Losses", [.init("all", linesMatching: ["loss/.*"]), .init("mean", margins: [mean])])
        ]))
      try run.write([.scalar("loss/mean", 2), .scalar("loss/low", 1), .scalar("loss/high", 3)], step: 0)
    }
    #expect(events.count == 2)
  }

  @Test func theModelAndItsCost() throws {
    let events = try logged { run in
      try run.graph(
        Graph([
          GraphNode("image", operation: "Placeholder", outputShapes: [[-1, 28, 28, 1]]),
          GraphNode(
            "encoder/conv", operation: "Conv2D", inputs: ["image"], outputShapes: [[-1, 14, 14, 16]],
            attributes: [("strides", .integers([1, 2, 2, 1])), ("padding", .text("SAME"))]),
        ]))
      try run.graphCost(
        "batch of 256", GraphCost([.init("encoder/conv", start: 0, duration: 850, memory: 3_211_264)]))
      try run.checkpoint("checkpoints/step-1", step: 1)
    }
    #expect(events.count == 3)
  }

  @Test func hyperParametersAndHowItEnded() throws {
    let events = try logged { run in
      try run.hyperParameters([
        HyperParameter("learning_rate", 0.001), HyperParameter("model", "convolutional"), HyperParameter("bias", true),
      ])
      // Only where the columns of the table are to be chosen, the same in all runs that are compared.
      try run.hyperParameterTable(
        HyperParameterTable(
          hyperParameters: [.init("learning_rate", .number, differs: true), .init("model", .text)],
          metrics: [.init("loss/total", title: "loss"), .init("loss/total", run: "eval", title: "evaluated")]))
      try run.ended(.success)
    }
    #expect(events.count == 3)
  }

  @Test func points() throws {
    try withTemporaryDirectory { runs in
      let run = try LogDirectory(runs).run("codes")
      // 100 points of 3 dimensions, each with a label, a number and a thumbnail of 8×8 pixels.
      let table = try EmbeddingTable(points: 100, dimensions: 3, values: (0..<300).map { Float($0 * 37 % 101) })
      let labels = try MetadataTable([
        .integers("digit", (0..<100).map { $0 % 10 }), .numbers("error", (0..<100).map { Float($0) / 100 }),
      ])
      let pixels = (0..<100 * 8 * 8).map { UInt8($0 % 256) }
      let thumbnails = try SpriteSheet(thumbnails: pixels, count: 100, height: 8, width: 8, channels: 1)
      try ProjectorBundle.write(
        [.init(name: "codes", table: table, metadata: labels, sprite: thumbnails)], to: run.path)
      try run.close()
      #expect(ProjectorVerifier.verify(run.path, isRun: true, isRoot: false).isEmpty)
      #expect(FileManager.default.fileExists(atPath: run.path + "/projector_config.pbtxt"))
    }
  }

  @Test func aRunThatGoesOn() throws {
    try withTemporaryDirectory { runs in
      let first = try LogDirectory(runs).run("long")
      try first.scalar("loss", 0.5, step: 1000)
      try first.close()
      // Both of TensorBoard's loaders discard the first session's values from step 900 on.
      let second = try LogDirectory(runs).run("long", resumingAt: 900)
      try second.scalar("loss", 0.4, step: 900)
      try second.close()
      #expect(throws: EventFileError.runExists(path: runs + "/long")) { try LogDirectory(runs).run("long") }
    }
  }
}
