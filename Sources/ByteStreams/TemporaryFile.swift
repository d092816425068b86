// TemporaryFile.swift
// The temporary files of atomic replaces: their names, their way into place, and their removal.

import Parallel
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension AtomicFile {
  private static let counter = Atomic<UInt32>(0)
  private static let prefix = ".aelog-"
  private static let suffix = ".tmp"

  /// Returns a new hidden name. It holds no part of the file's own name, so that TensorBoard does not take it for an event file.
  static func temporaryName() -> String {
    let serial = counter.add(1, ordering: .relaxed).newValue
    let random = UInt64.random(in: 0 ... .max)
    return "\(prefix)\(SystemCalls.processNumber)-\(serial)-\(String(random, radix: 36))\(suffix)"
  }

  /// Returns the paths of the temporary files in a directory, whose writes are under way or were interrupted.
  package static func leftovers(in directory: String) -> [String] {
    ((try? Directory.list(directory)) ?? []).filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
      .map { Directory.join(directory, $0) }
  }

  /// Removes the temporary files in a directory, as far as that is possible.
  /// - Precondition: no process is writing there.
  package static func removeLeftovers(in directory: String) {
    for path in leftovers(in: directory) { try? SystemCalls.removeFile(path) }
  }

  /// A file written in full under a temporary name; removed unless it is committed.
  package final class Prepared: Sendable {
    /// The file's final place.
    package let path: String
    private let temporary: Locked<String?>
    /// The open file, until it is synced and closed.
    private let open: Locked<Open?>

    /// A file whose writer is done with it before anyone closes it.
    private struct Open: @unchecked Sendable {
      let sink: FileSink
    }

    init(path: String, temporary: String, _ sink: FileSink) {
      self.path = path
      self.temporary = Locked(temporary)
      open = Locked(Open(sink: sink))
    }

    deinit {
      guard let name = temporary.withLock({ $0 }) else { return }
      try? SystemCalls.removeFile(name)
      TemporaryFileRegistry.shared.remove(name)
    }

    /// Waits until every byte is on the device, perhaps beside other work. A second call does nothing.
    package func syncAndClose() throws(FileError) { try close(waiting: true) }

    private func close(waiting: Bool) throws(FileError) {
      try open.withLock { open throws(FileError) in
        if waiting { try open?.sink.sync() }
        try open?.sink.close()
        open = nil
      }
    }

    /// Puts the file in its place, and waits until its name is on the device. A second commit does nothing.
    package func commit() throws(FileError) {
      if try rename() { try Directory.sync(Directory.parent(of: path)) }
    }

    /// Puts the file in its place, and does not wait for its name.
    /// - Parameter waiting: whether every byte is on the device before.
    /// - Returns: false if it was in its place already.
    @discardableResult
    func rename(waiting: Bool = true) throws(FileError) -> Bool {
      try close(waiting: waiting)
      return try temporary.withLock { temporary throws(FileError) in
        guard let name = temporary else { return false }
        try SystemCalls.renameFile(name, to: path)
        TemporaryFileRegistry.shared.remove(name)
        temporary = nil
        return true
      }
    }
  }
}

/// Lists the temporary files of this process, so that the end of the process can remove them. A forked process begins with an
/// empty list: the files are the parent's.
package final class TemporaryFileRegistry: Sendable {
  package static let shared = TemporaryFileRegistry()

  private let paths = Locked(Set<ExactName>())
  private let change = Locked(())

  private init() {
    // Nobody holds a lock at the moment of a fork, so that the child finds them free.
    pthread_atfork(
      { TemporaryFileRegistry.shared.acquire() }, { TemporaryFileRegistry.shared.release() },
      { TemporaryFileRegistry.shared.clearInChild() })
  }

  func add(_ path: String) { paths.withLock { _ = $0.insert(ExactName(path)) } }

  func remove(_ path: String) { paths.withLock { _ = $0.remove(ExactName(path)) } }

  /// Runs `body`, which puts several files in their places. `removeAll`, and other calls of this, wait until it has returned.
  package func delayingRemoval(_ body: () throws -> Void) rethrows {
    change.acquire()
    defer { change.release() }
    try body()
  }

  /// Removes all temporary files and then ends the process. The locks stay held, so that no new file is begun.
  package func removeAll(then end: () -> Never) -> Never {
    acquire()
    paths.unprotected { for path in $0 { try? SystemCalls.removeFile(path.text) } }
    end()
  }

  private func acquire() {
    change.acquire()
    paths.acquire()
  }

  private func release() {
    paths.release()
    change.release()
  }

  /// Empties the list in the child of a fork, which holds the locks.
  private func clearInChild() {
    paths.unprotected { $0 = [] }
    release()
  }
}
