// EncodedImagesTests.swift
// The size of images from their own headers.

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
