// SideBySide.swift
// Two things done at once.

/// What `one` and `two` give, made by two threads where there may be so many.
///
/// Both are tried, then the error of `one` or else that of `two` is thrown.
package func sideBySide<One: Sendable, Two: Sendable>(
  threads: Int, _ one: @Sendable () throws -> One, _ two: @Sendable () throws -> Two
) throws -> (One, Two) {
  let made = try parallelMap(2, threads: threads) { index -> (One?, Two?) in
    if index == 0 { return (try one(), nil) }
    return (nil, try two())
  }
  guard let first = made[0].0, let second = made[1].1 else { preconditionFailure("each has made its own") }
  return (first, second)
}
