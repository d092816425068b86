// LearningRateSchedule.swift
// The learning rate of step after step.

/// Gives the rate of each step, learningRate · decay^⌊(step − 1) / decaySteps⌋, multiplied out decay by decay: a power would differ
/// in its last bits, and a resumed run with it.
package struct LearningRateSchedule: Sendable {
  private let first: Double
  private let decay: Double
  private let decaySteps: Int
  /// Decays so far, and the rate after them.
  private var decays = 0
  private var rate: Double
  /// Multiplications so far.
  private(set) var work = 0

  package init(_ configuration: TrainingConfiguration) {
    first = configuration.learningRate
    decay = configuration.learningRateDecay
    decaySteps = configuration.decaySteps
    rate = first
  }

  /// The rate at a step counted from 1.
  /// - Complexity: O(decays since the last step that was asked for); O(all decays) for an earlier step.
  package mutating func rate(atStep step: Int) -> Double {
    let wanted = (step - 1) / decaySteps
    if wanted < decays { (decays, rate) = (0, first) }
    while decays < wanted {
      let next = rate * decay
      work += 1
      // Nothing changes it any more: a decay of 1, or a rate that has become 0 or the smallest number.
      if next == rate {
        decays = wanted
        break
      }
      (decays, rate) = (decays + 1, next)
    }
    return rate
  }
}
