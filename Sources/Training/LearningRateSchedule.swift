// LearningRateSchedule.swift
// The learning rate of each step.

/// The course of the learning rate after the warmup.
package enum Schedule: String, CaseIterable, Sendable {
  /// learning-rate · decay^⌊(step − 1) / decay-steps⌋
  case staircase
  /// learning-rate · ½(1 + cos π(step − 1) / steps), which ends near 0.
  case cosine
  case constant
}

/// The learning rate of each step: that of the schedule, and in the first steps, the warmup, a rising part of it.
///
/// A run that resumes has the same rates, bit for bit: they are products and sums, since powers and cosines of the system's library
/// may differ in their last bits.
package struct LearningRateSchedule: Sendable {
  private let schedule: Schedule
  private let first: Double
  private let decay: Double
  private let decaySteps: Int
  private let warmup: Int
  private let steps: Int
  /// Decays so far, and the rate after them.
  private var decays = 0
  private var decayed: Double
  /// Multiplications so far.
  private(set) var work = 0

  /// - Parameter steps: the steps of the whole run.
  package init(_ configuration: TrainingConfiguration, steps: Int) {
    schedule = configuration.schedule
    first = configuration.learningRate
    decay = configuration.learningRateDecay
    decaySteps = configuration.decaySteps
    warmup = configuration.warmup
    self.steps = steps
    decayed = first
  }

  /// Returns the rate of a step, counted from 1.
  /// - Complexity: O(decays since the step of the last call); O(all decays) for an earlier step.
  package mutating func rate(atStep step: Int) -> Double {
    let rate =
      switch schedule {
      case .staircase: decayed(atStep: step)
      case .cosine: first * 0.5 * (1 + Self.cosine(ofHalfTurns: Double(step - 1) / Double(max(1, steps))))
      case .constant: first
      }
    return step <= warmup ? rate * (Double(step) / Double(warmup)) : rate
  }

  private mutating func decayed(atStep step: Int) -> Double {
    let wanted = (step - 1) / decaySteps
    if wanted < decays { (decays, decayed) = (0, first) }
    while decays < wanted {
      let next = decayed * decay
      work += 1
      // The rate no longer changes: the decay is 1, or the rate is 0 or the smallest number.
      if next == decayed {
        decays = wanted
        break
      }
      (decays, decayed) = (decays + 1, next)
    }
    return decayed
  }

  /// Returns cos πx for x from 0 to 1, as the sine of the rest of a quarter turn, by its series.
  private static func cosine(ofHalfTurns x: Double) -> Double {
    let angle = Double.pi * (0.5 - min(max(x, 0), 1))
    var (term, sum) = (angle, angle)
    for power in stride(from: 3.0, through: 23, by: 2) {
      term *= -angle * angle / (power * (power - 1))
      sum += term
    }
    return sum
  }
}
