// DirectoryLock.swift
// One holder at a time for a directory, across processes.

/// Holds a directory until it is released or dropped, or until the process ends in whatever way.
///
/// The lock is the system's advisory lock (flock) on a hidden file in the directory, which names the holder's process and machine.
/// A file left by a process that died does not block: the lock went with the process. Some network file systems keep such locks
/// to the machine, and some have none. There a holder is believed to live as long as its file was touched within `patience`, by
/// the clock of the file system, whatever the machines' clocks say; `LockKeeper` touches the files of this process.
package final class DirectoryLock {
  /// The name of the lock file in the directory.
  package static let fileName = ".aelog.lock"

  /// Seconds for which a lock of another machine holds a directory after its last sign of life.
  package static let patience = 120.0

  /// A holder on another machine that fell silent, and for how many seconds it has been.
  package struct Silent: Equatable, Sendable {
    package let process: Int32
    package let host: String
    package let seconds: Double
  }

  /// From whom the directory was taken, if it was.
  package let takenFrom: Silent?

  /// The directory that is held.
  package let path: String
  private let file: String
  private let owner: Holder
  private let identity: FileStatus.Identity
  private let keeper: LockKeeper
  /// The open lock file, until it is released; a process that it is handed to holds the directory as long as it lives.
  package private(set) var descriptor: Int32?

  /// Takes the directory at `path`, which must exist.
  /// - Throws: `FileError`; `.inUse` with the holder's process number where another holder, in this process or another,
  ///   has it, `.inUseElsewhere` where it is on another machine.
  package convenience init(_ path: String) throws { try self.init(path, tryLock: SystemCalls.tryLock) }

  /// - Parameters:
  ///   - tryLock: the system's lock.
  ///   - owner: names the holder in the file.
  init(
    _ path: String, keeper: LockKeeper = .shared, owner: Holder = .thisProcess,
    tryLock: (Int32, _ path: String) throws -> SystemCalls.LockOutcome
  ) throws {
    let file = Directory.join(path, Self.fileName)
    let taken = try Self.lock(file, directory: path, owner, keeper, tryLock)
    (descriptor, identity, takenFrom) = (taken.descriptor, taken.identity, taken.from)
    (self.path, self.file, self.owner, self.keeper) = (path, file, owner, keeper)
    keeper.add(taken.descriptor, taken.identity, path: file)
  }

  /// Takes the directory, or waits for it where it is held for moments only.
  /// - Throws: as `init`, after `seconds`.
  package static func patiently(_ path: String, seconds: Double) throws -> DirectoryLock {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    while true {
      do {
        return try DirectoryLock(path)
      } catch  where clock.now < end && FileError.saysInUse(error) {
        SystemCalls.sleep(milliseconds: 10)
      }
    }
  }

  deinit { release() }

  /// Gives the directory free and removes the lock file. A second release does nothing, nor does one in a process that was
  /// forked from the holder: the lock stays the parent's.
  package func release() {
    guard let held = descriptor else { return }
    descriptor = nil
    // Removed while still locked: a process that opened it before sees that it is no longer the directory's lock file. A file that
    // another machine has taken is that machine's, and so is one in a directory that was removed and made again.
    if SystemCalls.processNumber == owner.process {
      keeper.remove(identity)
      let isInPlace = (try? FileStatus.of(file))??.identity == identity
      if isInPlace, Holder(of: held, path: file) == owner { try? SystemCalls.removeFile(file) }
    }
    try? SystemCalls.closeFile(held, path: file)
  }

  /// Makes sure that no other machine has taken the directory while this process was silent: stopped, or without access to the file
  /// system.
  /// - Throws: `FileError.inUseElsewhere`, `.inUse`.
  package func check() throws {
    guard let descriptor, let holder = Holder(of: descriptor, path: file), holder != owner else { return }
    throw Self.inUse(path, by: holder)
  }

  /// Tells other machines that the holder lives. `LockKeeper` does the same all the time.
  func refresh() {
    if let descriptor { try? SystemCalls.touch(descriptor, path: file) }
  }
}

extension DirectoryLock {
  /// The process that holds a directory, from the first line of its lock file.
  struct Holder: Equatable {
    let process: Int32
    /// Nil in a file without one.
    let host: String?

