// DirectoryLockTests.swift
// Directories that a process of another machine holds, or held.

import Foundation
import TestSupport
import Testing

@testable import ByteStreams

@Suite struct DirectoryLockTests {
  private func file(_ directory: String, _ text: String, secondsAgo: Double) throws {
    let path = "\(directory)/\(DirectoryLock.fileName)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -secondsAgo)], ofItemAtPath: path)
  }

  @Test("a file that another machine's process has just touched holds the directory")
  func alive() throws {
    try withTemporaryDirectory { directory in
      for seconds in [0, 100, -100] as [Double] {
        try file(directory, "12 far.away\n", secondsAgo: seconds)
        let error = #expect(throws: FileError.self) { try DirectoryLock(directory) }
        guard case .inUseElsewhere(directory, 12, "far.away", let age?) = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
        #expect(abs(age - seconds) < 20)
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("process 12 on \"far.away\"") && text.contains("120 s"), "\(text)")
        #expect(FileError.saysInUse(error ?? .gone(path: "")))
      }
      #expect(try Directory.list(directory) == [DirectoryLock.fileName])
    }
  }

  @Test("a silent one does not, and it is said from whom the directory was taken; nor does one of this machine")
  func silent() throws {
    try withTemporaryDirectory { directory in
      for seconds in [4000, -4000] as [Double] {
        try file(directory, "12 far.away\n", secondsAgo: seconds)
        let lock = try DirectoryLock(directory)
        #expect(lock.takenFrom?.host == "far.away" && lock.takenFrom?.process == 12)
        #expect(abs((lock.takenFrom?.seconds ?? 0) - seconds) < 20)
        lock.release()
      }
      for text in ["12 \(SystemCalls.hostName)\n", "12\n", "x far.away\n", "\n", ""] {
        try file(directory, text, secondsAgo: 0)
        let lock = try DirectoryLock(directory)
        #expect(lock.takenFrom == nil, "\(text)")
        lock.release()
      }
    }
  }

  @Test("a holder says that it lives") func refreshed() throws {
    try withTemporaryDirectory { directory in
      let lock = try DirectoryLock(directory)
      let path = "\(directory)/\(DirectoryLock.fileName)"
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -9000)], ofItemAtPath: path)
      lock.refresh()
      let modified = try #require(try FileStatus.of(path)).modified
      #expect(abs(modified - Date().timeIntervalSince1970) < 20)
      lock.release()
      lock.refresh()
    }
  }

  @Test("what is held for a moment is waited for") func patient() throws {
    try withTemporaryDirectory { directory in
      let lock = try DirectoryLock(directory)
      #expect(throws: FileError.self) { try DirectoryLock.patiently(directory, seconds: 0.05) }
      nonisolated(unsafe) let held = lock
      Thread.detachNewThread {
        usleep(50_000)
        held.release()
      }
      try DirectoryLock.patiently(directory, seconds: 60).release()
    }
  }
}
