// ChannelOrderTests.swift
// Four-dimensional images: channels first are read as such if that is certain, and refused if it is not.

import Tensors
import TestSupport
import Testing

@testable import Datasets

@Suite struct ChannelOrderTests {
  /// A collection whose images have three extents, all elements different from their neighbors.
  private static func fixture(_ extents: [Int], test: [Int]? = nil) -> IDXFixture {
    var fixture = IDXFixture()
    let (size, testSize) = (extents.reduce(1, *), (test ?? extents).reduce(1, *))
    fixture.files[IDXFixture.trainingImages] = idx([24] + extents, pattern(24 * size))
    fixture.files[IDXFixture.testImages] = idx([5] + (test ?? extents), pattern(5 * testSize, salt: 9))
    return fixture
  }

  /// [images, channels, area] to [images, area, channels], by definition.
  private static func channelsLast(_ elements: [UInt8], channels: Int, area: Int) -> [UInt8] {
    (0..<elements.count / (channels * area)).flatMap { image in
      (0..<area).flatMap { pixel in
        (0..<channels).map { elements[image * channels * area + $0 * area + pixel] }
      }
    }
  }

  @Test("channels first become channels last, in all parts, on any threads", arguments: [1, 2, 3, 4], [1, 3])
  func first(channels: Int, threads: Int) throws {
    try Self.fixture([channels, 6, 7]).withDirectory { directory in
      let splits = try DataSource.files(directory).load(seed: 0, threads: threads)
      #expect(splits.shape == ImageShape(height: 6, width: 7, channels: channels))
      let learning = Self.channelsLast(pattern(24 * channels * 42), channels: channels, area: 42)
      let test = Self.channelsLast(pattern(5 * channels * 42, salt: 9), channels: channels, area: 42)
      let found = [splits.validation, splits.training].flatMap { part in part.withPixels { Array($0) } }
      #expect(found == learning)
      #expect(splits.test.withPixels { Array($0) } == test)
      let note = "the images are stored as \(channels)×6×7, channels first; they are read as 6×7×\(channels)"
      #expect(splits.notes == [note])
      let alone = try DataSource.files(directory).loadEvaluation(seed: 0, threads: threads)
      #expect(alone.validation.withPixels { Array($0) } == Array(learning.prefix(2 * channels * 42)))
      #expect(alone.test.withPixels { Array($0) } == test && alone.notes == splits.notes)
      #expect(alone.fingerprint == splits.evaluation.fingerprint)
    }
  }

  @Test(
    "channels last stay as they are", arguments: [[6, 7, 3], [28, 28, 1], [9, 9, 200], [12, 10, 5], [5, 1, 3]])
  func last(extents: [Int]) throws {
    let splits = try Self.fixture(extents).withDirectory { try DataSource.files($0).load(seed: 0, threads: 2) }
    #expect(splits.shape == ImageShape(height: extents[0], width: extents[1], channels: extents[2]))
    #expect(splits.test.withPixels { Array($0) } == pattern(5 * extents.reduce(1, *), salt: 9))
    #expect(splits.evaluation.notes == [])
  }

  @Test(
    "what can be read in two ways is refused",
    arguments: [[3, 32, 3], [1, 28, 1], [3, 3, 8], [16, 32, 32], [8, 8, 8]]
  )
  func unclear(extents: [Int]) throws {
    try Self.fixture(extents).withDirectory { directory in
      let path = "\(directory)/\(IDXFixture.trainingImages)"
      let want = DatasetError.unclearChannels(path: path, extents: extents)
      #expect(throws: want) { try DataSource.files(directory).load(seed: 0, threads: 2) }
      #expect(throws: want) { try DataSource.files(directory).loadEvaluation(seed: 0, threads: 2) }
      for order in ChannelOrder.allCases {
        var options = ReadingOptions()
        options.channelOrder = order
        let splits = try DataSource.files(directory, options).load(seed: 0, threads: 2)
        #expect(splits.shape.channels == (order == .first ? extents[0] : extents[2]))
      }
      #expect(want.description.contains("holds images of \(extents.map(String.init).joined(separator: "×"))"))
    }
  }

  @Test("the advice works: channels last, more than four rows, another number of columns than channels")
  func advice() {
    for height in 5...40 {
      for width in 1...40 {
        for channels in 1...40 where channels != width {
          #expect(ChannelOrder.ofImages([height, width, channels]) == .last)
        }
      }
    }
  }

  @Test("pictures: exactly one extent can be the channels") func pictures() {
    for (extents, want) in [
      ([32, 32, 3], .last), ([3, 32, 32], .first), ([3, 1, 5], .first), ([2, 32, 32], .first), ([5, 3, 2], .last),
      ([3, 32, 3], nil), ([1, 28, 1], nil), ([32, 32, 5], nil), ([7, 9, 9], nil),
    ] as [([Int], ChannelOrder?)] {
      #expect(ChannelOrder.ofPictures(extents) == want, "\(extents)")
    }
  }

  @Test("the two files may differ in their order") func mixed() throws {
    let fixture = Self.fixture([7, 6, 3], test: [3, 7, 6])
    let splits = try fixture.withDirectory { try DataSource.files($0).load(seed: 0, threads: 2) }
    #expect(splits.shape == ImageShape(height: 7, width: 6, channels: 3))
    #expect(splits.test.withPixels { Array($0) } == Self.channelsLast(pattern(630, salt: 9), channels: 3, area: 42))
    #expect(splits.notes.count == 1)
  }
}
