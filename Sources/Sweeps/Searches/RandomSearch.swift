// RandomSearch.swift
// Draws different trials from the values and ranges that each option is given.

import Foundation
import Networks
import Tensors
import Training

extension SweepSpecification {
  /// The number of trials to draw instead of taking all combinations, and the seed of the draws.
  package struct Draw: Equatable, Sendable {
    package var trials: Int
    package var seed: UInt64

    package init(trials: Int, seed: UInt64) {
      self.trials = trials
      self.seed = seed
    }
  }

  /// Draws different trials. Each option has its own random stream, so adding an option does not change the values of the others.
  func drawn(_ draw: Draw) throws(SweepError) -> [SettingValues] {
    var (found, seen): ([SettingValues], Set<TrainingConfiguration>) = ([], [])
    for number in 0..<UInt32(draw.trials * 20 + 1000) where found.count < draw.trials {
      func pick<Element>(_ name: String, _ elements: [Element]) -> (Element, Double) {
        var stream = RandomStream(seed: draw.seed, name: "sweep/\(name)", index: number)
        let place = Int((UInt64(stream.nextWord()) * UInt64(elements.count)) >> 32)
        return (elements[place], Double(stream.nextWord()) * 0x1p-32)
      }
      let family = pick("model", families).0
      var values: SettingValues = [.model: .word(family.rawValue)]
      for (option, choices) in options(of: family) {
        let (choice, place) = pick(option.name, choices)
        switch choice {
        case .value(let value): values[option] = value
        case .range(let range): values[option] = range.value(at: place, draws: draw.trials)
        }
      }
      if seen.insert(TrainingConfiguration(values)).inserted { found.append(values) }
    }
    if found.count < draw.trials { throw .tooFewDraws(got: found.count, want: draw.trials) }
    return found
  }
}

/// A range to draw from: `A..B` is uniform, `log:A..B` is uniform in the logarithm.
package struct ValueRange: Hashable, Sendable {
  let first: Double
  let last: Double
  let isLogarithmic: Bool
  private let setting: TrainingSetting
  private var isWhole: Bool { setting.kind.isWhole }

  /// Reads a range of numbers; returns nil if the text has no two dots.
  /// - Throws: `SweepError.badRange`.
  init?(_ text: String, of setting: TrainingSetting) throws(SweepError) {
    let isLogarithmic = text.hasPrefix("log:")
    let ends = text.dropFirst(isLogarithmic ? 4 : 0)
    guard let dots = ends.firstRange(of: "..") else {
      if isLogarithmic { throw .badRange(setting: setting, got: text) }
      return nil
    }
    guard setting.kind.isNumber, let first = Double(ends[..<dots.lowerBound]),
      let last = Double(ends[dots.upperBound...]), first.isFinite, last.isFinite, first < last,
      !isLogarithmic || first > 0,
      !setting.kind.isWhole || first >= 0 && last < 1e15 && first == first.rounded() && last == last.rounded()
    else { throw .badRange(setting: setting, got: text) }
    (self.first, self.last) = (first, last)
    self.isLogarithmic = isLogarithmic
    self.setting = setting
  }

  var text: String {
    func end(_ number: Double) -> String { isWhole ? "\(Int(number))" : "\(number)" }
    return (isLogarithmic ? "log:" : "") + "\(end(first))..\(end(last))"
  }

  /// Checks that values near both ends can be trained. An end itself may be out of range, as in --learning-rate 0..0.01.
  /// - Throws: `SweepError.badRangeEnd`.
  func checkEnds() throws(SweepError) {
    for (end, inside) in [(first, first.nextUp), (last, last.nextDown)] {
      func check(_ number: Double) throws {
        try TrainingConfiguration([setting: setting.kind.value(number)]).validate()
      }
      do { try check(isWhole ? end : inside) } catch {
        var reason = "\(error)"
        // The message names the end that was given, not the number beside it.
        do { try check(end) } catch { reason = "\(error)" }
        throw .badRangeEnd(range: text, reason: reason)
      }
    }
  }

  /// Returns the value at a place from 0 to 1, in as few digits as distinguish the draws: four, and more in a narrow range.
  /// - Parameter draws: the number of values that are drawn from the range.
  func value(at place: Double, draws: Int) -> SettingValue {
    if isWhole {
      let low = first, high = last + 1
      let number = isLogarithmic ? low * pow(high / low, place) : low + (high - low) * place
      return setting.kind.value(min(last, number.rounded(.down)))
    }
    let number = isLogarithmic ? first * pow(last / first, place) : first + (last - first) * place
    // Digits that all values of a narrow range have in common distinguish nothing.
    let common = max(0, log10(max(abs(first), abs(last)) / (last - first)).rounded(.down))
    let telling = max(4, log10(Double(max(1, draws)) * 10).rounded(.up))
    let digits = Int(min(17, common + telling))
    // Rounding through text gives a number whose text is short.
    return .number(min(last, max(first, Double(String(format: "%.\(digits - 1)e", number)) ?? number)))
  }
}
