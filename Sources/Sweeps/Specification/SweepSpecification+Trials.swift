// SweepSpecification+Trials.swift
// Turns a specification into trials: combinations or draws, then named trials, repeated; and gives each trial its name.

import ByteStreams
import Networks
import Runs
import Training

extension SweepSpecification {
  /// Returns all trials in their order: those of the options, the last option varying fastest, then the named ones; repeats are
  /// adjacent.
  /// - Parameter isWhole: false if options may follow; then settings that change nothing without others are accepted.
  /// - Throws: `SweepError` if a value is out of range or two trials are the same.
  package func resolved(isWhole: Bool = true) throws(SweepError) -> [Trial] {
    try check()
    let combinations = if let draw { try drawn(draw) } else { try allCombinations() }
    let isNamedOnly = !trials.isEmpty && draw == nil && choices.values.allSatisfy { $0.count == 1 }
    let unnamed = isNamedOnly ? [] : combinations
    let shared = choices.compactMapValues { choices -> SettingValue? in
      if choices.count == 1, case .value(let value) = choices[0] { value } else { nil }
    }
    let ofNames = try trials.map { trial throws(SweepError) in try values(of: trial, shared) }
    let count = (unnamed.count + ofNames.count) * repeats
    if count > Self.trialLimit { throw .tooManyTrials(limit: Self.trialLimit) }
    var configurations: [(name: String?, configuration: TrainingConfiguration)] = []
    for (name, values) in unnamed.map({ (nil, $0) }) + zip(trials.map(\.name), ofNames) {
      for number in 0..<repeats {
        var configuration = TrainingConfiguration(values)
        guard configuration.seed <= UInt64(Int.max - repeats) else { throw .seedTooLarge }
        configuration.seed += UInt64(number)
        let suffix = repeats > 1 ? "_seed-\(configuration.seed)" : ""
        configurations.append((name.map { $0 + suffix }, configuration))
      }
    }
    if isWhole, let (setting, need) = SettingCondition.unmet(givenSettings, in: configurations.map(\.configuration)) {
      throw .withoutEffect(setting: setting, need: need)
    }
    let trials = try named(configurations)
    _ = try ladder(of: trials)
    return trials
  }

  /// Returns the rungs of these trials; nil without halving.
  /// - Throws: `SweepError` if the trials can't be compared.
  package func ladder(of trials: [Trial]) throws(SweepError) -> Ladder? {
    guard let halving, let first = trials.first?.configuration.epochs else { return nil }
    if let other = trials.map(\.configuration.epochs).first(where: { $0 != first }) {
      throw .halvingOfLengths(first: first, second: other)
    }
    return try halving.ladder(configurations: Configurations(trials).sizes, epochs: first)
  }

  private func check() throws(SweepError) {
    guard Self.repeatLimit.contains(repeats) else {
      throw .count(what: "repeats", got: repeats, want: Self.repeatLimit)
    }
    if let draw, !(1...Self.trialLimit).contains(draw.trials) {
      throw .count(what: "random", got: draw.trials, want: 1...Self.trialLimit)
    }
    for (option, choices) in choices.sorted(by: { $0.key.name < $1.key.name }) {
      let hasRange = choices.contains { if case .range = $0 { true } else { false } }
      if hasRange, draw == nil { throw .rangeWithoutRandom(setting: option) }
      for case .range(let range) in choices { try range.checkEnds() }
      if option == .seed, repeats > 1, hasRange || choices.count > 1 { throw .seedsAndRepeats }
      if let family = option.family, !families.contains(family) {
        throw .otherFamily(setting: option, family: families.map(\.rawValue).joined(separator: " and "))
      }
    }
    if repeats > 1, trials.contains(where: { $0.values[.seed] != nil }) { throw .seedsAndRepeats }
  }

  /// Returns a named trial's values together with the values that all trials have. Its own options determine its model; if they do not,
  /// the sweep's do.
  private func values(of trial: NamedTrial, _ shared: SettingValues) throws(SweepError) -> SettingValues {
    let own = try trial.family()
    if let own, trial.values[.model] == nil, choices[.model] != nil, !families.contains(own),
      let option = trial.values.keys.first(where: { $0.family != nil })
    {
      throw .optionOfOtherFamily(
        trial: trial.name, setting: option, other: "the sweep's --model \(families[0].rawValue)")
    }
    guard let family = own ?? (families.count == 1 ? families[0] : nil) else { throw .noFamily(trial: trial.name) }
    var values = trial.values.merging(shared.filter { $0.key.family == nil || $0.key.family == family }) { own, _ in own
    }
    values[.model] = .word(family.rawValue)
    return values
  }

