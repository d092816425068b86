// SweepOption.swift
// The options of aelog train in which trials may differ, and their values.

import Foundation
import Networks
package import Training

/// An option, under its name on the command line without the hyphens.
package enum SweepOption: String, CaseIterable, Sendable {
  case model, filters, downsampling
  case hiddenUnits = "hidden-units"
  case epochs
  case batchSize = "batch-size"
  case learningRate = "learning-rate"
  case learningRateDecay = "learning-rate-decay"
  case decaySteps = "decay-steps"
  case weightDecay = "weight-decay"
  case dropout
  case noiseFactor = "noise-factor"
  case seed, kernels

  /// The kinds of values.
  package enum Kind: Hashable, Sendable {
    case word([String]), sizes, integer, number

    /// The expected form, for messages.
    package var want: String {
      switch self {
      case .word(let words): words.joined(separator: " or ")
      case .sizes: "sizes with commas between, as in 16,8,8"
      case .integer: "a whole number"
      case .number: "a number"
      }
    }
  }

  package var kind: Kind {
    switch self {
    case .model: .word(SweepFamily.allCases.map(\.rawValue))
    case .downsampling: .word(Downsampling.allCases.map(\.rawValue))
    case .kernels: .word(KernelChoice.allCases.map(\.rawValue))
    case .filters, .hiddenUnits: .sizes
    case .epochs, .batchSize, .decaySteps, .seed: .integer
    case .learningRate, .learningRateDecay, .weightDecay, .dropout, .noiseFactor: .number
    }
  }

  /// The only family of models that has the option; nil if both have it.
  var family: SweepFamily? {
    switch self {
    case .filters, .downsampling: .convolutional
    case .hiddenUnits: .fullyConnected
    default: nil
    }
  }
}

/// The two families of models.
package enum SweepFamily: String, CaseIterable, Sendable {
  case convolutional
  case fullyConnected = "fully-connected"

  init(_ architecture: Architecture) {
    self =
      switch architecture {
      case .convolutional: .convolutional
      case .fullyConnected: .fullyConnected
      }
  }
}

/// One value for each option that does not have its default.
package typealias OptionValues = [SweepOption: OptionValue]

extension TrainingConfiguration {
  /// Creates the configuration of these values. Other options have their defaults; options of the other model family are ignored.
  package init(_ values: OptionValues) {
    let family = values[.model].flatMap { SweepFamily(rawValue: $0.text) } ?? .convolutional
    let architecture: Architecture =
      switch family {
      case .convolutional:
        .convolutional(
          filters: values[.filters]?.sizes ?? [16, 8, 8],
          downsampling: values[.downsampling].flatMap { Downsampling(rawValue: $0.text) } ?? .pool)
      case .fullyConnected: .fullyConnected(hiddenUnits: values[.hiddenUnits]?.sizes ?? [128, 64, 32])
      }
    self.init(architecture: architecture)
    epochs = values[.epochs]?.integer ?? epochs
    batchSize = values[.batchSize]?.integer ?? batchSize
    learningRate = values[.learningRate]?.number ?? learningRate
    learningRateDecay = values[.learningRateDecay]?.number ?? learningRateDecay
    decaySteps = values[.decaySteps]?.integer ?? decaySteps
    weightDecay = values[.weightDecay]?.number ?? weightDecay
    dropout = values[.dropout]?.number ?? dropout
    noiseFactor = values[.noiseFactor]?.number ?? noiseFactor
    seed = values[.seed]?.integer.map { UInt64($0) } ?? seed
    kernels = values[.kernels].flatMap { KernelChoice(rawValue: $0.text) } ?? kernels
  }
}

/// A value of an option, as given to aelog train.
package enum OptionValue: Hashable, Sendable {
  case word(String), sizes([Int]), integer(Int), number(Double)

  /// Reads a value of an option.
  /// - Throws: `SweepError.badValue`.
  package init(_ text: String, of option: SweepOption) throws(SweepError) {
    let found: OptionValue? =
      switch option.kind {
      case .word(let words): words.contains(text) ? .word(text) : nil
      case .sizes: Self.sizes(in: text)
      case .integer: Int(text).flatMap { $0 >= 0 ? .integer($0) : nil }
      case .number: Double(text).flatMap { $0.isFinite ? .number($0) : nil }
      }
    guard let found else { throw .badValue(option: option, got: text) }
    self = found
  }

  /// The value as written on the command line.
  package var text: String {
    switch self {
    case .word(let word): word
    case .sizes(let sizes): sizes.map(String.init).joined(separator: ",")
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    }
  }

  var sizes: [Int]? { if case .sizes(let sizes) = self { sizes } else { nil } }
  var integer: Int? { if case .integer(let number) = self { number } else { nil } }
  var number: Double? { if case .number(let number) = self { number } else { nil } }

  /// Reads whole numbers from 1 to 65536 between commas; blanks around them are ignored.
  private static func sizes(in text: String) -> OptionValue? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= 64 else { return nil }
    let sizes = parts.compactMap { part in Int(part.filter { $0 != " " }) }
    guard sizes.count == parts.count, sizes.allSatisfy((1...65_536).contains) else { return nil }
    return .sizes(sizes)
  }
}

/// One value of an option in a sweep, or a range of values.
package enum OptionChoice: Hashable, Sendable {
  case value(OptionValue), range(ValueRange)

  /// - Throws: `SweepError.badValue`, `.badRange`.
  package init(_ text: String, of option: SweepOption) throws(SweepError) {
    if let range = try ValueRange(text, of: option) {
      self = .range(range)
    } else {
      self = .value(try OptionValue(text, of: option))
    }
  }

  var text: String {
    switch self {
    case .value(let value): value.text
    case .range(let range): range.text
    }
  }
}
