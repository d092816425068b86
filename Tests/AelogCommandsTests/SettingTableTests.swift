// SettingTableTests.swift
// Every row of the table of hyperparameters is found wherever hyperparameters are.

import ArgumentParser
import EventFiles
import Foundation
import Networks
import Runs
import Testing

@testable import AelogCommands
@testable import Sweeps
@testable import Training

@Suite struct SettingTableTests {
  /// A value of the setting that is not its default.
  private func other(_ setting: TrainingSetting) throws -> SettingValue {
    let usual = setting.defaultText
    let text: String =
      switch setting.kind {
      case .word(let words), .words(let words): try #require(words.first { $0 != usual })
      case .flag: "true"
      case .sizes: "5,3"
      case .integer, .seed: "3"
      case .number: "0.25"
      }
    return try #require(SettingValue(text, of: setting))
  }

  /// The values without which a setting is refused, or has no meaning.
  private func needed(_ setting: TrainingSetting) -> SettingValues {
    var values: SettingValues = [:]
    if let family = setting.family { values[.model] = .word(family.rawValue) }
    if setting == .variational || setting == .beta { values[.model] = .word(ModelFamily.fullyConnected.rawValue) }
    if setting == .beta { values[.variational] = .flag(true) }
    if setting == .noise { values[.noiseFactor] = .number(0.5) }
    return values
  }

  private func changed(_ setting: TrainingSetting) throws -> (
    values: SettingValues, configuration: TrainingConfiguration
  ) {
    let values = needed(setting).merging([setting: try other(setting)]) { $1 }
    return (values, TrainingConfiguration(values))
  }

  /// Returns options of `train` or `sweep`; a flag has no value in `train`.
  private func words(_ values: SettingValues, ofTrain isTrain: Bool) -> [String] {
    values.flatMap { setting, value in
      ["--\(setting.name)"] + (isTrain && setting.kind == .flag ? [] : [value.text])
    }
  }

  @Test("help of train, sweep and bench", arguments: TrainingSetting.all)
  func help(setting: TrainingSetting) throws {
    for (command, isThere) in [
      (Train.helpMessage(), true), (Sweep.helpMessage(), true),
      (Bench.helpMessage(), setting.section == .model || setting.isOfStep),
    ] {
      let value = setting.kind == .flag ? "" : " <\(setting.valueName)>"
      #expect(command.contains("--\(setting.name)\(value)") == isThere)
    }
    let usual = setting.kind == .flag ? "" : " (default: \(setting.defaultText))"
    #expect(Train.helpMessage(columns: 1000).contains(setting.help + usual))
    let values = setting.kind.choices.map { " (values: \($0.joined(separator: ", ")))" } ?? ""
    #expect(Sweep.helpMessage(columns: 1000).contains(setting.help + values))
  }

  @Test("options of train and sweep", arguments: TrainingSetting.all)
  func options(setting: TrainingSetting) throws {
    let (values, configuration) = try changed(setting)
    let train = try #require(try Train.parse(words(values, ofTrain: true)) as Train?)
    #expect(TrainingConfiguration(train.model.values.merging(train.learning.values) { $1 }) == configuration)
    let sweep = try Sweep.parse(words(values, ofTrain: false) + ["--name", "x"])
    let trials = try sweep.options.specification().resolved()
    #expect(trials.map(\.configuration) == [configuration] && values[setting] == configuration.value(of: setting))
    if setting.kind != .flag {
      let error = #expect(throws: (any Error).self) { try Train.parse(["--\(setting.name)", "?"]) }
      #expect(
        error.map { Train.message(for: $0) }?.contains("'--\(setting.name) <\(setting.valueName)>': want ") == true)
    }
    #expect(throws: SweepError.badValue(setting: setting, got: "?")) {
      try Sweep.parse(["--\(setting.name)", "?", "--name", "x"]).options.specification()
    }
  }

  @Test("YAML, JSON, CSV, HParams, comparisons and conflicts", arguments: TrainingSetting.all)
  func records(setting: TrainingSetting) throws {
    let (_, configuration) = try changed(setting)
    let value = try other(setting)
    let usual = TrainingConfiguration(setting == .model ? [:] : needed(setting))

    let others = needed(setting).map { "\($0.name): [\($1.text)], " }.joined()
    let yaml =
      "options: {\(others)\(setting.name): \(setting.kind == .sizes ? "[[5, 3]]" : "[\(value.text)]")}\n"
    let read = try SweepSpecification(yaml: Array(yaml.utf8), path: "sweep.yaml")
    #expect(try read.resolved().map(\.configuration) == [configuration])
    #expect(try SweepSpecification(yaml: Array(read.text.utf8), path: "sweep.yaml") == read)

    let json = try JSONEncoder().encode(configuration)
    #expect(String(decoding: json, as: UTF8.self).contains("\"\(setting.key)\":"))
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: json) == configuration)

    let parameters = RunHyperParameters.values(of: configuration, data: "digits")
    #expect(
      parameters.contains {
        $0.name == setting.key && ($0.value == .text(value.text) || value.number.map { .number($0) } == $0.value)
      })
    let table = HyperParameterTable(RunComparison(differing: [setting]))
    #expect(table.hyperParameters.filter(\.differs).map(\.name) == [setting.key])

    // A code of its own and a variational one are linear if nothing else is said.
    let isLinear = setting == .code || setting == .variational
    #expect(configuration.differences(from: usual) == [setting] + (isLinear ? [.codeActivation] : []))
    #expect(TrialNaming.differing([usual, configuration]).contains(setting))
    let conflict = configuration.conflict(with: usual)
    #expect(conflict?.want.name == ([.epochs, .patience].contains(setting) ? nil : setting.name))
  }
}
