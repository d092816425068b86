// LearningRateScheduleTests.swift
// The learning rate equals repeated multiplication bit for bit, and each decay is computed once.

import Foundation
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
    var schedule = LearningRateSchedule(configuration, steps: 1)
    for step in 1...3000 {
      #expect(schedule.rate(atStep: step).bitPattern == plain(configuration, atStep: step).bitPattern)
    }
    for step in [2999, 5, 1, 2000, 2001, 40_000, 3] {
      var resumed = LearningRateSchedule(configuration, steps: 1)
      let want = plain(configuration, atStep: step).bitPattern
      #expect(schedule.rate(atStep: step).bitPattern == want && resumed.rate(atStep: step).bitPattern == want)
    }
  }

  @Test("as many multiplications as decays, for any number of calls") func work() {
    var schedule = LearningRateSchedule(configuration(0.001, 0.999_999, every: 1), steps: 1)
    for step in 1...100_000 { _ = schedule.rate(atStep: step) }
    #expect(schedule.work == 99_999)
    // From another step on they are done once more, and no more after that.
    var resumed = LearningRateSchedule(configuration(0.001, 0.999_999, every: 10), steps: 1)
    for step in 50_001...60_000 { _ = resumed.rate(atStep: step) }
    #expect(resumed.work == 5999)
  }

  @Test("a rate that no longer changes costs nothing", arguments: [1, 0.5, 0.96])
  func fixedPoint(decay: Double) {
    var schedule = LearningRateSchedule(configuration(0.001, decay, every: 1), steps: 1)
    _ = schedule.rate(atStep: 1 << 52)
    #expect(schedule.work < 20_000)
  }

  @Test("the cosine falls from the first rate to nearly 0, and is the library's to 15 digits") func cosine() {
    var configuration = configuration(0.1, 0.5, every: 1)
    configuration.schedule = .cosine
    for steps in [1, 2, 3, 1000] {
      var schedule = LearningRateSchedule(configuration, steps: steps)
      for step in 1...steps {
        let want = 0.1 * 0.5 * (1 + cos(Double.pi * Double(step - 1) / Double(steps)))
        #expect(abs(schedule.rate(atStep: step) - want) < 1e-16)
      }
      #expect(schedule.rate(atStep: 1) == 0.1)
    }
  }

  @Test("a constant rate ignores the decay; a warmup rises to the schedule's rate", arguments: Schedule.allCases)
  func warmup(kind: Schedule) {
    var configuration = configuration(0.1, 0.5, every: 3)
    configuration.schedule = kind
    var usual = LearningRateSchedule(configuration, steps: 20)
    configuration.warmup = 4
    var schedule = LearningRateSchedule(configuration, steps: 20)
    let (rates, rising) = ((1...20).map { usual.rate(atStep: $0) }, (1...20).map { schedule.rate(atStep: $0) })
    #expect(Array(rising.prefix(4)) == [rates[0] * 0.25, rates[1] * 0.5, rates[2] * 0.75, rates[3]])
    #expect(rising.dropFirst(4) == rates.dropFirst(4))
    #expect((kind == .constant) == rates.allSatisfy { $0 == 0.1 })
  }

  @Test("a run whose rate falls to its last epoch cannot be resumed with more") func cosineAndEpochs() {
    var configuration = TrainingConfiguration(architecture: Architecture(.convolutional))
    var longer = configuration
    longer.epochs += 1
    #expect(configuration.conflict(with: longer) == nil)
    (configuration.schedule, longer.schedule) = (.cosine, .cosine)
    #expect(configuration.conflict(with: longer)?.want.name == "epochs")
  }
}
