// AtomicFileTests.swift
// A file is replaced whole or not at all, and nothing else is left behind.

import ByteStreams
import Foundation
import TestSupport
import Testing

struct AtomicFileTests {
  struct Failure: Error {}
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  @Test func replacesAndMakes() throws {
    let path = directory.file("a")
    try AtomicFile.replace(path, bytes: [1, 2, 3])
    try AtomicFile.replace(path) { sink in
      for byte: UInt8 in [4, 5] { try sink.write([byte]) }
      #expect(try FileContents.read(path) == [1, 2, 3], "the old bytes stand until the new are complete")
    }
    #expect(try FileContents.read(path) == [4, 5])
    #expect(try Directory.list(directory.path) == ["a"])
  }

  @Test func aFailureLeavesTheOldBytesAndNothingElse() throws {
    let path = directory.file("events.out.tfevents.1.host")
    try AtomicFile.replace(path, bytes: [1])
    #expect(throws: Failure.self) {
      try AtomicFile.replace(path) { sink in
        try sink.write([2, 3])
        let names = try Directory.list(directory.path)
        #expect(names.count == 2 && names[0].hasPrefix(".") && !names[0].contains("tfevents"))
        throw Failure()
      }
    }
    #expect(try FileContents.read(path) == [1])
    #expect(try Directory.list(directory.path).count == 1)
  }

  @Test func severalFilesComeTogether() throws {
    try Directory.create(directory.file("d"))
    let files = try ["d/b", "a", "d/c"].map { name in
      try AtomicFile.prepare(directory.file(name)) { try $0.write(Array(name.utf8)) }
    }
    #expect(try Directory.list(directory.path).allSatisfy { $0 == "d" || $0.hasPrefix(".aelog-") })
    try AtomicFile.commit(files)
    #expect(try Directory.list(directory.path) == ["a", "d"] && Directory.list(directory.file("d")) == ["b", "c"])
    #expect(try FileContents.read(directory.file("d/c")) == Array("d/c".utf8))
    try AtomicFile.commit(files)
    try AtomicFile.replace(directory.file("a"), bytes: [7], isDurable: false)
    #expect(try FileContents.read(directory.file("a")) == [7] && Directory.list(directory.path) == ["a", "d"])
  }

  @Test func secondNames() throws {
    let (one, two) = (directory.file("one"), directory.file("two"))
    try AtomicFile.replace(one, bytes: [1])
    try AtomicFile.replace(two, bytes: [2])
    #expect(try AtomicFile.link([(one, two)]))
    #expect(try FileContents.read(two) == [1])
    try AtomicFile.replace(one, bytes: [3])
    #expect(try FileContents.read(two) == [1], "a file is replaced under one name")
    #expect(throws: FileError.self) { try AtomicFile.link([(directory.file("none"), two)]) }
  }

  @Test func aFileThatNothingWaitsFor() throws {
    try [UInt8]([1, 2]).withUnsafeBytes { try AtomicFile.replaceWithoutSync(directory.file("a"), $0) }
    try [UInt8]([3]).withUnsafeBytes { try AtomicFile.replaceWithoutSync(directory.file("a"), $0) }
    #expect(try FileContents.read(directory.file("a")) == [3] && Directory.list(directory.path) == ["a"])
  }

  @Test func aDirectoryInTheWayIsRefused() throws {
    let path = directory.file("d")
    try Directory.create(path)
    #expect(throws: FileError.self) { try AtomicFile.replace(path, bytes: [1]) }
    #expect(try Directory.list(directory.path) == ["d"])
  }

  @Test func aMissingDirectoryIsNamed() throws {
    let path = directory.file("none/a")
    let error = #expect(throws: FileError.self) { try AtomicFile.replace(path, bytes: []) }
    #expect(error?.path == path)
  }

  @Test func theModeFollowsTheMask() throws {
    try AtomicFile.replace(directory.file("a"), bytes: [])
    try FileSink(directory.file("b")).close()
    let modes = try ["a", "b"].map {
      try FileManager.default.attributesOfItem(atPath: directory.file($0))[.posixPermissions] as? Int
    }
    #expect(modes[0] == modes[1])
    #expect(modes[0].map { $0 & 0o600 == 0o600 && $0 & 0o111 == 0 } == true)
  }
}
