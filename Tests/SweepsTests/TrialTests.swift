// TrialTests.swift
// Tests which trials a sweep has, their order and their names.

import Networks
import Testing
import Training

@testable import Runs
@testable import Sweeps

@Suite struct TrialTests {
  private func sweep(_ options: [(TrainingSetting, [String])]) throws -> SweepSpecification {
    var sweep = SweepSpecification()
    for (option, texts) in options { sweep.choices[option] = try texts.map { try SettingChoice($0, of: option) } }
    return sweep
  }

  @Test func everyCombinationIsATrial() throws {
    let trials = try sweep([
      (.filters, ["16,8,8", "8"]), (.learningRate, ["0.001", "0.003"]), (.noiseFactor, ["0", "0.3"]), (.epochs, ["2"]),
    ]).resolved()
    #expect(trials.map(\.index) == Array(0..<8))
    #expect(trials.first?.name == "convolutional-16-8-8_learning-rate-0.001_noise-factor-0.0")
    #expect(trials[1].name == "convolutional-16-8-8_learning-rate-0.001_noise-factor-0.3")
    #expect(trials.last?.name == "convolutional-8_learning-rate-0.003_noise-factor-0.3")
    #expect(Set(trials.map(\.configuration)).count == 8 && trials.allSatisfy { $0.configuration.epochs == 2 })
  }

  @Test func familiesAreMixed() throws {
    let options: [(TrainingSetting, [String])] = [
      (.filters, ["4", "8"]), (.hiddenUnits, ["9", "10,3"]), (.dropout, ["0", "0.1"]),
    ]
    let trials = try sweep(options).resolved()
    #expect(trials.count == 8)
    #expect(trials[0].configuration.architecture == .convolutional(filters: [4], downsampling: .pool))
    #expect(trials[7].name == "fully-connected-10-3_dropout-0.1")
    let one = try sweep(options + [(.model, ["fully-connected"])])
    #expect(throws: SweepError.otherFamily(setting: .filters, family: "fully-connected")) { try one.resolved() }
  }

  @Test("a setting that changes nothing in any trial is refused") func withoutEffect() throws {
    let units: [(TrainingSetting, [String])] = [(.hiddenUnits, ["9,2"])]
    let beta = units + [(.beta, ["1", "4"])]
    #expect(throws: SweepError.withoutEffect(setting: .beta, need: "--variational")) { try sweep(beta).resolved() }
    #expect(try sweep(beta + [(.variational, ["false", "true"])]).resolved().count == 4)
    #expect(throws: SweepError.self) { try sweep(units + [(.noise, ["masking"])]).resolved() }
    #expect(throws: SweepError.self) { try sweep(units + [(.schedule, ["cosine"]), (.decaySteps, ["9"])]).resolved() }
    // A default changes nothing either, and nobody is misled.
    #expect(try sweep(units + [(.schedule, ["cosine"]), (.decaySteps, ["1000"])]).resolved().count == 1)
  }

  @Test("the options that TensorBoard shows first are those in which trials differ") func differing() throws {
    let plain = try sweep([(.filters, ["4"]), (.dropout, ["0", "0.1"]), (.learningRate, ["0.1"])])
    #expect(TrialNaming.differing(try plain.resolved().map(\.configuration)) == [.dropout])
    let mixed = try sweep([(.filters, ["4"]), (.hiddenUnits, ["9"]), (.epochs, ["2"])])
    #expect(TrialNaming.differing(try mixed.resolved().map(\.configuration)) == [.model, .filters, .hiddenUnits])
    #expect(TrialNaming.differing([]) == [])
  }

  @Test("one of each model first, then the longest") func order() throws {
    var sweep = try sweep([(.filters, ["4", "8", "6"]), (.epochs, ["2", "4"])])
    sweep.repeats = 2
    let trials = try sweep.resolved()
    var (order, left, found) = (TrialOrder(trials), trials, [Int]())
    while let place = order.next(of: left) {
      let trial = left.remove(at: place)
      found.append(trial.index)
      order.begin(trial)
      // The second model takes longest.
      if found.count == 3 {
        for (index, seconds) in [(0, 1.0), (4, 9), (8, 3)] {
          order.end(trials[index], Self.record(seconds: seconds, epochs: 1))
        }
      }
    }
    #expect(found == [0, 4, 8, 6, 7, 5, 10, 11, 9, 2, 3, 1])
    order.last = [4, 6, 9]
    #expect(order.next(of: [4, 6, 9, 1].map { trials[$0] }) == 3 && order.next(of: [4, 6].map { trials[$0] }) == 0)
  }

