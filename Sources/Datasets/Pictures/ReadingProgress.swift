// ReadingProgress.swift
// Reports how many pictures are decoded, since that can take minutes.

import Parallel

/// The observer of the pictures that are being decoded.
package enum ReadingProgress {
  /// Gets the number of decoded pictures and of all. The threads that decode call it, one at a time.
  @TaskLocal package static var observer: (@Sendable (_ done: Int, _ of: Int) -> Void)?

  /// Counts the pictures of one collection.
  struct Counter: Sendable {
    private let done = Locked(0)
    private let total: Int
    private let observer: (@Sendable (_ done: Int, _ of: Int) -> Void)?

    /// Makes a counter for the observer of this moment.
    init(of total: Int) { (self.total, observer) = (total, ReadingProgress.observer) }

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
