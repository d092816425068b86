// TornTailTests.swift
// A repair moves the torn end of a file to a side file, and nothing else, and fills no disk with zeros.

import ByteStreams
import Foundation
import TestSupport
import Testing

@testable import EventFiles

@Suite struct TornTailTests {
  @Test("the remains of a power failure are moved aside: zeros, and damaged records with nothing whole after them")
  func powerFailures() throws {
    let whole = RuleTests.file(RuleTests.scalars([0, 1]))
    var damaged = Array(RuleTests.file(RuleTests.scalars([0, 1, 2])).dropFirst(whole.count))
    damaged[damaged.count - 7] ^= 1
    let zeros = [UInt8](repeating: 0, count: 70_000)
    for tail in [[0], zeros, [9, 0, 0] + zeros, damaged, damaged + zeros, damaged + damaged + [1]] {
      try withTemporaryDirectory { directory in
        let path = "\(directory)/events.out.tfevents.1"
        try AtomicFile.replace(path, bytes: whole + tail)
        let found = try LogDirectory(directory).verify().tornTails
        #expect(found == [TornTail(file: path, offset: whole.count, count: tail.count)])
        // An earlier repair was interrupted after it had written the side file.
        try AtomicFile.replace(found[0].sidePath, bytes: tail)
        try found[0].repair()
        #expect(try FileContents.read(path) == whole && FileContents.read(found[0].sidePath) == tail)
        #expect(try LogDirectory(directory).verify().findings.isEmpty)
        try AtomicFile.replace(path, bytes: whole + [7])
        try AtomicFile.replace(found[0].sidePath, bytes: [8])
        let other = TornTail(file: path, offset: whole.count, count: 1)
        #expect(throws: FileError.alreadyExists(path: other.sidePath)) { try other.repair() }
      }
    }
    try withTemporaryDirectory { directory in
      // Followed by other bytes, they are not the end of the file.
      try AtomicFile.replace("\(directory)/events.out.tfevents.1", bytes: whole + damaged + zeros + [1])
      #expect(try LogDirectory(directory).verify().tornTails.isEmpty)
    }
  }

  @Test func tornTailsAreMovedAside() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/events.out.tfevents.1.tfevents"
      let whole = RuleTests.file(RuleTests.scalars([0, 1]))
      try AtomicFile.replace(path, bytes: whole + [1, 2, 3])
      let tail = try #require(try LogDirectory(directory).verify().tornTails.first)
      #expect(tail == TornTail(file: path, offset: whole.count, count: 3))
      #expect(!Directory.lastPart(of: tail.sidePath).contains("tfevents"))
      let lock = try DirectoryLock(directory)
      #expect(throws: FileError.self) { try tail.repair() }
      lock.release()
      if getuid() != 0 {
        #expect(chmod(path, 0o444) == 0)
        #expect(throws: FileError.self) { try tail.repair() }
        #expect(try FileStatus.of(tail.sidePath) == nil && chmod(path, 0o644) == 0)
      }
      try tail.repair()
      #expect(try FileContents.read(path) == whole && FileContents.read(tail.sidePath) == [1, 2, 3])
      #expect(try LogDirectory(directory).verify().findings.isEmpty)
      #expect(throws: EventFileError.changed(path: path)) { try tail.repair() }
    }
  }
}

@Suite struct HoleTests {
  /// Bytes that a file takes on its disk.
  private func stored(_ path: String) throws -> Int {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return Int(status.st_blocks) * 512
  }

  private static func file() -> [UInt8] {
    var file = EventFileBytes()
    file.add(.scalar("s", 1, metadata: .metadata("scalars", 1)), step: 0)
    return file.bytes
  }

  @Test("a hole of two gibibytes stays one, and what is stored in it stays where it was")
  func holes() throws {
    let (whole, hole) = (Self.file(), 2 << 30)
    for bytes in [[], [7, 0, 9]] as [[UInt8]] {
      try withTemporaryDirectory { directory in
        let path = "\(directory)/a.tfevents"
        try AtomicFile.replace(path, bytes: whole)
        let sink = try FileSink(path, .append)
        try sink.truncate(to: whole.count + hole)
        try sink.write(bytes)
        try sink.close()
        let size = hole + bytes.count
        let tail = TornTail(file: path, offset: whole.count, count: size)
        #expect(try LogDirectory(directory).verify().tornTails == (bytes.isEmpty ? [tail] : []))
        try tail.repair()
        #expect(try FileContents.read(path) == whole)
        #expect(try FileStatus.of(tail.sidePath)?.size == size)
        #expect(try stored(tail.sidePath) < 1 << 20)
        let last = try RandomAccessFile(tail.sidePath).bytes(at: size - 3, count: 3)
        #expect(last == (bytes.isEmpty ? [0, 0, 0] : bytes))
        // A repair that was interrupted between its two steps is completed.
        let again = try FileSink(path, .append)
        try again.truncate(to: whole.count + hole)
        try again.write(bytes)
        try again.close()
        try tail.repair()
        #expect(try FileContents.read(path) == whole)
      }
    }
  }

  @Test("zeros between bytes are kept", arguments: [1, 65_535, 65_536, 65_537, 200_000])
  func zerosBetween(count: Int) throws {
    let whole = Self.file()
    let tail = [1, 2] + [UInt8](repeating: 0, count: count) + [3] + [UInt8](repeating: 0, count: count)
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.tfevents"
      try AtomicFile.replace(path, bytes: whole + tail)
      let torn = TornTail(file: path, offset: whole.count, count: tail.count)
      try torn.repair()
      #expect(try FileContents.read(torn.sidePath) == tail && FileContents.read(path) == whole)
    }
  }
}
