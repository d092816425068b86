// TextNumbersTests.swift

import ByteStreams
import TestSupport
import Testing

@testable import ArrayFiles

struct TextNumbersTests {
  private func read(_ text: String, _ name: String = "x.tsv") throws -> TextNumbers {
    try withTemporaryDirectory { directory in
      try WholeFile.replace("\(directory)/\(name)", bytes: Array(text.utf8))
      return try TextNumbers("\(directory)/\(name)")
    }
  }

  @Test("numbers between tabs, commas or semicolons, with a first line of names or without") func numbers() throws {
    for (name, text) in [
      ("x.tsv", "1\t-2.5e3\n\n0.1\tnan\n"), ("x.csv", "a,b\n1,-2500\r\n.1,NaN"), ("x.txt", " 1 ;-2500\n1e-1;nan\n"),
    ] {
      let read = try read(text, name)
      #expect((read.rows, read.columns) == (2, 2))
      #expect(Array(read.values.prefix(3)) == [1, -2500, 0.1] && read.values[3].isNaN)
    }
    #expect(try read("5\n6\n7\n").columns == 1)
    #expect(try read("1e99\t-1e99\n").values == [.infinity, -.infinity])
  }

  @Test(
    "what is no number is told with line and column",
    arguments: [
      ("1\t2\n3\tx\n", "line 2, column 1: got \"x\""), ("1\t2\n3\t\n", "line 2, column 1: got \"\""),
      ("1\t2\n3\n", "line 2: got 1 cells, want 2"),
      ("a\tb\nc\td\n", "line 2, column 0: got \"c\""), ("a\tb\n", "no row of numbers"), ("", "no row of numbers"),
      ("1\t2\n3\t4 5\n", "got \"4 5\""), ("1\n0x\u{1B}\n", "got \"0x\\u{1B}\""),
    ])
  func refused(text: String, says: String) {
    let error = #expect(throws: ArrayFileError.self) { try read(text) }
    #expect(error?.description.contains(says) == true, "\(error as Any)")
  }

  @Test("every float32 reads back from its text") func roundTrip() throws {
    var bits: UInt32 = 1
    var numbers: [Float] = []
    for _ in 0..<20_000 {
      bits = bits &* 747_796_405 &+ 2_891_336_453
      let number = Float(bitPattern: bits)
      if number.isFinite { numbers.append(number) }
    }
    let text = numbers.map { "\($0)\n" }.joined()
    #expect(try read(text).values.map(\.bitPattern) == numbers.map(\.bitPattern))
  }
}
