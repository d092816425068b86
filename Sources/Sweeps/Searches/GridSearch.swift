// GridSearch.swift
// All combinations of the values that each option is given.

import Networks
import Training

extension SweepSpecification {
  /// All combinations, family by family; the last option varies fastest.
  /// - Throws: `SweepError.tooManyTrials`, before it makes them.
  func allCombinations() throws(SweepError) -> [SettingValues] {
    var all: [SettingValues] = []
    for family in families {
      let options = options(of: family)
      var count = 1
      for (_, choices) in options {
        count *= choices.count
        if count > Self.trialLimit { throw .tooManyTrials(limit: Self.trialLimit) }
      }
      var combinations: [SettingValues] = [[.model: .word(family.rawValue)]]
      for (option, choices) in options {
        combinations = combinations.flatMap { values in
          choices.map { choice in
            guard case .value(let value) = choice else { return values }
            return values.merging([option: value]) { $1 }
          }
        }
      }
      all += combinations
    }
    return all
  }
}
