// LearningRateScheduleTests.swift
// The learning rate equals repeated multiplication bit for bit, and each decay is computed once.

import Networks
import Testing

@testable import Training

@Suite struct LearningRateScheduleTests {
  private func configuration(_ rate: Double, _ decay: Double, every steps: Int) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(architecture: .fullyConnected(hiddenUnits: [2]))
    (configuration.learningRate, configuration.learningRateDecay, configuration.decaySteps) = (rate, decay, steps)
    return configuration
  }

  /// As every version of the program has computed it.
  private func plain(_ configuration: TrainingConfiguration, atStep step: Int) -> Double {
    var rate = configuration.learningRate
    for _ in 0..<((step - 1) / configuration.decaySteps) { rate *= configuration.learningRateDecay }
    return rate
  }

  @Test(
    "the bits of the plain loop, step by step, in strides, and from any step on",
    arguments: [
      (0.001, 0.96, 1000), (0.001, 0.96, 1), (0.003, 0.999, 7), (10, 0.1, 2), (0.5, 1, 1), (1e-300, 0.5, 1),
      (5e-324, 0.96, 3), (0.1, 1e-300, 1),
    ] as [(Double, Double, Int)])
  func bits(rate: Double, decay: Double, steps: Int) {
    let configuration = configuration(rate, decay, every: steps)
    var schedule = LearningRateSchedule(configuration)
    for step in 1...3000 {
      #expect(schedule.rate(atStep: step).bitPattern == plain(configuration, atStep: step).bitPattern)
    }
    for step in [2999, 5, 1, 2000, 2001, 40_000, 3] {
      var resumed = LearningRateSchedule(configuration)
      let want = plain(configuration, atStep: step).bitPattern
      #expect(schedule.rate(atStep: step).bitPattern == want && resumed.rate(atStep: step).bitPattern == want)
    }
  }

  @Test("as many multiplications as decays, for any number of calls") func work() {
    var schedule = LearningRateSchedule(configuration(0.001, 0.999_999, every: 1))
    for step in 1...100_000 { _ = schedule.rate(atStep: step) }
    #expect(schedule.work == 99_999)
    // From another step on they are done once more, and no more after that.
    var resumed = LearningRateSchedule(configuration(0.001, 0.999_999, every: 10))
    for step in 50_001...60_000 { _ = resumed.rate(atStep: step) }
    #expect(resumed.work == 5999)
  }

  @Test("a rate that no longer changes costs nothing", arguments: [1, 0.5, 0.96])
  func fixedPoint(decay: Double) {
    var schedule = LearningRateSchedule(configuration(0.001, decay, every: 1))
    _ = schedule.rate(atStep: 1 << 52)
    #expect(schedule.work < 20_000)
  }
}
