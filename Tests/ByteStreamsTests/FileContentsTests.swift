// FileContentsTests.swift
// Whole files and pipes are read, limits hold, sources give what was written.

import ByteStreams
import TestSupport
import Testing

struct FileContentsTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  @Test("every size around the buffers", arguments: [0, 1, 2, 4095, 4096, 262_143, 262_144, 262_145, 700_000])
  func reads(size: Int) throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let path = directory.file("a")
    try AtomicFile.replace(path, bytes: bytes)
    #expect(try FileContents.read(path) == bytes)
    #expect(try FileContents.read(path, limit: size) == bytes)
    if size > 0 {
      #expect(throws: FileError.tooLarge(path: path, limit: size - 1)) { try FileContents.read(path, limit: size - 1) }
    }
  }

  #if os(Linux)
    @Test func aFileThatClaimsNothingIsReadWhole() throws {
      // The kernel says that files in /proc have 0 bytes.
      #expect(try FileContents.read("/proc/self/status").count > 100)
    }
  #endif

  @Test func aDirectoryIsNotAFile() throws {
    let error = #expect(throws: FileError.self) { try FileContents.read(directory.path) }
    #expect(
      error.map { "\($0)" }
        == "\"\(directory.path)\" is a directory, want a regular file; put one in its place, or give another path")
  }

  @Test func aSourceGivesWhatIsAppendedLater() throws {
    let path = directory.file("grows")
    let sink = try FileSink(path)
    let source = try FileSource(path)
    var buffer = [UInt8](repeating: 0, count: 8)
    #expect(try buffer.withUnsafeMutableBytes { try source.read(into: $0) } == 0)
    try sink.write([1, 2])
    #expect(try buffer.withUnsafeMutableBytes { try source.read(into: $0) } == 2)
    #expect(buffer == [1, 2, 0, 0, 0, 0, 0, 0])
    #expect(try buffer.withUnsafeMutableBytes { try source.read(into: $0) } == 0)
  }

  @Test("memory is given in pieces of any size", arguments: 1...8)
  func memory(piece: Int) {
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7]
    var source = MemorySource(bytes)
    var seen: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: piece)
    while case let count = buffer.withUnsafeMutableBytes({ source.read(into: $0) }), count > 0 {
      seen += buffer[..<count]
    }
    #expect(seen == bytes)
    #expect(source.offset == 7)
  }

  @Test func aScriptIsFollowed() throws {
    var source = ScriptedSource(chunks: [[1, 2, 3], [], [4]], failure: FileError.notADirectory(path: "x"))
    var buffer = [UInt8](repeating: 0, count: 2)
    var counts: [Int] = []
    for _ in 0..<4 { counts.append(try buffer.withUnsafeMutableBytes { try source.read(into: $0) }) }
    #expect(counts == [2, 1, 0, 1])
    #expect(throws: FileError.notADirectory(path: "x")) {
      try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
    }
  }
}
