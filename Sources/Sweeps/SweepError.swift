// SweepError.swift
// The errors of sweeps, each with a message of one line.

import ByteStreams
import Networks
package import Training

/// An error of a sweep or of a trial in it. Names and texts are as given, not escaped.
package enum SweepError: Error, Equatable {
  case badValue(setting: TrainingSetting, got: String)
  case badSetting(name: String, got: String, want: String)
  case badRange(setting: TrainingSetting, got: String)
  /// - Parameter reason: what is wrong with values near an end of the range.
  case badRangeEnd(range: String, reason: String)
  case rangeWithoutRandom(setting: TrainingSetting)
  case otherFamily(setting: TrainingSetting, family: String)
  /// A named trial has a setting that its model does not have; `other` is the option that conflicts.
  case optionOfOtherFamily(trial: String, setting: TrainingSetting, other: String)
  /// A named trial in a sweep of both families does not say which family it has.
  case noFamily(trial: String)
  /// A setting that changes nothing without what it needs, in a sweep where no trial has that.
  case withoutEffect(setting: TrainingSetting, need: String)
  case seedsAndRepeats
  case seedTooLarge
  case count(what: String, got: Int, want: ClosedRange<Int>)
  case tooManyTrials(limit: Int)
  /// There are fewer different trials than were to be drawn.
  case tooFewDraws(got: Int, want: Int)
  case sameTrial(first: String, second: String)
  case sameName(String)
  /// The rungs do not rise, or they reach the end of training.
  case badRungs(got: [Int], epochs: Int)
  /// Halving was asked for, but trials differ in their epochs.
  case halvingOfLengths(first: Int, second: Int)
  case badHalvingRecord(path: String)
  case badTrialName(name: String, reason: String)
  case badTrial(name: String, reason: String)
  /// A trial could not write its files.
  case deviceRefuses(trial: String, reason: String)
  /// The images can't be read, or differ from the sweep's.
  case noImages(reason: String)
  /// A trial could not read the images or the sweep; `reason` is its error line.
  case inputRefused(trial: String, reason: String)
  /// A trial's run can't be written, because something that is no directory has its name.
  case trialInTheWay(name: String, path: String)
  /// A trial's run can't be resumed.
  case badRun(name: String, path: String, reason: String)
  /// A trial's run is not what the sweep would have trained.
  case changedTrial(name: String, path: String, reason: String)
  /// The sweep to resume was begun with other options.
  case otherSpecification(got: String, want: String)
  /// A specification file is wrong.
  /// - Parameter line: the line's number, from 1.
  case specification(path: String, line: Int?, reason: String)
}

extension SweepError {
  /// Creates the error of a trial's process that is no failure of the trial, from its exit status; nil for any other status.
  init?(refusing status: Int32, of trial: Trial, _ reason: String) {
    switch status {
    case 66: self = .inputRefused(trial: trial.name, reason: reason)
    case 73, 74, 77: self = .deviceRefuses(trial: trial.name, reason: reason)
    default: return nil
    }
  }

  /// Whether an error is no failure of the trial that met it: the images are missing for all trials, or the user changed the
  /// trial.
  static func isOfSweep(_ error: any Error) -> Bool {
    switch error {
    case SweepError.noImages, SweepError.changedTrial: true
    default: false
    }
  }
}

extension SweepError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badValue(let setting, let got):
      "--\(setting.name): got \(DisplayName.quoted(got)), want \(setting.kind.want)"
    case .badSetting(let name, let got, let want): "--\(name): got \(DisplayName.quoted(got)), want \(want)"
    case .badRange(let setting, let got):
      "--\(setting.name): got \(DisplayName.quoted(got)), want two numbers, the smaller one first, as in 0..0.5 or log:1e-4..1e-2"
    case .badRangeEnd(let range, let reason): "the range \(DisplayName.quoted(range)): \(reason)"
    case .rangeWithoutRandom(let setting):
      "--\(setting.name): values are drawn from a range only with --random; say how many trials, or give single values"
    case .otherFamily(let setting, let family):
      "--\(setting.name) belongs to --model \(setting.family?.rawValue ?? ""); this sweep has only \(family)"
    case .optionOfOtherFamily(let trial, let setting, let other):
      "trial \(DisplayName.quoted(trial)): --\(setting.name) belongs to --model \(setting.family?.rawValue ?? ""), which "
        + "\(other) excludes; leave one of them out"
    case .noFamily(let trial):
      "trial \(DisplayName.quoted(trial)): the sweep has options of both models; say which one it is of, as in "
        + "model: \(ModelFamily.convolutional.rawValue)"
    case .withoutEffect(let setting, let need):
      "--\(setting.name) acts only with \(need), which no trial has; leave it out, or give both"
    case .seedsAndRepeats:
      "--repeats trains with one seed after the other and --seed gives several; choose one of them"
    case .seedTooLarge: "--seed: the seeds of the repeats would go beyond the largest number"
    case .count(let what, let got, let want):
      "--\(what): got \(got), want \(want.lowerBound) to \(want.upperBound)"
    case .tooManyTrials(let limit): "the sweep has more than \(limit) trials; give fewer values"
    case .tooFewDraws(let got, let want):
      "--random: got \(want), but there are only \(got) different trials to draw; ask for fewer or give more values"
    case .sameTrial(let first, let second):
      "the trials \(DisplayName.quoted(first)) and \(DisplayName.quoted(second)) are the same; leave one out"
    case .sameName(let name): "two trials are named \(DisplayName.quoted(name)); rename one"
    case .badRungs(let got, let epochs) where epochs < 2:
      "--halving compares trials before their last epoch; got --epochs \(epochs)\(got.isEmpty ? "" : " and --rungs"), want 2 or more"
    case .badRungs(let got, let epochs):
      "--rungs: got \(got.isEmpty ? "none" : got.map(String.init).joined(separator: ",")), want epochs from 1 to "
        + "\(epochs - 1), each more than the one before, as in 1,3"
    case .halvingOfLengths(let first, let second):
      "--halving compares trials of one length; got --epochs \(first) and \(second), want one of them"
    case .badHalvingRecord(let path):
      "\(DisplayName.quoted(path)) is no record of this sweep's comparisons; put it back, or remove it to compare again"
    case .badTrialName(let name, let reason): "the trial's name \(DisplayName.quoted(name)): \(reason)"
    case .badTrial(let name, let reason): "trial \(DisplayName.quoted(name)): \(reason)"
    case .deviceRefuses(let trial, let reason):
      "no more trials are begun, because \(DisplayName.quoted(trial)) could not write: \(reason)"
    case .noImages(let reason): reason
    case .inputRefused(let trial, let reason):
      "no more trials are begun, because \(DisplayName.quoted(trial)) could not read: \(reason)"
    case .trialInTheWay(let name, let path):
      "trial \(DisplayName.quoted(name)): \(DisplayName.quoted(path)) is no directory; move it away, and train the trial with --retry"
    case .badRun(let name, let path, let reason):
      "trial \(DisplayName.quoted(name)): \(reason); or move \(DisplayName.quoted(path)) away, and train the trial anew with --retry"
    case .changedTrial(let name, let path, let reason):
      "trial \(DisplayName.quoted(name)) was \(reason); move \(DisplayName.quoted(path)) away to train it anew, or undo the change of "
        + "the sweep"
    case .otherSpecification(let got, let want):
      "the sweep was begun with \(DisplayName.quoted(want)), not \(DisplayName.quoted(got)); leave the options out to resume it"
    case .specification(let path, let line, let reason):
      DisplayName.quoted(path) + (line.map { ", line \($0)" } ?? "") + ": \(reason)"
    }
  }
}
