// IDXFileTests.swift
// One IDX file, cut anywhere, too long, of another type, or claiming the absurd.

import ByteStreams
import TestSupport
import Testing
import Zlib

@testable import Datasets

struct IDXFileTests {
  static let whole = idx([2, 3, 4], pattern(24))
  static let gzipped = (try? Deflate.gzip(whole, threads: 1)) ?? []

  /// Reads `bytes` as an image file and returns the error, without its path.
  private func failure(_ bytes: [UInt8], ranks: ClosedRange<Int> = 3...4) throws -> (any Error)? {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/f", bytes: bytes)
      do {
        _ = try IDXFile("\(directory)/f", ranks: ranks)
        return nil
      } catch {
        let lines = "\(error)".split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 1 && "\(error)".contains("\"\(directory)/f\""))
        return error
      }
    }
  }

  private func reason(_ bytes: [UInt8], ranks: ClosedRange<Int> = 3...4) throws -> DatasetError? {
    try failure(bytes, ranks: ranks) as? DatasetError
  }

  @Test("a whole file, raw and gzipped") func accepted() throws {
    try withTemporaryDirectory { directory in
      for bytes in [Self.whole, Self.gzipped] {
        try AtomicFile.replace("\(directory)/f", bytes: bytes)
        let file = try IDXFile("\(directory)/f", ranks: 3...4)
        #expect(file.dimensions == [2, 3, 4])
        #expect(file.elements == pattern(24))
      }
    }
  }

  @Test("cut anywhere", arguments: 0..<whole.count)
  func cut(at count: Int) throws {
    switch try reason(Array(Self.whole[..<count])) {
    case .headerCut(_, let got, 16): #expect(count < 16 && got == count)
    case .truncated(_, let got, 24, compressed: false): #expect(count >= 16 && got == count - 16)
    case let other: Issue.record("cut at \(count): \(String(describing: other))")
    }
  }

  @Test("gzip cut anywhere after its magic", arguments: 2..<gzipped.count)
  func gzipCut(at count: Int) throws {
    let error = try failure(Array(Self.gzipped[..<count]))
    guard let error = error as? ZlibError, case .truncated(.some, offset: count) = error else {
      Issue.record("cut at \(count): \(String(describing: error))")
      return
    }
  }

  @Test("an IDX file cut and gzipped anywhere", arguments: 0..<whole.count)
  func cutInsideGzip(at count: Int) throws {
    switch try reason(try Deflate.gzip(Array(Self.whole[..<count]), threads: 1)) {
    case .headerCut(_, let got, 16): #expect(count < 16 && got == count)
    case .truncated(_, let got, 24, _): #expect(count >= 16 && got == count - 16)
    case let other: Issue.record("cut at \(count): \(String(describing: other))")
    }
  }

  @Test func surplus() throws {
    for more in [1, 2, 1000] {
      let long = Self.whole + pattern(more)
      for bytes in [long, try Deflate.gzip(long, threads: 1)] {
        guard case .surplus(_, want: 24) = try reason(bytes) else {
          Issue.record("\(more) more bytes are accepted")
          continue
        }
      }
    }
    #expect(try failure(Self.gzipped + [1, 2, 3]) is ZlibError)
  }

  @Test(
    "every element type",
    arguments: [(0x09, 1), (0x0B, 2), (0x0C, 4), (0x0D, 4), (0x0E, 8)] as [(UInt8, Int)])
  func elementType(type: UInt8, size: Int) throws {
    #expect(try reason(idx([2, 3, 4], pattern(24 * size), type: type)) == nil)
    guard case .truncated(_, _, want: 24 * size, _) = try reason(idx([2, 3, 4], pattern(24 * size - 1), type: type))
    else {
      Issue.record("type \(type)")
      return
    }
  }

  @Test("every wrong byte in the magic", arguments: 0..<4, 0..<256)
  func magic(place: Int, value: Int) throws {
    var bytes = Self.whole
    guard bytes[place] != UInt8(value) else { return }
    bytes[place] = UInt8(value)
    let error = try IDXFileTests.headerError(bytes)
    switch error {
    case .wrongMagic(_, let got, want: [0x803, 0x804]): #expect(got != 0x803)
    case nil where place == 2: #expect(IDXHeader.types[UInt8(value)] != nil)
    // Four dimensions are fine for images; this file's fourth is made of its first elements.
    case nil: #expect(place == 3 && value == 4)
    case let other: Issue.record("\(String(describing: other))")
    }
  }

  private static func headerError(_ bytes: [UInt8]) throws -> DatasetError? {
    do throws(DatasetError) {
      _ = try IDXHeader(Array(bytes[..<20]), ranks: 3...4, path: "f")
      return nil
    } catch {
      return error
    }
  }

  @Test func labelsForImagesAndBack() throws {
    guard case .wrongMagic(_, got: 0x801, want: [0x803, 0x804]) = try reason(idx([16], pattern(16))) else {
      Issue.record("labels read as images")
      return
    }
    guard case .wrongMagic(_, got: 0x803, want: [0x801]) = try reason(Self.whole, ranks: 1...1) else {
      Issue.record("images read as labels")
      return
    }
  }

  @Test("no images, no rows, no columns, no channels", arguments: 0..<4)
  func zero(place: Int) throws {
    var dimensions = [2, 3, 4, 1]
    dimensions[place] = 0
    guard case .empty(_, let got) = try reason(idx(dimensions, [])) else {
      Issue.record("\(dimensions)")
      return
    }
    #expect(got == dimensions)
  }

  @Test("absurd sizes are refused before anything is allocated")
  func absurd() throws {
    let largest = Int(UInt32.max)
    guard case .oversized(_, let got) = try reason(idx([largest, largest, largest], [1, 2, 3])) else {
      Issue.record("overflow")
      return
    }
    #expect(got == [largest, largest, largest])
    let huge = idx([60_000, 65_535, 65_535], [1, 2, 3])
    for (bytes, compressed) in [(huge, false), (try Deflate.gzip(huge, threads: 1), true)] {
      guard case .truncated(_, _, want: 60_000 * 65_535 * 65_535, compressed) = try reason(bytes) else {
        Issue.record("claim believed, compressed: \(compressed)")
        continue
      }
    }
  }
}
