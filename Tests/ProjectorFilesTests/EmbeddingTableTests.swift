// EmbeddingTableTests.swift
// Points are stored bit for bit as text and as numbers; what TensorBoard could not show is refused.

import ByteStreams
import ProjectorFiles
import TestSupport
import Testing

struct EmbeddingTableTests {
  static func text(_ values: [Float], dimensions: Int) throws -> String {
    let table = try EmbeddingTable(points: values.count / dimensions, dimensions: dimensions, values: values)
    return String(decoding: table.encoded(as: .tsv), as: UTF8.self)
  }

  @Test func textByteForByte() throws {
    let values: [Float] = [0, -0.0, 1, -1.5, 0.1, 1e-5, 1e20, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
    #expect(
      try Self.text(values, dimensions: 3)
        == "0\t-0\t1\n-1.5\t0.1\t1e-05\n1e+20\t3.4028235e+38\t1e-45\n")
  }

  @Test func textReadsBackToTheSameBits() throws {
    var state: UInt32 = 1
    var values: [Float] = []
    while values.count < 20_000 {
      state = state &* 1_664_525 &+ 1_013_904_223
      let value = Float(bitPattern: state)
      if value.isFinite { values.append(value) }
    }
    let text = try Self.text(values, dimensions: 100)
    // Through Double, as TensorBoard's parser goes.
    let read = text.split { $0 == "\t" || $0 == "\n" }.compactMap { Double($0) }.map { Float($0) }
    #expect(read.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test("every power of two with what lies around it, and numbers of few digits, as Swift describes them")
  func textAsDescribed() throws {
    var values: [Float] = [16_777_216, 16_777_218, 9_999_999, 0.0001, 0.00009999999, 1e10, 1.2e7, 8.5e9, 9.5, 10]
    for exponent: UInt32 in 0..<255 {
      for fraction: UInt32 in [0, 1, 2, 3, 0x3F_FFFF, 0x40_0000, 0x55_5555, 0x7F_FFFE, 0x7F_FFFF] {
        values.append(Float(bitPattern: exponent << 23 | fraction))
      }
    }
    for digits in 1...2000 {
      values += [Float(digits), Float(digits) / 1000, Float(digits) * 1e20, Float(digits) * 1e-30]
    }
    values.removeLast(values.count % 3)
    let described = values.map { $0.description.hasSuffix(".0") ? String($0.description.dropLast(2)) : $0.description }
    let text = try Self.text(values, dimensions: 3).split { $0 == "\t" || $0 == "\n" }.map(String.init)
    #expect(text == described)
  }

  @Test func numbersByteForByte() throws {
    let table = try EmbeddingTable(points: 2, dimensions: 2, values: [-2, 1, 0, 0.5])
    #expect(table.encoded(as: .binary) == [0, 0, 0, 0xC0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0x3F])
  }

  @Test("binary is never valid UTF-8, and moves no number by more than 127 units in the last place")
  func decodeProof() throws {
    let ascii: [Float] = [0.5, 0.7578125, Float(bitPattern: 0x3F3F_3F3F), Float(bitPattern: 0x0101_0101), 2]
    let starts = ascii + [Float(bitPattern: 1), Float(bitPattern: 0x7F7F_FFFF), Float(bitPattern: 0x0A0A_0A0A), 0]
    for first in starts {
      for second in starts {
        let values = [first, second, 0.5, 0.5]
        let bytes = try EmbeddingTable(points: 2, dimensions: 2, values: values).encoded(as: .binary)
        let firstLine = bytes.prefix { $0 != 0x0A }
        #expect(String(validating: firstLine, as: UTF8.self) == nil, "\(values)")
        let read = stride(from: 0, to: 16, by: 4).map { start in
          Float(bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }
        for (got, want) in zip(read, values) {
          let distance = got == want ? 0 : abs(Int(got.bitPattern) - Int(want.bitPattern))
          #expect(distance <= 127)
          #expect(got.isFinite)
        }
        if values.contains(0), !firstLine.isEmpty, first == 0 { #expect(read == values, "−0 is exact") }
      }
    }
  }

  @Test func soundNumbersAreNotTouched() throws {
    let table = try EmbeddingTable(points: 2, dimensions: 2, values: [1.5, 0, -7, 0])
    #expect(table.encoded(as: .binary)[4..<8] == [0, 0, 0, 0])
    #expect(table.encoded(as: .binary)[..<4] == [0, 0, 0xC0, 0x3F])
  }

  @Test("too small to be listed", arguments: [(1, 5), (5, 1), (1, 1), (0, 3), (3, 0)])
  func tooSmall(points: Int, dimensions: Int) {
    let values = [Float](repeating: 1, count: points * dimensions)
    let error = #expect(throws: ProjectorError.tooSmall(points: points, dimensions: dimensions)) {
      try EmbeddingTable(points: points, dimensions: dimensions, values: values)
    }
    #expect(error.map { "\($0)" }?.contains("does not list") == true)
  }

  @Test("a number that is none is found", arguments: [Float.nan, .infinity, -.infinity], 0..<6)
  func notFinite(value: Float, at index: Int) {
    var values = [Float](repeating: 1, count: 6)
    values[index] = value
    #expect(throws: ProjectorError.notFinite(value: "\(value)", row: index / 2, column: index % 2)) {
      try EmbeddingTable(points: 3, dimensions: 2, values: values)
    }
  }

  @Test func wrongCountsAndZeros() {
    #expect(throws: ProjectorError.valueCount(got: 5, points: 3, dimensions: 2)) {
      try EmbeddingTable(points: 3, dimensions: 2, values: [1, 2, 3, 4, 5])
    }
    #expect(throws: ProjectorError.allZero(points: 2, dimensions: 2)) {
      try EmbeddingTable(points: 2, dimensions: 2, values: [0, -0.0, 0, 0])
    }
  }

  /// Points that are not in memory.
  private struct Counting: EmbeddingPoints {
    let points: Int
    let dimensions: Int
    func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) {
      for place in buffer.indices { buffer[place] = Float(range.lowerBound * dimensions + place) / 8 }
    }
  }

  @Test("points that are read block by block make the file of the whole table", arguments: TensorFormat.allCases)
  func blocks(format: TensorFormat) throws {
    try withTemporaryDirectory { directory in
      for (points, dimensions) in [(300_001, 4), (5, 3), (2, 600_000)] {
        let streamed = Counting(points: points, dimensions: dimensions)
        try ProjectorBundle.write([.init(name: "x", table: streamed, format: format)], to: directory)
        let whole = try EmbeddingTable(
          points: points, dimensions: dimensions, values: (0..<points * dimensions).map { Float($0) / 8 })
        let path = "\(directory)/embedding/tensors.\(format.fileExtension)"
        #expect(try FileContents.read(path) == whole.encoded(as: format))
      }
    }
  }

  @Test("what fails while points are read leaves the old files") func failure() throws {
    struct Failing: EmbeddingPoints {
      struct Broken: Error {}
      let points = 4
      let dimensions = 3
      func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws { throw Broken() }
    }
    try withTemporaryDirectory { directory in
      try ProjectorBundle.write([.init(name: "x", table: Counting(points: 4, dimensions: 3))], to: directory)
      let before = try Directory.list("\(directory)/embedding")
      #expect(throws: Failing.Broken.self) {
        try ProjectorBundle.write([.init(name: "y", table: Failing())], to: directory)
      }
      #expect(try Directory.list("\(directory)/embedding") == before)
      #expect(
        String(decoding: try FileContents.read("\(directory)/projector_config.pbtxt"), as: UTF8.self).contains("\"x\""))
    }
  }
}
