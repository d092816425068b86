// EncodedImagesTests.swift
// Numbers to samples, also NaN and numbers out of range; images of every format; sizes of PNG files.

import PNG
import Testing

@testable import EventFiles

@Suite struct EncodedImagesTests {
  static func png(_ width: UInt8, _ height: UInt8) -> [UInt8] {
    bytes("89504e470d0a1a0a0000000d49484452") + [0, 0, 1, width, 0, 0, 0, height] + [8, 0, 0, 0, 0]
  }

  @Test func theHeaderSaysTheSize() throws {
    let images = try EncodedImages(pngs: [Self.png(2, 3), Self.png(2, 3)])
    #expect(images.width == 258 && images.height == 3 && images.files.count == 2)
  }

  @Test func whatIsNoImageIsRefused() {
    #expect(throws: EventFileError.self) { try EncodedImages(pngs: []) }
    #expect(throws: EventFileError.self) { try EncodedImages(png: []) }
    #expect(throws: EventFileError.self) { try EncodedImages(png: Array(Self.png(1, 1).prefix(23))) }
    #expect(throws: EventFileError.self) { try EncodedImages(png: [0] + Self.png(1, 1)) }
    #expect(throws: EventFileError.self) { try EncodedImages(pngs: [Self.png(1, 1), Self.png(1, 2)]) }
  }
}

@Suite struct PixelScalingTests {
  private func gray(_ values: [Float], _ scaling: PixelScaling) -> [UInt8] {
    scaling.samples(of: values, channels: 1, hasAlpha: false)
  }

  @Test func unit() {
    #expect(gray([0, 1, 0.5, 1 / 255, 0.4999 / 255], .unit) == [0, 255, 128, 1, 0])
    #expect(gray([-1, 2, .nan, .infinity, -.infinity, -0.0], .unit) == [0, 255, 0, 255, 0, 0])
  }

  /// Every sample equals its input.
  @Test func exactly() {
    let samples = (0...255).map { UInt8($0) }
    #expect(gray(samples.map { Float($0) / 255 }, .unit) == samples)
    #expect(gray(samples.map { Float($0) }, .range(0...255)) == samples)
    #expect(gray(samples.map { Float($0) / 100 - 1 }, .range(-1...1.55)) == samples)
  }

  @Test func range() {
    #expect(gray([-1, 0, 1, -2, 2, .nan], .range(-1...1)) == [0, 128, 255, 0, 255, 0])
    #expect(gray([3, 4, 5], .range(4...4)) == [0, 0, 0])
    let all = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude
    #expect(gray([all.lowerBound, 0, all.upperBound], .range(all)) == [0, 128, 255])
  }

  @Test func minimumToMaximum() {
    #expect(gray([-3, 1, .infinity, .nan, -1], .minimumToMaximum) == [0, 255, 255, 0, 128])
    #expect(gray([7, 7], .minimumToMaximum) == [0, 0])
    #expect(gray([.nan, .infinity], .minimumToMaximum) == [0, 255])
    #expect(gray([], .minimumToMaximum) == [])
  }

  @Test func alphaIsNotStretched() {
    let samples = PixelScaling.minimumToMaximum.samples(of: [10, 0.5, 20, 1], channels: 2, hasAlpha: true)
    #expect(samples == [0, 128, 255, 255])
  }

  @Test("images of every format", arguments: PixelFormat.allCases)
  func images(format: PixelFormat) throws {
    let (count, width, height) = (3, 5, 4)
    let samples = (0..<count * width * height * format.channels).map { UInt8(truncatingIfNeeded: $0 * 37) }
    let images = try EncodedImages(samples: samples, count: count, width: width, height: height, format: format)
    #expect(images.width == width && images.height == height)
    #expect(try images.files.flatMap { try PNGImage.decode($0).pixels } == samples)
    #expect(try images.files.allSatisfy { try PNGImage.decode($0).format == format })
    let values = samples.map { Float($0) / 255 }
    #expect(try EncodedImages(values: values, count: count, width: width, height: height, format: format) == images)
  }

  @Test(
    "shapes that do not match the samples",
    arguments: [(1, 2, 2), (1, 0, 4), (0, 1, 1), (-1, -2, 2), (1, .max, .max), (.max, 1 << 31, 1 << 31), (2, 1, 1)])
  func badShapes(count: Int, width: Int, height: Int) {
    #expect(throws: EventFileError.self) {
      try EncodedImages(samples: [1, 2, 3], count: count, width: width, height: height, format: .gray)
    }
    #expect(throws: EventFileError.self) {
      try EncodedImages(values: [1, 2, 3], count: count, width: width, height: height, format: .gray)
    }
  }
}
