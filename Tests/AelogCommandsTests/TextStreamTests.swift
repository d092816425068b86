// TextStreamTests.swift
// Printing to readers that go away, and to disks that are full.

import AelogCommands
import Foundation
import Testing

@Suite(.serialized) struct TextStreamTests {
  init() { StopSignals.ignoreWriteSignals() }

  @Test("what is written arrives")
  func arrives() throws {
    let pipe = Pipe()
    let stream = TextStream(descriptor: pipe.fileHandleForWriting.fileDescriptor) { _ in nil }
    #expect(!stream.isTerminal && stream.columns == 80)
    stream.line("épreuve")
    stream.write("x")
    try pipe.fileHandleForWriting.close()
    #expect(try pipe.fileHandleForReading.readToEnd() == Foundation.Data("épreuve\nx".utf8))
  }

  @Test("a reader that went away is no failure, and later writes cost nothing")
  func readerGone() throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let stream = TextStream(descriptor: pipe.fileHandleForWriting.fileDescriptor) { _ in nil }
    stream.line("lost")
    stream.line("lost")
    #expect(stream.failure == nil)
  }

  @Test("a full device is a failure", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func full() throws {
    let file = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    let stream = TextStream(descriptor: file.fileDescriptor) { _ in nil }
    stream.line("lost")
    #expect(stream.failure == ENOSPC)
  }
}
