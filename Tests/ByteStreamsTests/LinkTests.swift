// LinkTests.swift
// No file is changed under a name that nobody has asked for: links are refused, and so are files of several names.

import Foundation
import TestSupport
import Testing

@testable import ByteStreams

struct LinkTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private func link(_ name: String, to target: String) throws -> String {
    try FileManager.default.createSymbolicLink(
      atPath: directory.file(name), withDestinationPath: target.hasPrefix("/") ? target : directory.file(target))
    return directory.file(name)
  }

  @Test("a symbolic link is not followed, whatever it leads to", arguments: [FileSink.Mode.create, .append])
  func symbolicLinks(_ mode: FileSink.Mode) throws {
    try AtomicFile.replace(directory.file("target"), bytes: [1, 2, 3])
    for name in ["target", "nothing", "/dev/null"] {
      let path = try link("link", to: name)
      #expect(throws: FileError.link(path: path), "\(name)") { try FileSink(path, mode) }
      try FileContents.remove(path)
    }
    #expect(try FileContents.read(directory.file("target")) == [1, 2, 3])
    #expect(try Directory.list(directory.path) == ["target"])
    let text = "\(FileError.link(path: "a/b"))"
    #expect(text.contains("\"a/b\" is a symbolic link") && text.contains("remove the link"))
  }

  @Test("a file of several names is not changed under any of them", arguments: [FileSink.Mode.create, .append])
  func hardLinks(_ mode: FileSink.Mode) throws {
    let (one, two) = (directory.file("one"), directory.file("two"))
    try AtomicFile.replace(one, bytes: [1, 2, 3])
    #expect(try AtomicFile.link([(one, two)]))
    for path in [one, two] {
      #expect(throws: FileError.severalNames(path: path, count: 2)) { try FileSink(path, mode) }
    }
    #expect(try FileContents.read(two) == [1, 2, 3])
    let text = "\(FileError.severalNames(path: "a", count: 2))"
    #expect(text.contains("\"a\" has 2 names (hard links)") && text.contains("copy it"))
    // The message's advice works.
    try AtomicFile.replace(one, bytes: FileContents.read(one))
    let sink = try FileSink(one, mode)
    try sink.write([9])
    try sink.close()
    #expect(try FileContents.read(two) == [1, 2, 3])
    #expect(try FileContents.read(one) == (mode == .create ? [9] : [1, 2, 3, 9]))
  }

  @Test func devicesAndFilesThatAUserNamesAreFollowed() throws {
    try FileSink("/dev/null").close()
    try AtomicFile.replace(directory.file("target"), bytes: [1])
    try AtomicFile.replaceOrStream(try link("link", to: "target"), bytes: [2])
    #expect(try FileContents.read(directory.file("target")) == [2])
    try AtomicFile.replaceOrStream(try link("device", to: "/dev/null"), bytes: [2])
    #expect(try FileStatus.of(directory.file("device"), followsLinks: false)?.kind == .link)
  }

  @Test("a lock file that is a link, or has another name, is refused")
  func locks() throws {
    let lock = directory.file("run/\(DirectoryLock.fileName)")
    try Directory.create(directory.file("run"))
    try AtomicFile.replace(directory.file("target"), bytes: [1, 2, 3])
    _ = try link("run/\(DirectoryLock.fileName)", to: "target")
    #expect(throws: FileError.link(path: lock)) { try DirectoryLock(directory.file("run")) }
    try FileContents.remove(lock)
    #expect(try AtomicFile.link([(directory.file("target"), lock)]))
    #expect(throws: FileError.severalNames(path: lock, count: 2)) { try DirectoryLock(directory.file("run")) }
    #expect(try FileContents.read(directory.file("target")) == [1, 2, 3])
  }

  @Test("folders of a run are no links; the run itself may be one")
  func folders() throws {
    try Directory.create(directory.file("elsewhere"))
    try Directory.create(directory.file("run/plain"))
    let (inside, run) = (try link("run/link", to: "elsewhere"), try link("also", to: "run"))
    #expect(throws: FileError.link(path: inside)) { try Directory.createDurable(inside) }
    #expect(throws: FileError.link(path: inside)) { try Directory.refuseLink(inside) }
    for path in ["link", "link/deep", "link/"] {
      #expect(throws: FileError.link(path: inside)) { try Directory.create(path, inside: directory.file("run")) }
    }
    #expect(try Directory.create("plain/new/deep", inside: run) == "\(run)/plain/new/deep")
    #expect(Directory.exists(directory.file("run/plain/new/deep")))
    try AtomicFile.replace(directory.file("run/file"), bytes: [])
    #expect(throws: FileError.notADirectory(path: "\(run)/file")) { try Directory.create("file/x", inside: run) }
    #expect(try Directory.list(directory.file("elsewhere")) == [])
  }
}