  static func record(seconds: Double, epochs: Int) -> RunRecord {
    var results = RunRecord.ResultRecord()
    (results.seconds, results.epochs) = (seconds, epochs)
    return RunRecord(
      status: .completed, name: "", started: "", command: [],
      configuration: TrainingConfiguration(architecture: .fullyConnected(hiddenUnits: [1])),
      data: .init(
        source: "digits", name: "digits", seed: 0, fingerprint: "", image_shape: [1, 1, 1], training_images: 1,
        validation_images: 1, test_images: 1),
      model: .init(weights: 1, bottleneck_shape: [1]), machine: .init(kernels: "", threads: 1, processors: 1),
      versions: .init(aelog: "", swift: ""), results: results)
  }

  @Test func repeatsHaveSeedsOfTheirOwn() throws {
    var sweep = try sweep([(.filters, ["4", "8"]), (.seed, ["5"])])
    sweep.repeats = 3
    let trials = try sweep.resolved()
    #expect(trials.map(\.configuration.seed) == [5, 6, 7, 5, 6, 7])
    #expect(trials[1].name == "convolutional-4_seed-6")
    sweep.choices[.seed]?.append(.value(.seed(9)))
    #expect(throws: SweepError.seedsAndRepeats) { try sweep.resolved() }
    sweep.choices[.seed] = [.value(.seed(UInt64(Int.max)))]
    #expect(throws: SweepError.seedTooLarge) { try sweep.resolved() }
  }

  @Test func drawsAreDifferentAndTheSameAgain() throws {
    var sweep = try sweep([
      (.learningRate, ["log:1e-4..1e-2"]), (.batchSize, ["16..64"]), (.filters, ["4", "8", "16"]),
    ])
    #expect(throws: SweepError.rangeWithoutRandom(setting: .batchSize)) { try sweep.resolved() }
    sweep.draw = SweepSpecification.Draw(trials: 200, seed: 1)
    let trials = try sweep.resolved()
    #expect(try trials == sweep.resolved() && Set(trials.map(\.configuration)).count == 200)
    #expect(trials.allSatisfy { (1e-4...1e-2).contains($0.configuration.learningRate) })
    #expect(trials.allSatisfy { (16...64).contains($0.configuration.batchSize) })
    // As many below the middle of the logarithms as above.
    let low = trials.filter { $0.configuration.learningRate < 1e-3 }.count
    #expect((70...130).contains(low), "\(low)")
    #expect(Set(trials.map(\.configuration.architecture)).count == 3)
    // Another option changes no other's draws.
    sweep.choices[.dropout] = [try SettingChoice("0..0.5", of: .dropout)]
    #expect(try sweep.resolved().map(\.configuration.learningRate) == trials.map(\.configuration.learningRate))
    sweep.draw?.seed = 2
    #expect(try sweep.resolved().map(\.configuration.learningRate) != trials.map(\.configuration.learningRate))
  }

  @Test func fewerDrawsThanAskedForAreRefused() throws {
    var sweep = try sweep([(.epochs, ["1..3"])])
    sweep.draw = SweepSpecification.Draw(trials: 4, seed: 0)
    #expect(throws: SweepError.tooFewDraws(got: 3, want: 4)) { try sweep.resolved() }
    sweep.draw = SweepSpecification.Draw(trials: 3, seed: 0)
    #expect(try Set(sweep.resolved().map(\.configuration.epochs)) == [1, 2, 3])
  }

