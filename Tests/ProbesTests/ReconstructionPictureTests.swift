// ReconstructionPictureTests.swift
// Pictures show the pixels of the images, exactly, in their places.

import ByteStreams
import Datasets
import Networks
import Parallel
import PNG
import ProjectorExport
import Tensors
import TestSupport
import Testing
import TinyRuns

@testable import Probes

@Suite struct ReconstructionPictureTests {
  static func dataset(channels: Int, count: Int = 23) throws -> ImageDataset {
    try withTemporaryDirectory { directory in
      try TinyCollection(channels: channels, test: count).write(to: directory).load(seed: 0, threads: 1).test
    }
  }

  static func model(_ data: ImageDataset) throws -> Autoencoder {
    try Autoencoder(.fullyConnected(hiddenUnits: [5]), imageShape: data.shape, batchSize: 4, seed: 1, threads: 2)
  }

  @Test("each image stands above its reconstruction", arguments: [1, 2, 9, 10, 11, 20, 23], [Float(0), 0.5])
  func places(count: Int, noise: Float) throws {
    let data = try Self.dataset(channels: 1)
    let model = try Self.model(data)
    let perturbation = Perturbation(noiseFactor: noise, dropout: 0, seed: 4, epoch: 0)
    let numbers = data.oneOfEachClass(count)
    let picture = ReconstructionPicture.draw(model, data, numbers: numbers, perturbation: perturbation)
    let rows = noise > 0 ? 3 : 2
    let scale = 56 / 6
    #expect(picture.width == (min(count, 10) * 6 + 1) * scale)
    #expect(picture.height == ((count + 9) / 10 * (rows * 7 + 1)) * scale)
    for (place, number) in numbers.enumerated() {
      let made = data.withPixels { model.reconstruct($0, numbers: number..<number + 1, perturbation: perturbation) }
      let expected = [data.image(number)] + (rows == 3 ? [made.seen] : []) + [made.reconstructed]
      for (row, pixels) in expected.enumerated() {
        let (left, top) = (place % 10 * 6 + 1, place / 10 * (rows * 7 + 1) + row * 7 + 1)
        for (index, pixel) in pixels.enumerated() {
          let (x, y) = ((left + index % 5) * scale, (top + index / 5) * scale)
          #expect(picture[x, y] == [pixel] && picture[x + scale - 1, y + scale - 1] == [pixel])
        }
      }
    }
  }

  @Test("the originals are not the reconstructions, nor the noisy images") func rowsDiffer() throws {
    let data = try Self.dataset(channels: 1)
    let model = try Self.model(data)
    let made = data.withPixels {
      model.reconstruct(
        $0, numbers: 0..<1, perturbation: Perturbation(noiseFactor: 0.5, dropout: 0, seed: 4, epoch: 0))
    }
    #expect(data.image(0) != made.seen && made.seen != made.reconstructed && data.image(0) != made.reconstructed)
  }

  @Test(arguments: [(1, PixelFormat.gray), (2, .gray), (3, .rgb), (4, .rgba), (5, .gray)])
  func channels(count: Int, format: PixelFormat) throws {
    let data = try Self.dataset(channels: count)
    let picture = ReconstructionPicture.draw(
      try Self.model(data), data, numbers: [0, 1], perturbation: .none)
    #expect(picture.format == format)
    let shown = PNGImage(data.image(1), shape: data.shape)
    #expect(picture[7 * 9, 9] == shown[0, 0] && picture[11 * 9, 6 * 9] == shown[4, 5])
    #expect(picture[0, 0].prefix(1) == [56])
  }

  @Test func oneOfEachClassInTheirOrder() {
    let data = ImageDataset(
      shape: ImageShape(height: 1, width: 1, channels: 1), pixels: [UInt8](repeating: 0, count: 8),
      labels: [7, 2, 2, 9, 7, 2, 2, 0])
    #expect(data.oneOfEachClass(4) == [7, 1, 0, 3])
    #expect(data.oneOfEachClass(3) == [7, 1, 0])
    #expect(data.oneOfEachClass(6) == [7, 1, 0, 3, 2, 4])
    #expect(data.oneOfEachClass(100) == [7, 1, 0, 3, 2, 4, 5, 6])
    #expect(data[0..<0].oneOfEachClass(5) == [])
  }
}
