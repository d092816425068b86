// LockHolder.swift
// Names the process that holds a directory, tells whether it lives, and shows that this one does.

import Parallel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension DirectoryLock {
  /// A holder on another machine that has given no sign of life for `seconds`.
  package struct SilentHolder: Equatable, Sendable {
    package let process: Int32
    package let host: String
    package let seconds: Double
  }

  /// The process that a lock file names in its first line.
  struct Holder: Equatable {
    let process: Int32
    /// The machine's name; nil if the file has none.
    let host: String?

    static var thisProcess: Holder { Holder(process: SystemCalls.processNumber, host: HostName.word) }

    init(process: Int32, host: String?) { (self.process, self.host) = (process, host) }

    /// Reads an open lock file; nil if it names no process.
    init?(of descriptor: Int32, path: String) {
      let line = withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer -> String? in
        guard let count = try? SystemCalls.readSome(descriptor, at: 0, buffer, path: path) else { return nil }
        return String(decoding: buffer[..<count].prefix { $0 != 10 }, as: UTF8.self)
      }
      let words = line?.split(separator: " ") ?? []
      guard let process = words.first.flatMap({ Int32($0) }) else { return nil }
      self.init(process: process, host: words.count > 1 ? String(words[1]) : nil)
    }

    var text: String { "\(process) \(host ?? "")\n" }

    func write(to descriptor: Int32, path: String) throws {
      try SystemCalls.truncate(descriptor, path: path)
      let bytes = Array(text.utf8)
      try bytes.withUnsafeBytes { try SystemCalls.writeAll(descriptor, $0, path: path) }
    }
  }

  /// Returns the error that says who holds the directory.
  static func inUse(_ directory: String, by holder: Holder?) -> FileError {
    guard let holder, let host = holder.host, host != HostName.word else {
      return .inUse(path: directory, holder: holder?.process)
    }
    return .inUseElsewhere(path: directory, process: holder.process, host: host, seconds: nil)
  }

  /// Returns whether the holder is a living process of this machine, on a file system without locks. If another process has got its
  /// number meanwhile, the answer is wrong for `staleSeconds` at most.
  static func isAlive(
    _ holder: Holder, _ identity: FileStatus.Identity, _ keeper: LockKeeper, _ descriptor: Int32, _ file: String,
    _ directory: String
  ) throws -> Bool {
    if let host = holder.host, host != HostName.word { return false }
    if holder.process == SystemCalls.processNumber { return keeper.holds(identity) }
    guard SystemCalls.hasProcess(holder.process) else { return false }
    return try abs(silence(descriptor, file, directory)) < staleSeconds
  }

  /// Returns the process that the file names, if it is on another machine and has been silent for `staleSeconds`.
  /// - Throws: `FileError.inUseElsewhere` if it has given a sign of life since.
  static func silentHolder(_ descriptor: Int32, file: String, directory: String) throws -> SilentHolder? {
    guard let holder = Holder(of: descriptor, path: file), let host = holder.host, host != HostName.word else {
      return nil
    }
    let seconds = try silence(descriptor, file, directory)
    // A time far in the future was written before the clock was set back.
    if abs(seconds) < staleSeconds {
      throw FileError.inUseElsewhere(path: directory, process: holder.process, host: host, seconds: seconds)
    }
    return SilentHolder(process: holder.process, host: host, seconds: seconds)
  }

  /// Returns the seconds since the lock file was touched, by the clock of its file system.
  private static func silence(_ descriptor: Int32, _ file: String, _ directory: String) throws -> Double {
    try fileSystemTime(in: directory) - SystemCalls.status(of: descriptor, path: file).modified
  }

  /// Returns the file system's time now: that of a file made for this purpose.
  private static func fileSystemTime(in directory: String) throws -> Double {
    let file = Directory.join(directory, AtomicFile.temporaryName())
    let descriptor = try SystemCalls.openFile(file, for: .creatingNew, path: file)
    defer {
      try? SystemCalls.closeFile(descriptor, path: file)
      try? SystemCalls.removeFile(file)
    }
    return try SystemCalls.status(of: descriptor, path: file).modified
  }
}

/// Touches the lock files that this process holds, so that other machines see that it lives.
///
/// A thread of its own does so, and ends when there is no lock. A slow step, a long layout or a hung terminal does not stop it.
/// A forked process begins without locks: they are the parent's.
final class LockKeeper: Sendable {
  static let shared = LockKeeper(milliseconds: Int32(DirectoryLock.staleSeconds / 4) * 1000)

  private struct Lock {
    let descriptor: Int32
    let path: String
  }

  private struct State {
    var locks: [FileStatus.Identity: Lock] = [:]
    var isRunning = false
  }

  private let state = Locked(State())
  private let milliseconds: Int32

  /// - Parameter milliseconds: from one touch to the next.
  init(milliseconds: Int32) { self.milliseconds = milliseconds }

  /// Nobody holds the lock at the moment of a fork, so that the child finds it free.
  private static let isForkAware: Void = {
    pthread_atfork(
      { LockKeeper.shared.state.acquire() }, { LockKeeper.shared.state.release() },
      {
        LockKeeper.shared.state.unprotected { $0 = State() }
        LockKeeper.shared.state.release()
      })
  }()

  /// Touches the open lock file from now on. If no thread can be created, only `DirectoryLock.refresh` touches it.
  func add(_ descriptor: Int32, _ identity: FileStatus.Identity, path: String) {
    _ = Self.isForkAware
    let isFirst = state.withLock { state in
      state.locks[identity] = Lock(descriptor: descriptor, path: path)
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if isFirst, !BackgroundThread.start({ [self] in keep() }) { state.withLock { $0.isRunning = false } }
  }

  /// Stops touching the lock file. Call this before the file is closed.
  func remove(_ identity: FileStatus.Identity) { state.withLock { _ = $0.locks.removeValue(forKey: identity) } }

  /// Returns whether this process holds the lock file.
  func holds(_ identity: FileStatus.Identity) -> Bool { state.withLock { $0.locks[identity] != nil } }

  private func keep() {
    while true {
      SystemCalls.sleep(milliseconds: milliseconds)
      let isOver = state.withLock { state in
        for lock in state.locks.values { try? SystemCalls.touch(lock.descriptor, path: lock.path) }
        if state.locks.isEmpty { state.isRunning = false }
        return state.locks.isEmpty
      }
      if isOver { return }
    }
  }
}
