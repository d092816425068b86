// DirectoryLock.swift
// Locks a directory, so that one process at a time uses it.

/// Holds a directory until it is released or dropped, or until the process ends for any reason.
///
/// The lock is the system's advisory lock (flock) on a hidden file in the directory, which names the holder's process and machine.
/// A file left by a process that died does not block, because the system's lock ended with the process. On some network file
/// systems such locks hold on one machine only, and some have none. There a holder counts as alive if its file was touched less
/// than `staleSeconds` ago, by the clock of the file system; `LockKeeper` touches the files of this process.
package final class DirectoryLock {
  /// The name of the lock file in the directory.
  package static let fileName = ".aelog.lock"

  /// Seconds without a sign of life after which the lock of another machine is ignored.
  package static let staleSeconds = 120.0

  /// The silent holder from which the directory was taken, if there was one.
  package let takenFrom: SilentHolder?

  /// The directory that is held.
  package let path: String
  private let file: String
  private let owner: Holder
  private let identity: FileStatus.Identity
  private let keeper: LockKeeper
  /// The open lock file, until it is released. A child process that inherits it holds the directory as long as it lives.
  package private(set) var descriptor: Int32?

  /// Takes the directory at `path`, which must exist.
  /// - Throws: `FileError`; `.inUse` with the holder's process number if this process or another one on this machine holds it,
  ///   `.inUseElsewhere` if a process on another machine does.
  package convenience init(_ path: String) throws { try self.init(path, tryLock: SystemCalls.tryLock) }

  /// - Parameters:
  ///   - owner: the holder that the lock file will name.
  ///   - tryLock: takes the system's lock.
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

  /// Takes the directory at `path`, and waits up to `seconds` while another holder has it.
  /// - Throws: as `init`.
  package static func waiting(for path: String, seconds: Double) throws -> DirectoryLock {
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

  /// Releases the directory and removes the lock file. A second release does nothing. In a process that was forked from the
  /// holder the file stays: the lock is the parent's.
  package func release() {
    guard let held = descriptor else { return }
    descriptor = nil
    // Remove the file while it is still locked, so that a process that opened it before sees that it is no longer the directory's
    // lock file. Leave a file that another machine has taken, and one in a directory that was removed and made again.
    if SystemCalls.processNumber == owner.process {
      keeper.remove(identity)
      let isInPlace = (try? FileStatus.of(file))??.identity == identity
      if isInPlace, Holder(of: held, path: file) == owner { try? SystemCalls.removeFile(file) }
    }
    try? SystemCalls.closeFile(held, path: file)
  }

  /// Checks that no other machine has taken the directory while this process was stopped or had no access to the file system.
  /// - Throws: `FileError.inUseElsewhere`, `.inUse`.
  package func check() throws {
    guard let descriptor, let holder = Holder(of: descriptor, path: file), holder != owner else { return }
    throw Self.inUse(path, by: holder)
  }

  /// Touches the lock file, so that other machines see that the holder lives. `LockKeeper` does the same at intervals.
  func refresh() {
    if let descriptor { try? SystemCalls.touch(descriptor, path: file) }
  }
}

extension DirectoryLock {
  private struct Taken {
    let descriptor: Int32
    let identity: FileStatus.Identity
    let from: SilentHolder?
  }

  /// Opens, locks and writes the lock file.
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
        // The previous holder may have removed the file before it was locked here: then try the new file.
        if try identity == FileStatus.of(file)?.identity {
          let silent = try silentHolder(descriptor, file: file, directory: directory)
          try writeHolder(owner, descriptor, file, directory, outcome)
          return Taken(descriptor: descriptor, identity: identity, from: silent)
        }
      } catch {
        try? SystemCalls.closeFile(descriptor, path: file)
        throw error
      }
      try SystemCalls.closeFile(descriptor, path: file)
    }
  }

  /// Writes the holder into the lock file. Without locks of the system, the last of several that write at once is the holder.
  private static func writeHolder(
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
}