    static var thisProcess: Holder { Holder(process: SystemCalls.processNumber, host: HostName.word) }

    init(process: Int32, host: String?) { (self.process, self.host) = (process, host) }

    /// Reads an open lock file; nil where it names nobody.
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

  private struct Taken {
    let descriptor: Int32
    let identity: FileStatus.Identity
    let from: Silent?
  }

  private static func lock(
    _ file: String, directory: String, _ owner: Holder, _ keeper: LockKeeper,
    _ tryLock: (Int32, String) throws -> SystemCalls.LockOutcome
  ) throws -> Taken {
    while true {
      let descriptor = try SystemCalls.openFile(file, for: .locking, path: file)
      do {
        let identity = try SystemCalls.status(of: descriptor, path: file).identity
        let holder = Holder(of: descriptor, path: file)
        let outcome = try tryLock(descriptor, file)
        switch outcome {
        case .taken: break
        case .held: throw inUse(directory, by: holder)
        case .unsupported(let code):
          FileSystemNotices.shared.note(.locks, path: directory, code: code)
          if let holder, try isAlive(holder, identity, keeper, descriptor, file, directory) {
            throw inUse(directory, by: holder)
          }
        }
        // The previous holder may have removed the file between our opening and our locking it: then try the new one.
        if try identity == FileStatus.of(file)?.identity {
          let silent = try silentHolder(descriptor, file: file, directory: directory)
          try settle(owner, descriptor, file, directory, outcome)
          return Taken(descriptor: descriptor, identity: identity, from: silent)
        }
      } catch {
        try? SystemCalls.closeFile(descriptor, path: file)
        throw error
      }
      try SystemCalls.closeFile(descriptor, path: file)
    }
  }

  /// Writes the holder's name. Without locks the last of several that write in the same moment is the holder.
  private static func settle(
    _ owner: Holder, _ descriptor: Int32, _ file: String, _ directory: String, _ outcome: SystemCalls.LockOutcome
  ) throws {
    do {
      try owner.write(to: descriptor, path: file)
    } catch {
      try? SystemCalls.removeFile(file)
      throw error
    }
    guard case .unsupported = outcome else { return }
    SystemCalls.sleep(milliseconds: 20)
    let holder = Holder(of: descriptor, path: file)
    if holder != owner { throw inUse(directory, by: holder) }
  }

  private static func inUse(_ directory: String, by holder: Holder?) -> FileError {
    guard let holder, let host = holder.host, host != HostName.word else {
      return .inUse(path: directory, holder: holder?.process)
    }
    return .inUseElsewhere(path: directory, process: holder.process, host: host, seconds: nil)
  }

  /// Whether the holder is a living process of this machine, where there is no lock to tell. A number that another process has
  /// got meanwhile deceives no longer than `patience`.
  private static func isAlive(
    _ holder: Holder, _ identity: FileStatus.Identity, _ keeper: LockKeeper, _ descriptor: Int32, _ file: String,
    _ directory: String
  ) throws -> Bool {
    if let host = holder.host, host != HostName.word { return false }
    if holder.process == SystemCalls.processNumber { return keeper.holds(identity) }
    guard SystemCalls.hasProcess(holder.process) else { return false }
    return try abs(silence(descriptor, file, directory)) < patience
  }

  /// The process that the file names, where it is on another machine and has been silent.
  /// - Throws: `FileError.inUseElsewhere` where it has not.
  private static func silentHolder(_ descriptor: Int32, file: String, directory: String) throws -> Silent? {
    guard let holder = Holder(of: descriptor, path: file), let host = holder.host, host != HostName.word else {
      return nil
    }
    let seconds = try silence(descriptor, file, directory)
    // A time long after now was written before the clock was put back.
    if abs(seconds) < patience {
      throw FileError.inUseElsewhere(path: directory, process: holder.process, host: host, seconds: seconds)
    }
    return Silent(process: holder.process, host: host, seconds: seconds)
  }

  /// Seconds since the lock file was touched, by the clock of its file system.
  private static func silence(_ descriptor: Int32, _ file: String, _ directory: String) throws -> Double {
    try fileSystemTime(in: directory) - SystemCalls.status(of: descriptor, path: file).modified
  }

  /// Returns the time that the file system gives to a file made now.
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
