// FileSinkTests.swift
// Bytes written to files and memory arrive, in order, under every mode.

import ByteStreams
import Foundation
import TestSupport
import Testing

struct FileSinkTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  @Test func writesAndAppends() throws {
    let path = directory.file("a")
    let first = try FileSink(path)
    try first.write([1, 2, 3])
    try first.write([])
    try first.sync()
    try first.close()
    try first.close()
    #expect(try FileContents.read(path) == [1, 2, 3])
    let second = try FileSink(path, .append)
    try second.write([4])
    try second.close()
    #expect(try FileContents.read(path) == [1, 2, 3, 4])
    let third = try FileSink(path, .create)
    try third.write([9])
    #expect(try FileContents.read(path) == [9], "unbuffered: seen before the close")
  }

  @Test func exclusiveRefusesWhatIsThere() throws {
    let path = directory.file("a")
    try FileSink(path, .exclusive).close()
    #expect(throws: FileError.alreadyExists(path: path)) { try FileSink(path, .exclusive) }
  }

  /// Without care the second write would end this process by SIGPIPE.
  @Test func aPipeThatNobodyReadsIsAnErrorAndNoSignal() throws {
    let path = directory.file("pipe")
    try #require(mkfifo(path, 0o600) == 0)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    let sink = try FileSink(path, .append)
    try sink.write([1, 2, 3])
    close(reader)
    for _ in 0..<2 {
      #expect(throws: FileError.system(operation: .write, path: path, code: EPIPE)) { try sink.write([4]) }
    }
    var pending = sigset_t()
    sigpending(&pending)
    #expect(sigismember(&pending, SIGPIPE) == 0)
  }

  @Test func aFullDeviceIsReported() throws {
    let sink = try FileSink("/dev/full", .append)
    let error = #expect(throws: FileError.self) { try sink.write([1]) }
    #expect(
      error.map { "\($0)" }
        == "cannot write \"/dev/full\": No space left on device; free some space or choose another directory")
  }

  @Test func aMissingDirectoryIsReported() throws {
    let path = directory.file("none/a")
    let error = #expect(throws: FileError.self) { try FileSink(path) }
    #expect(error.map { "\($0)" } == "cannot open \"\(path)\": No such file or directory; check the path")
  }

  @Test func aNameWithAZeroByteIsRefused() {
    #expect(throws: FileError.self) { try FileSink("/tmp/a\0b") }
  }

  @Test func theGenericInterfaceWrites() throws {
    func fill<Sink: ByteSink>(_ sink: inout Sink) throws { try sink.write([5, 6]) }
    var memory = MemorySink()
    try fill(&memory)
    memory.write([7])
    #expect(memory.bytes == [5, 6, 7])
    var file = try FileSink(directory.file("b"))
    try fill(&file)
    #expect(try FileContents.read(directory.file("b")) == [5, 6])
  }
}
