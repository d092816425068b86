// ThreadAllowance.swift
// A number of threads that can be changed while they work.

import Synchronization

/// The number of threads that some work may use. Results do not depend on it.
package final class ThreadAllowance: Sendable, ExpressibleByIntegerLiteral {
  /// The limit, for which scratch memory is allocated.
  package let most: Int
  private let allowed: Atomic<Int>

  /// - Parameters:
  ///   - now: to begin with; at least 1.
  ///   - most: at least `now`, which it is where nobody will change it.
  package init(_ now: Int, most: Int = 1) {
    let now = max(1, now)
    self.most = max(now, most)
    allowed = Atomic(now)
  }

  package convenience init(integerLiteral threads: Int) { self.init(threads) }

  /// The number of the moment, 1 … `most`.
  package var now: Int { allowed.load(ordering: .relaxed) }

  /// Sets the number from the next loop on, limited to 1 … `most`.
  package func change(to threads: Int) { allowed.store(min(max(1, threads), most), ordering: .relaxed) }
}
