// DirectoryTests.swift
// Directories are made, listed and held by one holder at a time.

@testable import ByteStreams
import Foundation
import TestSupport
import Testing

struct DirectoryTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  @Test func madeWithThoseAbove() throws {
    let deep = directory.file("a/b//c/")
    try Directory.create(deep)
    try Directory.create(deep)
    #expect(Directory.exists(directory.file("a/b/c")))
    try Directory.createNew(directory.file("x/y"))
    #expect(throws: FileError.alreadyExists(path: directory.file("x/y"))) {
      try Directory.createNew(directory.file("x/y"))
    }
    #expect(try Directory.list(directory.path) == ["a", "x"])
    try Directory.removeEmpty(directory.file("x/y"))
    #expect(throws: FileError.self) { try Directory.removeEmpty(directory.file("a")) }
  }

  @Test func aFileInTheWayIsRefused() throws {
    try AtomicFile.replace(directory.file("f"), bytes: [1])
    #expect(throws: FileError.notADirectory(path: directory.file("f"))) { try Directory.create(directory.file("f")) }
    #expect(throws: FileError.self) { try Directory.create(directory.file("f/g")) }
    #expect(throws: FileError.alreadyExists(path: directory.file("f"))) { try Directory.createNew(directory.file("f")) }
    #expect(!Directory.exists(directory.file("f")))
    #expect(throws: FileError.self) { try Directory.list(directory.file("f")) }
  }

  @Test func statusTellsKinds() throws {
    try AtomicFile.replace(directory.file("f"), bytes: [1, 2])
    #expect(try FileStatus.of(directory.path)?.kind == .directory)
    #expect(try FileStatus.of(directory.file("f"))?.kind == .regular)
    #expect(try FileStatus.of(directory.file("f"))?.size == 2)
    #expect(try FileStatus.of("/dev/null")?.kind == .other)
    #expect(try FileStatus.of(directory.file("g")) == nil)
  }

  @Test(
    "paths fall into their parts",
    arguments: [
      ("a", ".", "a"), ("a/b", "a", "b"), ("/a", "/", "a"), ("/a/b/", "/a", "b"), ("a//b", "a", "b"), ("/", "/", ""),
      ("ü/é", "ü", "é"), ("a/\u{301}", "a", "\u{301}"),
    ])
  func parts(path: String, parent: String, last: String) {
    #expect(Directory.parent(of: path) == parent)
    #expect(Directory.lastPart(of: path) == last)
  }

  @Test func joins() {
    #expect(Directory.join("a", "b") == "a/b")
    #expect(Directory.join("a/", "b") == "a/b")
    #expect(Directory.join("a", "/b") == "/b")
    #expect(Directory.join("", "b") == "b")
  }

  @Test func oneHolderAtATime() throws {
    let here = ProcessInfo.processInfo.processIdentifier
    let lock = try DirectoryLock(directory.path)
    let error = #expect(throws: FileError.inUse(path: directory.path, holder: here)) {
      try DirectoryLock(directory.path)
    }
    #expect(error.map { "\($0)" }?.contains("in use by process \(here)") == true)
    lock.release()
    lock.release()
    #expect(try Directory.list(directory.path) == [])
    var second: DirectoryLock? = try DirectoryLock(directory.path)
    #expect(second != nil)
    second = nil
    _ = try DirectoryLock(directory.path)
  }

  @Test func aFileLeftByADeadProcessDoesNotBlock() throws {
    try AtomicFile.replace(directory.file(DirectoryLock.fileName), bytes: Array("999999999999999999999\n".utf8))
    let lock = try DirectoryLock(directory.path)
    let text = try FileContents.read(directory.file(DirectoryLock.fileName))
    let here = ProcessInfo.processInfo.processIdentifier
    #expect(String(decoding: text, as: UTF8.self) == "\(here) \(HostName.word)\n")
    lock.release()
  }

  @Test func aMissingDirectoryCannotBeHeld() throws {
    #expect(throws: FileError.self) { try DirectoryLock(directory.file("none")) }
  }

  @Test("threads that ask at once never hold it together")
  func threads() async throws {
    let path = directory.path
    let holders = Holders()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var taken = 0
          for _ in 0..<1000 {
            guard let lock = try? DirectoryLock(path) else { continue }
            await holders.enter()
            taken += 1
            await Task.yield()
            await holders.leave()
            lock.release()
          }
          return taken
        }
      }
      var taken = 0
      for try await count in group { taken += count }
      #expect(taken > 0)
    }
    #expect(await holders.most == 1)
  }

  actor Holders {
    var now = 0
    var most = 0
    func enter() {
      now += 1
      most = max(most, now)
    }
    func leave() { now -= 1 }
  }
}