  @Test func namedTrialsTakeWhatAllHave() throws {
    let yaml = """
      options: {epochs: 2, filters: 4}
      trials:
      - {name: wide, filters: [64, 32]}
      - {name: dense, model: fully-connected, hidden-units: 5, epochs: 7}
      """
    var sweep = try SweepSpecification(yaml: Array(yaml.utf8), path: "s")
    let trials = try sweep.resolved()
    #expect(trials.map(\.name) == ["wide", "dense"] && trials.map(\.configuration.epochs) == [2, 7])
    #expect(trials[1].configuration.architecture == .fullyConnected(hiddenUnits: [5]))
    sweep.choices[.epochs]?.append(.value(.integer(3)))
    #expect(
      try sweep.resolved().map(\.name) == ["convolutional-4_epochs-2", "convolutional-4_epochs-3", "wide", "dense"])
  }

  @Test("a named trial is of the model that its own options belong to, or of the sweep's") func familiesOfNames() throws
  {
    func models(_ yaml: String) throws -> [String] {
      try SweepSpecification(yaml: Array(yaml.utf8), path: "s").resolved().map(\.configuration.architecture.name)
    }
    #expect(
      try models("trials: [{name: d, hidden-units: [5, 2]}, {name: c}]") == [
        "fully-connected-5-2", "convolutional-16-8-8",
      ])
    #expect(
      try models("options: {hidden-units: [[7]]}\ntrials: [{name: d, epochs: 3}, {name: c, filters: 4}]")
        == ["fully-connected-7", "convolutional-4"])
    #expect(
      try models("options: {model: fully-connected}\ntrials: [{name: d, epochs: 3}]") == ["fully-connected-128-64-32"])
    #expect(
      try models("options: {filters: 4}\ntrials: [{name: d, model: fully-connected}]") == ["fully-connected-128-64-32"])
    for (yaml, words) in [
      ("a: 1\ntrials:\n- {name: d, model: fully-connected, filters: [4]}", "line 3: trial \"d\": --filters belongs to"),
      (
        "a: 1\ntrials:\n- {name: d, downsampling: pool, hidden-units: 4}",
        "--hidden-units belongs to --model fully-connected"
      ),
      ("a: 1\ntrials:\n- {name: d, model: convolutional, hidden-units: 4}", "which --model convolutional excludes"),
      (
        "options: {model: fully-connected}\ntrials: [{name: d, filters: [4]}]",
        "which the sweep's --model fully-connected excludes"
      ),
      (
        "options: {filters: 4, hidden-units: 5}\ntrials: [{name: d, epochs: 3}]",
        "options of both models; say which one"
      ),
    ] {
      let error = #expect(throws: SweepError.self) { try models(yaml.replacing("a: 1", with: "repeats: 1")) }
      #expect(error.map { "\($0)" }?.contains(words) == true, "\(String(describing: error))")
    }
  }

  @Test("values of a narrow range are distinct, and values of a wide one are short") func narrowRanges() throws {
    func drawn(_ range: String, _ count: Int) throws -> [Double] {
      var sweep = try sweep([(.learningRateDecay, [range])])
      sweep.draw = SweepSpecification.Draw(trials: count, seed: 0)
      return try sweep.resolved().map(\.configuration.learningRateDecay)
    }
    let narrow = try drawn("0.999..0.9999", 1000)
    #expect(Set(narrow).count == 1000 && narrow.allSatisfy { (0.999...0.9999).contains($0) })
    // As even as draws are: no grid of ten values.
    let thirds = (0..<3).map { third in narrow.count { Int(($0 - 0.999) / 0.0003001) == third } }
    #expect(thirds.allSatisfy { (280...390).contains($0) }, "\(thirds)")
    #expect(try drawn("0.5..1", 20).allSatisfy { "\($0)".count <= 6 })
    #expect(try Set(drawn("0.5..1", 20_000)).count == 20_000)
  }

  @Test("a value that is out of range is refused as such, not for the name that it makes") func nameOfValue() throws {
    let error = #expect(throws: SweepError.self) { try sweep([(.learningRate, ["1e30", "0.1"])]).resolved() }
    #expect(
      error.map { "\($0)" }?.contains("--learning-rate: got 1e+30, want above 0, at most 10") == true,
      "\(String(describing: error))")
  }

  @Test(
    "a trial that can't be trained is named",
    arguments: [
      (TrainingSetting.learningRate, ["0.1", "11"], "learning-rate-11.0", "want above 0, at most 10"),
      (.batchSize, ["0", "5"], "batch-size-0", "want 1 to 65536"), (.dropout, ["1"], "convolutional-16-8-8", "0.999"),
    ])
  func outOfRange(option: TrainingSetting, texts: [String], name: String, reason: String) throws {
    let error = #expect(throws: SweepError.self) { try sweep([(option, texts)]).resolved() }
    let text = "\(String(describing: error))"
    #expect(text.contains("\"\(name)\"") && text.contains(reason), "\(text)")
  }

  @Test func theSameTrialTwiceIsRefused() throws {
    #expect(throws: SweepError.sameTrial(first: "convolutional-4", second: "convolutional-4")) {
      try sweep([(.filters, ["4", "4"])]).resolved()
    }
  }

  @Test func tooManyTrialsAreRefusedBeforeTheyAreMade() throws {
    let numbers = (1...1000).map(String.init)
    let sweep = try sweep([(.epochs, numbers), (.batchSize, numbers), (.decaySteps, numbers)])
    #expect(throws: SweepError.tooManyTrials(limit: 100_000)) { try sweep.resolved() }
  }
}
