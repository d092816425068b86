// FilmProbeTests.swift
// The films show every epoch that their captions name, as the model reconstructed it then.

import ByteStreams
import Datasets
import EventFiles
import Networks
import PNG
import Pictures
import ProjectorExport
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct FilmProbeTests {
  @Test("each column of the strip is the picture of its epoch", arguments: [1, 2, 3, 4], [0, 0.3])
  func strip(channels: Int, noise: Double) throws {
    try withTemporaryDirectory { directory in
      var configuration = tinyConfiguration()
      configuration.noiseFactor = noise
      let outcome = try trained(configuration, on: TinyCollection(channels: channels), in: directory)
      let strip = try PNGImage.decode(FileContents.read("\(outcome.runPath)/filmstrip.png"))
      // 6×5 pixels, enlarged nine times, below the heading.
      let seen = noise > 0 ? 2 : 1
      #expect(strip.width == (seen + 4) * 47 + 2 && strip.height == 28 + 10 * 56 + 2)
      let model = try TrainedModel.load(runDirectory: outcome.runPath, threads: 1)
      let test = try model.loadData(threads: 1).test
      let numbers = test.oneOfEachClass(10)
      for (row, number) in numbers.enumerated() {
        let made = test.withPixels {
          model.autoencoder.reconstruct(
            $0, numbers: number..<number + 1, perturbation: model.configuration.evaluationNoise("test"))
        }
        for (column, pixels) in [
          (0, test.image(number)), (seen - 1, seen == 2 ? made.seen : test.image(number)),
          (seen + 3, made.reconstructed),
        ] {
          let want = PNGImage(pixels, shape: test.shape)
          let got = strip.cropped(x: 2 + column * 47, y: 28 + 2 + row * 56, width: 45, height: 54)
          if want.format == got.format { #expect(got == want.enlarged(by: 9), "\(row) \(column)") }
        }
      }
    }
  }

  @Test("the animation has a frame for each epoch and repeats the last one") func animation() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let bytes = try FileContents.read("\(outcome.runPath)/reconstructions.png")
      #expect(AnimationControl(bytes)?.frames == 4 + 4)
      let first = try PNGImage.decode(bytes)
      #expect((first.width, first.height) == (10 * 47 + 2, 36 + 2 * 56 + 2))
      // The reconstructions of the untrained network stand below the images.
      let untrained = try PNGImage.decode(FileContents.read("\(outcome.runPath)/frames/epoch-0000.png"))
      for image in 0..<10 {
        let made = untrained.cropped(x: image * 5, y: 0, width: 5, height: 6).enlarged(by: 9)
        #expect(first.cropped(x: 2 + image * 47, y: 36 + 2 + 56, width: 45, height: 54) == made)
      }
      let logged = try LoggedRun("\(outcome.runPath)/eval").values.filter {
        $0.value.tag.name == "reconstructions/animation"
      }
      guard case .images(let images) = try #require(logged.last).value.content else {
        Issue.record("no images")
        return
      }
      #expect(images.files == [bytes] && logged.map(\.step) == [0, 18])
    }
  }

  @Test("an animation has few epochs, and a longer run finds all frames that it needs")
  func movingEpochs() {
    for last in 0...1000 {
      let epochs = ReconstructionFrames.movingEpochs(last: last)
      #expect(epochs.first == 0 && epochs.last == last && epochs.count <= 101 && epochs == epochs.sorted())
      #expect(Set(epochs).count == epochs.count)
    }
    #expect(ReconstructionFrames.movingEpochs(last: 99) == Array(0...99))
    #expect(ReconstructionFrames.movingEpochs(last: 201) == Array(stride(from: 0, to: 201, by: 4)) + [201])
  }

  @Test("a lost or damaged frame is skipped and reported") func lost() throws {
    try withTemporaryDirectory { directory in
      let (path, data) = try interruptedRun(in: directory, after: 14)
      try FileContents.remove("\(path)/frames/epoch-0000.png")
      let other = PNGImage(width: 3, height: 3, format: .gray)
      try AtomicFile.replace("\(path)/frames/epoch-0001.png", bytes: other.encoded())
      try AtomicFile.replace("\(path)/frames/epoch-0002.png", bytes: [1, 2, 3])
      let outcome = try resumeRun(path, data: data)
      #expect(outcome.warnings.contains { $0.hasPrefix("not in the films: epochs 0, 1, 2,") }, "\(outcome.warnings)")
      let strip = try PNGImage.decode(FileContents.read("\(path)/filmstrip.png"))
      #expect(strip.width == 2 * 47 + 2)
      #expect(AnimationControl(try FileContents.read("\(path)/reconstructions.png"))?.frames == 1)
    }
  }
}

/// The chunk acTL of an animated PNG: its number of frames.
struct AnimationControl {
  let frames: Int

  init?(_ file: [UInt8]) {
    let mark = Array("acTL".utf8)
    guard let place = file.indices.first(where: { file[$0...].starts(with: mark) }) else { return nil }
    frames = file[place + 4..<place + 8].reduce(0) { $0 << 8 | Int($1) }
  }
}
