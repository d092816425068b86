// ProgressMeter.swift
// When the moving line is due, and how long a run still takes.

/// Watches the clock while steps go by.
package struct ProgressMeter {
  private let clock: () -> Double
  private var began = 0.0
  private var first = 0
  private var drawn = -Double.infinity
  private static let interval = 0.1

  package init(clock: @escaping () -> Double) { self.clock = clock }

  /// The first step is about to be taken, or the first after `steps`.
  package mutating func begin(atStep steps: Int = 0) { (began, first) = (clock(), steps) }

  /// True at most ten times a second, and at the last step.
  package mutating func isDue(step: Int, of total: Int) -> Bool {
    let now = clock()
    guard now - drawn >= Self.interval || step == total else { return false }
    drawn = now
    return true
  }

  /// By the mean of all steps so far, evaluation and logging included; nil before the first.
  package func secondsLeft(step: Int, of total: Int) -> Double? {
    step <= first ? nil : (clock() - began) / Double(step - first) * Double(max(0, total - step))
  }
}
