// DirectoryLock.swift
// One holder at a time for a directory, across processes.

/// Holds a directory until it is released or dropped, or until the process ends in whatever way.
///
/// The lock is the system's advisory lock (flock) on a hidden file in the directory, which names the holder's process. A
/// file left by a process that died does not block: the lock went with the process.
package final class DirectoryLock {
  /// The name of the lock file in the directory.
  package static let fileName = ".aelog.lock"

  /// The directory that is held.
  package let path: String
  private let file: String
  private let holder = SystemCalls.processNumber
  private var descriptor: Int32?

  /// Takes the directory at `path`, which must exist.
  /// - Throws: `FileError`; `.inUse` with the holder's process number where another holder, in this process or another,
  ///   has it.
  package init(_ path: String) throws {
    let file = Directory.join(path, Self.fileName)
    descriptor = try Self.lock(file, directory: path)
    self.path = path
    self.file = file
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

  private static func lock(_ file: String, directory: String) throws -> Int32 {
    while true {
      let descriptor = try SystemCalls.openFile(file, for: .locking, path: file)
      do {
        guard try SystemCalls.tryLock(descriptor, path: file) else {
          throw FileError.inUse(path: directory, holder: holder(descriptor, path: file))
        }
        // The previous holder may have removed the file between our opening and our locking it: then try the new one.
        if try SystemCalls.status(of: descriptor, path: file).identity == FileStatus.of(file)?.identity {
          do {
            try writeHolder(descriptor, path: file)
            return descriptor
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
    let text = Array("\(SystemCalls.processNumber)\n".utf8)
    try text.withUnsafeBytes { try SystemCalls.writeAll(descriptor, $0, path: path) }
  }

  private static func holder(_ descriptor: Int32, path: String) -> Int32? {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
      guard let count = try? SystemCalls.readSome(descriptor, buffer, path: path) else { return nil }
      return Int32(String(decoding: buffer[..<count].prefix { $0 != 10 }, as: UTF8.self))
    }
  }
}
