// ThreadAllowance.swift
// How many threads may work, which whoever shares out a machine can change while they do.

import Synchronization

/// The threads that some work may take. What is computed does not depend on them.
package final class ThreadAllowance: Sendable, ExpressibleByIntegerLiteral {
  /// Never exceeded; scratch memory is cut for so many.
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

  /// From its next loop on the work takes so many, or the nearest number that it may.
  package func change(to threads: Int) { allowed.store(min(max(1, threads), most), ordering: .relaxed) }
}
