// DirectoryLockTests.swift
// Directories that a process of another machine holds, or held.

import Foundation
import Parallel
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
      for text in ["12 \(HostName.word)\n", "12\n", "x far.away\n", "\n", ""] {
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

  @Test("a holder's file is touched all the time, and no longer than it is held") func kept() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/\(DirectoryLock.fileName)"
      let keeper = LockKeeper(milliseconds: 5)
      func setBack() throws {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSinceNow: -9000)], ofItemAtPath: path)
      }
      func isFresh() throws -> Bool {
        abs(try #require(try FileStatus.of(path)).modified - Date().timeIntervalSince1970) < 20
      }
      // Twice, since the thread ends where nothing is held.
      for _ in 0..<2 {
        let lock = try DirectoryLock(directory, keeper: keeper, tryLock: SystemCalls.tryLock)
        for _ in 0..<3 {
          try setBack()
          for _ in 0..<2000 where try !isFresh() { usleep(5_000) }
          #expect(try isFresh())
        }
        lock.release()
        try file(directory, "12 far.away\n", secondsAgo: 9000)
        usleep(50_000)
        #expect(try !isFresh())
        try FileContents.remove(path)
      }
    }
  }

  @Test("a holder that another machine has taken for dead notices, and leaves the other's file") func takenOver() throws
  {
    try withTemporaryDirectory { directory in
      let other = DirectoryLock.Holder(process: 12, host: "far.away")
      let first = try DirectoryLock(directory)
      try first.check()
      // Locks of the other machine are not seen here.
      let second = try DirectoryLock(directory, owner: other) { _, _ in .taken }
      let error = #expect(throws: FileError.self) { try first.check() }
      #expect(error == .inUseElsewhere(path: directory, process: 12, host: "far.away", seconds: nil))
      try second.check()
      first.release()
      #expect(try Directory.list(directory) == [DirectoryLock.fileName], "it is the other's now")
      try first.check()
    }
  }

  /// A lock on a file system that has none.
  private func withoutLocks(_ directory: String, owner: DirectoryLock.Holder = .thisProcess) throws -> DirectoryLock {
    try DirectoryLock(directory, owner: owner) { _, _ in .unsupported(38) }
  }

  @Test("without locks the file alone holds a directory, as long as its process lives") func unsupported() throws {
    try withTemporaryDirectory { directory in
      let lock = try withoutLocks(directory)
      let own = FileError.inUse(path: directory, holder: SystemCalls.processNumber)
      #expect(throws: own) { try withoutLocks(directory) }
      lock.release()
      #expect(try Directory.list(directory) == [])
      // On this machine the first process lives, and none has the largest number. This process's number was another's.
      let host = HostName.word
      for (text, secondsAgo, isHeld) in [
        ("1 \(host)\n", 0.0, true), ("1 \(host)\n", 4000, false), ("2147483647 \(host)\n", 0, false),
        ("\(SystemCalls.processNumber) \(host)\n", 0, false), ("12 far.away\n", 0, true),
        ("12 far.away\n", 4000, false), ("", 0, false), ("x\n", 0, false),
      ] {
        try file(directory, text, secondsAgo: secondsAgo)
        if isHeld {
          let error = #expect(throws: FileError.self, "\(text)") { try withoutLocks(directory) }
          #expect(FileError.saysInUse(error ?? .gone(path: "")), "\(text)")
        } else {
          try withoutLocks(directory).release()
        }
      }
    }
  }

  @Test("of many that begin at the same moment without locks at most one holds the directory") func together() throws {
    try withTemporaryDirectory { directory in
      let held = Locked<[UInt]>([])
      DispatchQueue.concurrentPerform(iterations: 8) { number in
        let owner = DirectoryLock.Holder(process: Int32(number + 100), host: "host\(number)")
        guard let lock = try? withoutLocks(directory, owner: owner) else { return }
        let bits = UInt(bitPattern: Unmanaged.passRetained(lock).toOpaque())
        held.withLock { $0.append(bits) }
      }
      let locks = held.withLock { $0 }
      #expect(locks.count <= 1)
      for bits in locks {
        if let pointer = UnsafeRawPointer(bitPattern: bits) { Unmanaged<DirectoryLock>.fromOpaque(pointer).release() }
      }
    }
  }

  @Test("a service that is missing is told once") func notices() {
    let notices = FileSystemNotices()
    let lines = Locked<[String]>([])
    notices.note(.locks, path: "a", code: 38)
    notices.tell { line in lines.withLock { $0.append(line) } }
    for path in ["a", "b"] {
      notices.note(.locks, path: path, code: 38)
      notices.note(.sync, path: path, code: 22)
    }
    let told = lines.withLock { $0 }
    #expect(told.count == 2, "\(told)")
    #expect(told[0].contains("\"a\" is on a file system without locks (flock: ") && told[1].contains("power failure"))
  }

  @Test("what is held for a moment is waited for") func patient() throws {
    try withTemporaryDirectory { directory in
      let lock = try DirectoryLock(directory)
      #expect(throws: FileError.self) { try DirectoryLock.waiting(for: directory, seconds: 0.05) }
      nonisolated(unsafe) let held = lock
      Thread.detachNewThread {
        usleep(50_000)
        held.release()
      }
      try DirectoryLock.waiting(for: directory, seconds: 60).release()
    }
  }
}
