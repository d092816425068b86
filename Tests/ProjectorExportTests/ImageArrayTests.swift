// ImageArrayTests.swift
// Pictures of any numbers become visible thumbnails, and ambiguous ones are refused.

import ByteStreams
import TestSupport
import Testing

@testable import ArrayFiles
@testable import Probes
@testable import ProjectorExport

@Suite struct ImageArrayTests {
  private static func bytes<Number>(_ values: [Number]) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value) { Array($0) } }
  }

  private static func write(
    _ directory: String, _ descr: String, _ shape: [Int], _ bytes: [UInt8], isFortran: Bool = false
  ) throws -> String {
    let path = "\(directory)/images.npy"
    let extents = shape.map(String.init).joined(separator: ", ")
    let text = "{'descr': '\(descr)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': (\(extents)), }\n"
    let header = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
    try AtomicFile.replace(path, bytes: header + bytes)
    return path
  }

  private func open(_ path: String, threads: Int = 2) throws -> any ThumbnailSource {
    try ThumbnailFiles.open(path, ThumbnailRequest(points: 0, threads: threads))
  }

  /// Returns the shades of one number for each picture, and the note.
  private func samples(_ descr: String, _ bytes: [UInt8], count: Int) throws -> ([UInt8], String?) {
    try withTemporaryDirectory { directory in
      let source = try open(Self.write(directory, descr, [count, 1, 1], bytes))
      let opened = try source.opened(Array(0..<count))
      return (try (0..<count).map { try #require(opened.picture($0).first) }, opened.note)
    }
  }

  private static let unit = "thumbnails: numbers from 0 to 1 are shown as 0 to 255"

  @Test(
    "floats of any range",
    arguments: [
      ([0, 0.2, 0.4, 1], [0, 51, 102, 255], unit), ([0, 0.2, 0.4, 0.6], [0, 51, 102, 153], unit),
      ([0, 4, 8, 16], [0, 64, 128, 255], "thumbnails: numbers from 0 to 16 are shown as 0 to 255"),
      ([0, 51, 102, 255], [0, 51, 102, 255], "thumbnails: numbers from 0 to 255 are shown as 0 to 255"),
      ([0, 51, 102, 200], [0, 51, 102, 200], "thumbnails: numbers from 0 to 255 are shown as 0 to 255"),
      ([0, 0.2, 1, 1.01], [0, 51, 255, 255], unit + "; numbers beyond, from 0 to 1.01, are clipped"),
      ([-0.01, 0.2, 0.4, 1], [0, 51, 102, 255], unit + "; numbers beyond, from -0.01 to 1, are clipped"),
      ([-1, 0, 0.5, 1], [0, 128, 191, 255], "thumbnails: numbers from -1 to 1 are shown as 0 to 255"),
      ([-0.999999, 0, 0.5, 0.99999], [0, 128, 191, 255], "thumbnails: numbers from -1 to 1 are shown as 0 to 255"),
      ([0, 4, 8, 15.99999], [0, 64, 128, 255], "thumbnails: numbers from 0 to 16 are shown as 0 to 255"),
      ([0, 4, 8, 16.12345], [0, 63, 127, 255], "thumbnails: numbers from 0 to 16.12 are shown as 0 to 255"),
      ([-2, -1, 0, 3], [0, 51, 102, 255], "thumbnails: numbers from -2 to 3 are shown as 0 to 255"),
      ([-3, -2, -2, -1], [0, 128, 128, 255], "thumbnails: numbers from -3 to -1 are shown as 0 to 255"),
      ([0, 100, 300, 1000], [0, 26, 77, 255], "thumbnails: numbers from 0 to 1000 are shown as 0 to 255"),
      ([0, 0, 0, 0], [0, 0, 0, 0], unit + "; all are 0"), ([1, 1, 1, 1], [255, 255, 255, 255], unit + "; all are 1"),
      ([7, 7, 7, 7], [255, 255, 255, 255], "thumbnails: numbers from 0 to 7 are shown as 0 to 255; all are 7"),
      ([-7, -7, -7, -7], [0, 0, 0, 0], "thumbnails: numbers from -7 to -7 are shown as 0 to 255; all are -7"),
    ] as [([Float], [UInt8], String)])
  func floats(values: [Float], want: [UInt8], note: String) throws {
    let single = try samples("<f4", Self.bytes(values), count: 4)
    #expect(single.0 == want && single.1 == note, "\(single)")
    let double = try samples("<f8", Self.bytes(values.map(Double.init)), count: 4)
    #expect(double.0 == want)
  }

  @Test("whole numbers: 0 and 1 are black and white, bytes stay, others are stretched") func whole() throws {
    func expect(_ found: ([UInt8], String?), _ want: [UInt8], _ note: String?, _ comment: Comment) {
      #expect(found.0 == want && found.1 == note, comment)
    }
    expect(try samples("|u1", [0, 1, 0, 1], count: 4), [0, 255, 0, 255], Self.unit, "bits in bytes")
    expect(try samples("|u1", [0, 1, 0, 2], count: 4), [0, 1, 0, 2], nil, "bytes, if dark ones")
    expect(try samples("|u1", [0, 51, 102, 255], count: 4), [0, 51, 102, 255], nil, "bytes")
    expect(try samples("|u1", [0, 0, 0, 0], count: 4), [0, 0, 0, 0], nil, "nothing but black")
    expect(try samples("|b1", [0, 1, 1, 0], count: 4), [0, 255, 255, 0], Self.unit, "booleans")
    expect(try samples("<i8", Self.bytes([0, 1, 0, 1] as [Int64]), count: 4), [0, 255, 0, 255], Self.unit, "integers")
    let sixteen = "thumbnails: numbers from 0 to 16 are shown as 0 to 255"
    expect(try samples("<i4", Self.bytes([0, 4, 8, 16] as [Int32]), count: 4), [0, 64, 128, 255], sixteen, "digits")
    let full = "thumbnails: numbers from 0 to 65535 are shown as 0 to 255"
    expect(
      try samples("<u2", Self.bytes([0, 257, 32896, 65535] as [UInt16]), count: 4), [0, 1, 128, 255], full, "16 bits")
    expect(
      try samples("<u2", Self.bytes([0, 51, 102, 255] as [UInt16]), count: 4), [0, 51, 102, 255],
      "thumbnails: numbers from 0 to 255 are shown as 0 to 255", "bytes in 16 bits")
    expect(
      try samples("<i2", Self.bytes([-1, 0, 1, 1] as [Int16]), count: 4), [0, 128, 255, 255],
      "thumbnails: numbers from -1 to 1 are shown as 0 to 255", "signs")
  }

  @Test("the range is that of all pictures, not only of the shown ones") func allPictures() throws {
    try withTemporaryDirectory { directory in
      let values = (0..<40).map { Float($0 == 33 ? 16 : 2) }
      let source = try open(Self.write(directory, "<f4", [10, 2, 2], Self.bytes(values)))
      let opened = try source.opened([0, 1])
      #expect(try Array(opened.picture(0)) == [32, 32, 32, 32])
      #expect(opened.note == "thumbnails: numbers from 0 to 16 are shown as 0 to 255")
    }
  }

  @Test("many pieces, any number of threads: the same range", arguments: [1, 3])
  func pieces(threads: Int) throws {
    try withTemporaryDirectory { directory in
      var values = [Float](repeating: 0.5, count: 1_000_000)
      (values[999_999], values[500_000]) = (9, -3)
      let array = try ArrayFile(npy: Self.write(directory, "<f4", [100, 100, 100], Self.bytes(values)))
      let found = try array.extremes(threads: threads)
      #expect(found == (lowest: -3, highest: 9))
      #expect(try array.holdsMore(than: 8) && !array.holdsMore(than: 9))
    }
  }

  @Test("a number that is not finite is refused with its place", arguments: [1, 3])
  func notFinite(threads: Int) throws {
    try withTemporaryDirectory { directory in
      for (shape, isFortran, element, place) in [
        ([4, 6, 5, 3], false, 2 * 90 + 1 * 15 + 4 * 3 + 2, "picture 2, row 1, column 4, channel 2"),
        ([4, 6, 5, 3], true, 2 + 1 * 4 + 4 * 24 + 2 * 120, "picture 2, row 1, column 4, channel 2"),
        ([4, 3, 7, 5], false, 2 * 105 + 2 * 35 + 1 * 5 + 4, "picture 2, row 1, column 4, channel 2"),
        ([4, 2, 5], false, 2 * 10 + 1 * 5 + 4, "picture 2, row 1, column 4"),
      ] as [([Int], Bool, Int, String)] {
        for value in [Float.nan, .infinity, -.infinity] {
          var values = [Float](repeating: 0.5, count: shape.reduce(1, *))
          values[element] = value
          let path = try Self.write(directory, "<f4", shape, Self.bytes(values), isFortran: isFortran)
          let source = try open(path, threads: threads)
          let reason = "\(place): \(value) cannot be shown; replace such numbers, as with numpy.nan_to_num"
          #expect(throws: ExportError.badImages(path: path, reason: reason)) { try source.opened([0]) }
        }
      }
    }
  }

  @Test("channels first or last, if that is certain") func layouts() throws {
    try withTemporaryDirectory { directory in
      let last = try open(Self.write(directory, "|u1", [1, 5, 6, 3], (0..<90).map { $0 })).opened([0])
      let turned = (0..<90).map { (place: Int) -> UInt8 in UInt8(place % 30 * 3 + place / 30) }
      let source = try open(Self.write(directory, "|u1", [1, 3, 5, 6], turned))
      let first = try source.opened([0])
      #expect(source.note == "pictures stored as 3×5×6, channels first")
      #expect((first.height, first.width, first.channels) == (5, 6, 3))
      #expect((last.height, last.width, last.channels) == (5, 6, 3))
      #expect(try Array(first.picture(0)) == Array(last.picture(0)))
      for extents in [[3, 32, 3], [1, 28, 1], [4, 4, 4]] {
        let path = try Self.write(
          directory, "|u1", [2] + extents, [UInt8](repeating: 9, count: 2 * extents.reduce(1, *)))
        #expect(throws: ExportError.unclearChannels(path: path, extents: extents)) { try open(path) }
      }
      for shape in [[2, 2], [1, 7, 2, 9], [2, 0, 1], [2, 5, 5, 5]] {
        let path = try Self.write(directory, "|u1", shape, [UInt8](repeating: 0, count: 250))
        #expect(throws: ArrayFileError.self) { try open(path) }
      }
    }
  }

  @Test("IDX files of floats and of whole numbers") func idxTypes() throws {
    try withTemporaryDirectory { directory in
      func samples(_ type: UInt8, _ elements: [UInt8]) throws -> ([UInt8], String?) {
        let header: [UInt8] = [0, 0, type, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1]
        try AtomicFile.replace("\(directory)/images", bytes: header + elements)
        let opened = try open("\(directory)/images").opened([0, 1, 2])
        return (try (0..<3).map { try #require(opened.picture($0).first) }, opened.note)
      }
      let floats = try samples(0x0D, [0, 0.4, 1].flatMap { Self.bytes([Float($0).bitPattern.bigEndian]) })
      #expect(floats.0 == [0, 102, 255] && floats.1 == Self.unit)
      let whole = try samples(0x0B, [0, 0, 0, 8, 0, 16])
      #expect(whole.0 == [0, 128, 255] && whole.1 == "thumbnails: numbers from 0 to 16 are shown as 0 to 255")
    }
  }

  @Test("IDX files: channels first are turned, 0 and 1 are black and white") func idx() throws {
    try withTemporaryDirectory { directory in
      func open(_ extents: [Int], _ elements: [UInt8]) throws -> any ThumbnailSource {
        let bytes = [0, 0, 8, UInt8(extents.count)] + extents.flatMap { [0, 0, 0, UInt8($0)] as [UInt8] } + elements
        try AtomicFile.replace("\(directory)/images", bytes: bytes)
        return try self.open("\(directory)/images")
      }
      let turned = (0..<180).map { (place: Int) -> UInt8 in UInt8(place / 90 * 90 + place % 30 * 3 + place % 90 / 30) }
      let source = try open([2, 3, 5, 6], turned)
      #expect(source.note == "pictures stored as 3×5×6, channels first")
      #expect(try Array(source.opened([1]).picture(0)) == (90..<180).map { $0 })
      #expect(throws: ExportError.self) { try open([2, 3, 5, 3], Array(turned.prefix(90))) }
      let bits = try open([2, 1, 2], [0, 1, 1, 0]).opened([0, 1])
      #expect(try Array(bits.picture(0)) == [0, 255] && Array(bits.picture(1)) == [255, 0] && bits.note == Self.unit)
      let bytes = try open([2, 1, 2], [0, 2, 1, 0]).opened([0, 1])
      #expect(try Array(bytes.picture(0)) == [0, 2] && bytes.note == nil)
    }
  }
}
