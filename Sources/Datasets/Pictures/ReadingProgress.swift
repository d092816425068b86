// ReadingProgress.swift
// Reports how many pictures are decoded, since that can take minutes.

import Parallel

/// The observer of the pictures that are being decoded.
package enum ReadingProgress {
  /// Gets the number of decoded pictures and of all. The threads that decode call it, one at a time.
  package typealias Observer = @Sendable (_ done: Int, _ of: Int) -> Void

  /// The observer of the whole process. It is no task-local value, since these do not work in a program that C's main has started.
  private static let current = Locked<Observer?>(nil)

  /// Runs `read`, which tells the observer what it decodes.
  package static func observed<Images>(by observer: @escaping Observer, _ read: () throws -> Images) rethrows -> Images
  {
    current.withLock { $0 = observer }
    defer { current.withLock { $0 = nil } }
    return try read()
  }

  /// Counts the pictures of one collection.
  struct Counter: Sendable {
    private let done = Locked(0)
    private let total: Int
    private let observer: Observer?

    /// Makes a counter for the observer of this moment.
    init(of total: Int) { (self.total, observer) = (total, current.withLock { $0 }) }

    /// Counts a picture; reports every hundredth.
    func count() {
      guard let observer else { return }
      done.withLock { done in
        done += 1
        if done % 100 == 0 || done == total { observer(done, total) }
      }
    }
  }
}
