// DirectoryLock.swift
// One holder at a time for a directory, across processes.

/// Holds a directory until it is released or dropped, or until the process ends in whatever way.
///
/// The lock is the system's advisory lock (flock) on a hidden file in the directory, which names the holder's process and machine.
/// A file left by a process that died does not block: the lock went with the process. Some network file systems keep such locks
/// to the machine; there a holder that calls `refresh` is believed to live as long as its file was touched within `patience`, by
/// the clock of the file system, whatever the machines' clocks say.
package final class DirectoryLock {
  /// The name of the lock file in the directory.
  package static let fileName = ".aelog.lock"

  /// For so many seconds a file that another machine's process touched holds a directory.
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
  private let holder = SystemCalls.processNumber
  /// The open lock file, until it is released; a process that it is handed to holds the directory as long as it lives.
  package private(set) var descriptor: Int32?

  /// Takes the directory at `path`, which must exist.
  /// - Throws: `FileError`; `.inUse` with the holder's process number where another holder, in this process or another,
  ///   has it, `.inUseElsewhere` where it is on another machine.
  package init(_ path: String) throws {
    let file = Directory.join(path, Self.fileName)
    (descriptor, takenFrom) = try Self.lock(file, directory: path)
    self.path = path
    self.file = file
  }

  /// Takes the directory, or waits for it where it is held for moments only.
  /// - Throws: as `init`, after so many seconds.
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
    // Removed while still locked: whoever opened it before sees that it is no longer the directory's lock file.
    if SystemCalls.processNumber == holder { try? SystemCalls.removeFile(file) }
    try? SystemCalls.closeFile(held, path: file)
  }

  /// Tells other machines that the holder lives; to be called more often than `patience`. A refusal does no harm here.
  package func refresh() {
    if let descriptor { try? SystemCalls.touch(descriptor, path: file) }
  }

  private static func lock(_ file: String, directory: String) throws -> (Int32, takenFrom: Silent?) {
    while true {
      let descriptor = try SystemCalls.openFile(file, for: .locking, path: file)
      do {
        guard try SystemCalls.tryLock(descriptor, path: file) else {
          throw inUse(directory, by: holder(descriptor, path: file))
        }
        // The previous holder may have removed the file between our opening and our locking it: then try the new one.
        if try SystemCalls.status(of: descriptor, path: file).identity == FileStatus.of(file)?.identity {
          let silent = try silentHolder(descriptor, file: file, directory: directory)
          do {
            try writeHolder(descriptor, path: file)
            return (descriptor, silent)
          } catch {
            try? SystemCalls.removeFile(file)
            throw error
          }
        }
      } catch {
        try? SystemCalls.closeFile(descriptor, path: file)
        throw error
      }
      try SystemCalls.closeFile(descriptor, path: file)
    }
  }

  private static func writeHolder(_ descriptor: Int32, path: String) throws {
    try SystemCalls.truncate(descriptor, path: path)
    let text = Array("\(SystemCalls.processNumber) \(SystemCalls.hostName)\n".utf8)
    try text.withUnsafeBytes { try SystemCalls.writeAll(descriptor, $0, path: path) }
  }

  private static func inUse(_ directory: String, by holder: Holder?) -> FileError {
    guard let holder, let host = holder.host, host != SystemCalls.hostName else {
      return .inUse(path: directory, holder: holder?.process)
    }
    return .inUseElsewhere(path: directory, process: holder.process, host: host, seconds: nil)
  }

  /// Whoever the file names, where it is on another machine and has been silent.
  /// - Throws: `FileError.inUseElsewhere` where it has not.
  private static func silentHolder(_ descriptor: Int32, file: String, directory: String) throws -> Silent? {
    guard let holder = holder(descriptor, path: file), let host = holder.host, host != SystemCalls.hostName else {
      return nil
    }
    let touched = try SystemCalls.status(of: descriptor, path: file).modified
    let seconds = try fileSystemTime(in: directory) - touched
    // A time long after now was written before the clock was put back.
    if abs(seconds) < patience {
      throw FileError.inUseElsewhere(path: directory, process: holder.process, host: host, seconds: seconds)
    }
    return Silent(process: holder.process, host: host, seconds: seconds)
  }

  /// What a file that is made now gets as its time.
  private static func fileSystemTime(in directory: String) throws -> Double {
    let file = Directory.join(directory, WholeFile.temporaryName())
    let descriptor = try SystemCalls.openFile(file, for: .creatingNew, path: file)
    defer {
      try? SystemCalls.closeFile(descriptor, path: file)
      try? SystemCalls.removeFile(file)
    }
    return try SystemCalls.status(of: descriptor, path: file).modified
  }

  private struct Holder {
    let process: Int32
    let host: String?
  }

  /// Its process, and its machine, between blanks.
  private static func holder(_ descriptor: Int32, path: String) -> Holder? {
    withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer in
      guard let count = try? SystemCalls.readSome(descriptor, at: 0, buffer, path: path) else { return nil }
      let words = String(decoding: buffer[..<count].prefix { $0 != 10 }, as: UTF8.self).split(separator: " ")
      guard let process = words.first.flatMap({ Int32($0) }) else { return nil }
      return Holder(process: process, host: words.count > 1 ? String(words[1]) : nil)
    }
  }
}
