// FileSystemNotices.swift
// Tells once that a file system lacks locks or cannot wait for its device, and that the program works without.

import Parallel

/// Collects the services that a file system lacks, and tells each once.
package final class FileSystemNotices: Sendable {
  package static let shared = FileSystemNotices()

  /// A service that some file systems lack.
  package enum Service: CaseIterable, Sendable { case locks, sync }

  private struct State {
    var lines: [Service: String] = [:]
    var tell: (@Sendable (String) -> Void)?
  }

  private let state = Locked(State())

  /// Hands each notice to `tell` from now on, and first those that were noted before.
  package func tell(_ tell: @escaping @Sendable (String) -> Void) {
    let untold = state.withLock { state in
      defer { state.tell = tell }
      return state.tell == nil ? Service.allCases.compactMap { state.lines[$0] } : []
    }
    for line in untold { tell(line) }
  }

  /// Notes that the file system of `path` lacks a service; `code` is the system's error number.
  func note(_ service: Service, path: String, code: Int32) {
    let line = Self.line(service, path, code)
    let tell = state.withLock { state -> (@Sendable (String) -> Void)? in
      guard state.lines.updateValue(line, forKey: service) == nil else { return nil }
      return state.tell
    }
    tell?(line)
  }

  private static func line(_ service: Service, _ path: String, _ code: Int32) -> String {
    let (name, reason) = (DisplayName.quoted(path), SystemCalls.text(ofError: code))
    switch service {
    case .locks:
      return "\(name) is on a file system without locks (flock: \(reason)); the lock file alone keeps other processes "
        + "away, and two that begin at the same moment may both write there"
    case .sync:
      return "\(name) is on a file system that cannot wait for the device (fsync: \(reason)); a power failure may lose "
        + "what was written"
    }
  }
}
