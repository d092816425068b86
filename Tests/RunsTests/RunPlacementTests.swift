// RunPlacementTests.swift
// A new run gets its own directory, and no name leads out of the log directory.

import ByteStreams
import Synchronization
import TestSupport
import Testing

@testable import Probes
@testable import Runs

@Suite struct RunPlacementTests {
  @Test(arguments: [
    "", ".", "..", "../x", "a/b", "/x", "a/", ".hidden", "a\nb", "a\u{1B}[2J", "a\u{202E}b", "a b", "a\u{A0}b", "a&b",
    "a#b",
    "a/\u{301}b", ".\u{301}x", "x.tfevents\u{301}",
    "a+b", "a%b", "a?b", "a\\b", "x.tfevents.y", "tfevents", String(repeating: "x", count: 241), "a\u{0}b",
  ])
  func badNames(name: String) throws {
    try withTemporaryDirectory { directory in
      let error = #expect(throws: RunError.self) {
        try RunPlacement.create(logdir: directory, name: name)
      }
      let text = try #require(error?.description)
      #expect(text.hasPrefix("--name \"") && text.unicodeScalars.allSatisfy { $0.value >= 32 })
      #expect(try Directory.list(directory) == [])
    }
  }

  @Test(arguments: ["a", "convolutional-16-8-8", "x.y_z-1", "é", "a..b", String(repeating: "x", count: 240)])
  func goodNames(name: String) throws {
    try withTemporaryDirectory { directory in
      let path = try RunPlacement.create(logdir: directory, name: name).path
      #expect(path == "\(directory)/\(name)")
      #expect(try Directory.list(directory) == [name])
    }
  }

  @Test func takenNamesAreNumbered() throws {
    try withTemporaryDirectory { directory in
      let logdir = "\(directory)/not/there/yet"
      for name in ["run", "run-2", "run-3"] {
        #expect(try RunPlacement.choose(logdir: logdir, name: "run").name == name)
        #expect(try RunPlacement.create(logdir: logdir, name: "run").name == name)
      }
      try AtomicFile.replace("\(logdir)/run-4", bytes: [])
      #expect(try RunPlacement.create(logdir: logdir, name: "run").name == "run-5")
    }
  }

  @Test func aFileIsNoLogDirectory() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/file"
      try AtomicFile.replace(path, bytes: [1])
      #expect(throws: FileError.notADirectory(path: path)) { try RunPlacement.create(logdir: path, name: "run") }
      #expect(try FileContents.read(path) == [1])
    }
  }

  @Test func aNewDirectoryIsRemovedWithAllInIt() throws {
    try withTemporaryDirectory { directory in
      let placement = try RunPlacement.create(logdir: directory, name: "run")
      try Directory.create("\(placement.path)/eval/deeper")
      for name in ["a", ".hidden", "eval/b", "eval/deeper/c"] {
        try AtomicFile.replace("\(placement.path)/\(name)", bytes: [1])
      }
      placement.remove()
      #expect(try Directory.list(directory) == [])
    }
  }
}