  /// The model families of the sweep: those that --model names, or those whose options are given.
  var families: [ModelFamily] {
    if let models = choices[.model] {
      return ModelFamily.allCases.filter { family in models.contains { $0.text == family.rawValue } }
    }
    let given = ModelFamily.allCases.filter { family in choices.keys.contains { $0.family == family } }
    return given.isEmpty ? [.convolutional] : given
  }

  /// Returns the options of a family that have values, in the order of the command's help.
  func options(of family: ModelFamily) -> [(option: TrainingSetting, choices: [SettingChoice])] {
    TrainingSetting.all.compactMap { option in
      guard option != .model, option.family == nil || option.family == family, let choices = choices[option] else {
        return nil
      }
      return (option, choices)
    }
  }

  /// Gives each trial its name, and refuses trials that can't be trained or occur twice.
  private func named(_ all: [(name: String?, configuration: TrainingConfiguration)]) throws(SweepError) -> [Trial] {
    let naming = TrialNaming(all.map(\.configuration))
    var names: Set<ExactName> = []
    var known: [TrainingConfiguration: String] = [:]
    var trials: [Trial] = []
    for (index, (given, configuration)) in all.enumerated() {
      let name = given ?? naming.name(of: index)
      // A wrong value is reported as such, before the name that it makes.
      do { try configuration.validate() } catch { throw .badTrial(name: name, reason: "\(error)") }
      do throws(RunError) {
        try RunPlacement.check(name)
      } catch {
        guard case .badRunName(_, let reason) = error else { throw .badTrialName(name: name, reason: "\(error)") }
        throw .badTrialName(name: name, reason: reason)
      }
      if SweepDirectory.ownNames.contains(name) {
        throw .badTrialName(name: name, reason: "the sweep's own file has it")
      }
      if let first = known.updateValue(name, forKey: configuration) { throw .sameTrial(first: first, second: name) }
      if !names.insert(ExactName(name)).inserted { throw .sameName(name) }
      trials.append(Trial(index: index, name: name, configuration: configuration))
    }
    return trials
  }
}

/// Names that tell how the configurations of a sweep differ: `convolutional-16-8-8_learning-rate-0.003_seed-1`.
struct TrialNaming {
  private let trials: [TrainingConfiguration]
  /// The settings, except the model's, in which any two configurations differ.
  private let differing: [TrainingSetting]
  private let hasModels: Bool

  init(_ configurations: [TrainingConfiguration]) {
    trials = configurations
    let different = Self.different(configurations)
    differing = TrainingSetting.all.filter { $0.section != .model && different.contains($0) }
    hasModels = configurations.contains { $0.architecture != configurations[0].architecture }
  }

  /// Returns the settings in which any two configurations differ; with two families, the sizes of both.
  static func differing(_ configurations: [TrainingConfiguration]) -> Set<TrainingSetting> {
    let found = different(configurations)
    return found.contains(.model) ? found.union([.filters, .hiddenUnits]) : found
  }

  private static func different(_ all: [TrainingConfiguration]) -> Set<TrainingSetting> {
    guard let first = all.first else { return [] }
    var ofOtherFamily: TrainingConfiguration?
    return all.reduce(into: []) { found, trial in
      let differences = trial.differences(from: first)
      found.formUnion(differences)
      guard differences.contains(.model) else { return }
      if let other = ofOtherFamily { found.formUnion(trial.differences(from: other)) } else { ofOtherFamily = trial }
    }
  }

  /// Returns the common part of the names of trials that differ only in their seed.
  /// - Parameter trials: one trial or more.
  static func common(_ trials: [Trial]) -> String {
    guard let first = trials.first, trials.count > 1 else { return trials.first?.name ?? "" }
    let names = trials.map { trial in
      trial.name.split(separator: "_", omittingEmptySubsequences: false).filter {
        $0 != "seed-\(trial.configuration.seed)"
      }
      .joined(separator: "_")
    }
    if Set(names).count > 1 { return "\(first.name) and \(trials.count - 1) more" }
    return names[0].isEmpty ? first.configuration.architecture.name : names[0]
  }

  /// Returns the name of a configuration.
  /// - Parameter index: the configuration's place in the sweep.
  func name(of index: Int) -> String {
    let trial = trials[index]
    let parts = differing.compactMap { setting in trial.value(of: setting).map { "\(setting.name)-\($0.text)" } }
    let name = ((hasModels || parts.isEmpty ? [trial.architecture.name] : []) + parts).joined(separator: "_")
    if name.utf8.count <= RunPlacement.nameLimit { return name }
    return "trial-" + index.zeroPadded(to: String(trials.count).count)
  }
}
