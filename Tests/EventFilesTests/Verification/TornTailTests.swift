// TornTailTests.swift
// Torn ends of files are moved into files beside them, and nothing else is.

import ByteStreams
import Foundation
import TestSupport
import Testing

@testable import EventFiles

@Suite struct TornTailTests {
  @Test("what a power failure leaves is moved aside: zeros, and damaged records with nothing whole behind them")
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
        // The repair was cut off before, after it had written what is saved.
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
      // With something behind them they are no end.
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
