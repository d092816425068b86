// AcceptedFilesTests.swift
// A path that is not a file does not block the program; a pipe that the user names is read whole.

import Foundation
import TestSupport
import Testing

@testable import ByteStreams

struct AcceptedFilesTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  /// Something that is no regular file at a path.
  static let intruders: [(name: String, got: String)] = [
    ("pipe", "a named pipe"), ("socket", "a socket"), ("zero", "a device"), ("directory", "a directory"),
  ]

  static func intrude(_ name: String, at path: String) throws {
    switch name {
    case "pipe": #expect(mkfifo(path, 0o600) == 0)
    case "socket": try makeSocket(path)
    case "zero": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
    case "loop": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
    default: try Directory.createOne(path)
    }
  }

  private static func makeSocket(_ path: String) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    try #require(bytes.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    #if os(Linux)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let made = socket(AF_UNIX, kind, 0)
    defer { close(made) }
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(made, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(status == 0)
  }

  @Test("nothing but a file is read where nobody has named a pipe", arguments: intruders)
  func reading(name: String, got: String) throws {
    let path = directory.file("x")
    try Self.intrude(name, at: path)
    let start = ContinuousClock.now
    let refusal = FileError.notAFile(path: path, got: got, want: "a regular file", operation: .read)
    #expect(throws: refusal) { try FileContents.read(path) }
    #expect(throws: refusal) { try FileSource(path, from: 3) }
    #expect(ContinuousClock.now - start < .seconds(1))
    #expect("\(refusal)" == "\"\(path)\" is \(got), want a regular file; put one in its place, or give another path")
  }

  @Test("nor written to, in any way", arguments: intruders, [FileSink.Mode.create, .append, .exclusive])
  func writing(_ intruder: (name: String, got: String), mode: FileSink.Mode) throws {
    let path = directory.file("x")
    try Self.intrude(intruder.name, at: path)
    let start = ContinuousClock.now
    #expect(throws: FileError.self) { try FileSink(regular: path, mode) }
    #expect(ContinuousClock.now - start < .seconds(1))
  }

  @Test("nor locked", arguments: intruders) func locking(name: String, got: String) throws {
    try Self.intrude(name, at: directory.file(DirectoryLock.fileName))
    let error = #expect(throws: FileError.self) { try DirectoryLock(directory.path) }
    #expect(error?.path == directory.file(DirectoryLock.fileName))
  }

  @Test func aLoopEnds() throws {
    try Self.intrude("loop", at: directory.file("x"))
    let error = #expect(throws: FileError.self) { try FileContents.read(directory.file("x")) }
    #expect("\(try #require(error))".contains("Too many levels of symbolic links"))
  }

  @Test("sockets, devices and directories are refused for named files too", arguments: ["socket", "zero", "directory"])
  func namedInputs(name: String) throws {
    let path = directory.file("x")
    try Self.intrude(name, at: path)
    for open in [{ _ = try FileSource(path) }, { _ = try RandomAccessFile(path) }] {
      let error = #expect(throws: FileError.self) { try open() }
      #expect("\(try #require(error))".contains("want a regular file or a pipe"))
    }
  }

  @Test("a pipe without a writer, or a reader, is given up") func lonelyPipes() throws {
    let path = directory.file("x")
    try Self.intrude("pipe", at: path)
    for open in [{ _ = try FileSource(path) }, { _ = try RandomAccessFile(path) }] {
      #expect(throws: FileError.unattendedPipe(path: path, operation: .read, seconds: 5)) { try open() }
    }
    #expect(throws: FileError.unattendedPipe(path: path, operation: .write, seconds: 5)) {
      try AtomicFile.replaceOrStream(path, bytes: [1])
    }
  }

  /// Runs a line of bash in the directory beside the test.
  private func bash(_ line: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
    try process.run()
    return process
  }

  @Test(
    "a named pipe is read to its end, however late and slowly it is written",
    arguments: ["printf abc >x", "sleep 1; printf abc >x", "{ sleep 1; printf a; sleep 0.2; printf bc; } >x"])
  func namedPipes(writer: String) throws {
    try Self.intrude("pipe", at: directory.file("x"))
    for read in [
      { path in try FileContents.read(path, accepting: .regularOrPipe) },
      { path in try RandomAccessFile(path).bytes(at: 0, count: 10) },
    ] as [(String) throws -> [UInt8]] {
      let process = try bash(writer)
      #expect(try read(directory.file("x")) == Array("abc".utf8))
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
  }

  @Test func aPipeIsBounded() throws {
    try Self.intrude("pipe", at: directory.file("x"))
    let process = try bash("head -c 300000 /dev/zero >x")
    #expect(throws: FileError.tooLarge(path: directory.file("x"), limit: 200_000)) {
      try FileContents.read(directory.file("x"), limit: 200_000, accepting: .regularOrPipe)
    }
    process.waitUntilExit()
  }

  @Test("outputs go into a pipe, and to a device, but not to a socket") func outputs() throws {
    try Self.intrude("pipe", at: directory.file("x"))
    let process = try bash("sleep 0.5; cat x >got")
    try AtomicFile.replaceOrStream(directory.file("x"), bytes: [7, 8, 9])
    process.waitUntilExit()
    #expect(try FileContents.read(directory.file("got")) == [7, 8, 9])
    try AtomicFile.replaceOrStream("/dev/null", bytes: [1])
    #expect(throws: FileError.self) { try AtomicFile.replaceOrStream("/dev/full", bytes: [1]) }
    try Self.intrude("socket", at: directory.file("s"))
    #expect(throws: FileError.self) { try AtomicFile.replaceOrStream(directory.file("s"), bytes: [1]) }
  }

  @Test func aFileIsWrittenAsBefore() throws {
    let path = directory.file("x")
    for (mode, want) in [(FileSink.Mode.create, "a"), (.append, "aa"), (.create, "a")] {
      let sink = try FileSink(path, mode)
      try sink.write(Array("a".utf8))
      try sink.close()
      #expect(try FileContents.read(path) == Array(want.utf8))
    }
    // Appending goes to the end, wherever that is by then.
    let (first, second) = (try FileSink(path, .append), try FileSink(path, .append))
    for sink in [first, second, first] { try sink.write(Array("b".utf8)) }
    #expect(try FileContents.read(path) == Array("abbb".utf8))
  }
}
