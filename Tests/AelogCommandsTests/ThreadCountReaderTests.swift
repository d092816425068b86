// ThreadCountReaderTests.swift
// Tests that lines of the input change the number of threads.

import Foundation
import Parallel
import Tensors
import Testing

@testable import AelogCommands

@Suite struct ThreadCountReaderTests {
  @Test(
    "each line is a number of threads; other lines are ignored",
    arguments: [
      ("3\n", 3), ("3\n2\n", 2), ("4\nx\n", 4), ("4\n0\n", 4), ("4\n-1\n\n", 4), ("99\n", 8), ("5", 1),
      ("2\n\u{0}\u{1b}[2J\n", 2), ("3\n" + String(repeating: "7", count: 1000) + "\n", 3), ("", 1),
    ])
  func lines(input: String, threads: Int) throws {
    let (pipe, allowance) = (Pipe(), ThreadAllowance(1, most: 8))
    try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try pipe.fileHandleForWriting.close()
    ThreadCountReader.read(from: pipe.fileHandleForReading, for: allowance)
    #expect(allowance.now == threads)
  }
}
