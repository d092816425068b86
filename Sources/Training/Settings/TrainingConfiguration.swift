// TrainingConfiguration.swift
// The settings of a training run that decide its results, as options and as JSON; threads and paths are not among them.

package import Networks

/// The settings of one training run. Equal configurations on equal data give bit-identical results.
package struct TrainingConfiguration: Hashable, Sendable {
  package var architecture: Architecture
  /// Number of epochs.
  package var epochs = 10
  /// Images in a step; an epoch's last, partial batch is skipped.
  package var batchSize = 256
  package var learningRate = 0.001
  /// Learning-rate decay factor, applied after every `decaySteps` steps.
  package var learningRateDecay = 0.96
  package var decaySteps = 1000
  /// The factor of ½Σw² over the kernels, which is added to the loss.
  package var weightDecay = 1e-5
  /// The fraction of hidden activations dropped in training.
  package var dropout = 0.0
  /// The standard deviation of the normal noise added to inputs, which are then clipped to [0, 1]; targets stay clean.
  package var noiseFactor = 0.0
  package var seed: UInt64 = 0
  /// The kernels that compute the layers; another choice differs only in rounding.
  package var kernels = KernelChoice.auto

  /// The most epochs: steps then fit 64 bits, and epochs 32.
  static let epochLimit = 1_000_000_000

  package init(architecture: Architecture) { self.architecture = architecture }

  /// The fewest steps of an epoch that the default batch size leaves.
  private static let leastSteps = 8

  /// Returns the batch size that replaces the default for few training images: the largest power of two that gives 8 steps an epoch
  /// or more. Nil if the default does.
  package static func fittedBatch(_ images: Int) -> Int? {
    let usual = TrainingConfiguration(architecture: .convolutional(filters: [1], downsampling: .pool)).batchSize
    guard images >= 1, images < usual * leastSteps else { return nil }
    var size = 1
    while size * 2 * leastSteps <= images { size *= 2 }
    return size
  }

  /// Returns the message that the default batch size was replaced.
  package static func fittedBatchNote(_ images: Int, _ size: Int) -> String {
    "there are \(images) training images; at least \(leastSteps) steps an epoch want --batch-size \(size)"
  }

  /// Returns the noise of an evaluation: the same at every epoch, so that its curve shows the network and not the draw.
  /// - Parameter part: "training", "validation" or "test"; each has its own noise.
  package func evaluationNoise(_ part: String) -> Perturbation {
    Perturbation(
      noiseFactor: Float(noiseFactor), dropout: 0, seed: seed, epoch: 0, noiseName: "noise/" + part)
  }

  /// Throws an error for values that training does not accept.
  package func validate() throws {
    try architecture.validate()
    func check(
      _ name: String, _ value: Double, _ isGood: Bool, _ want: @autoclosure () -> String
    ) throws(TrainingError) {
      if !isGood { throw .option(name: name, got: value, want: want()) }
    }
    try check("epochs", Double(epochs), (1...Self.epochLimit).contains(epochs), "1 to \(Self.epochLimit)")
    try check("batch-size", Double(batchSize), (1...65_536).contains(batchSize), "1 to 65536")
    try check("learning-rate", learningRate, learningRate > 0 && learningRate <= 10, "above 0, at most 10")
    try check(
      "learning-rate-decay", learningRateDecay, learningRateDecay > 0 && learningRateDecay <= 1,
      "above 0, at most 1")
    try check("decay-steps", Double(decaySteps), decaySteps >= 1, "1 or more")
    try check("weight-decay", weightDecay, weightDecay >= 0 && weightDecay <= 1, "0 to 1")
    try check("dropout", dropout, dropout >= 0 && dropout <= 0.999, "0 to 0.999")
    try check("noise-factor", noiseFactor, noiseFactor >= 0 && noiseFactor <= 100, "0 to 100")
  }
}

/// The reason why training cannot start or continue.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
  case option(name: String, got: Double, want: String)
  case batchLargerThanSet(batch: Int, images: Int)
  /// - Parameter layer: the first layer whose activations are not finite.
  case nonFiniteLoss(step: Int, loss: Double, layer: String?)
  /// The loss is finite, but a gradient is not.
  case nonFiniteGradient(step: Int, parameter: String?)
  /// A weight became NaN or infinite in a step whose loss and gradient were finite.
  case nonFiniteWeights(step: Int, parameter: String)

  package var description: String {
    switch self {
    case .option(let name, let got, let want): "--\(name): got \(TrainingError.short(got)), want \(want)"
    case .batchLargerThanSet(let batch, let images):
      "--batch-size: got \(batch), but there \(images == 1 ? "is only 1 training image" : "are only \(images) training images"); choose at most \(images)"
    case .nonFiniteLoss(let step, let loss, let layer):
      "the loss became \(loss.isNaN ? "NaN" : "infinite") at step \(step)"
        + (layer.map { ", where \($0) is the first layer whose activations are not finite" } ?? "")
        + "; a smaller --learning-rate may help"
    case .nonFiniteGradient(let step, let parameter):
      "the gradient\(parameter.map { " of \($0)" } ?? "") became NaN, infinite or too large at step \(step), though the "
        + "loss is finite; a smaller --learning-rate or --weight-decay may help"
    case .nonFiniteWeights(let step, let parameter):
      "a weight of \(parameter) is not finite after step \(step); a smaller --learning-rate may help"
    }
  }

  /// Returns a number's text, for whole numbers without a decimal point.
  private static func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
  }
}

extension TrainingConfiguration {
  /// A setting as an option of the command.
  package struct Option: Hashable, Sendable {
    /// The option's name without hyphens.
    package let name: String
    package let value: String
  }

  /// The names of both model families' options, in the order of the command's help.
  package static let optionNames = [
    "model", "filters", "downsampling", "hidden-units", "epochs", "batch-size", "learning-rate", "learning-rate-decay",
    "decay-steps", "weight-decay", "dropout", "noise-factor", "seed", "kernels",
  ]

  /// All options of this model's family, in the order of the command's help.
  package var options: [Option] {
    Self.optionNames.compactMap { name in value(of: name).map { Option(name: name, value: $0) } }
  }

  /// Returns the value of an option; nil for options of the other family.
  package func value(of name: String) -> String? {
    switch (name, architecture) {
    case ("model", .convolutional): "convolutional"
    case ("model", .fullyConnected): "fully-connected"
    case ("filters", .convolutional), ("hidden-units", .fullyConnected):
      architecture.sizes.map(String.init).joined(separator: ",")
    case ("downsampling", .convolutional(_, let downsampling)): downsampling.rawValue
    case ("epochs", _): "\(epochs)"
    case ("batch-size", _): "\(batchSize)"
    case ("learning-rate", _): "\(learningRate)"
    case ("learning-rate-decay", _): "\(learningRateDecay)"
    case ("decay-steps", _): "\(decaySteps)"
    case ("weight-decay", _): "\(weightDecay)"
    case ("dropout", _): "\(dropout)"
    case ("noise-factor", _): "\(noiseFactor)"
    case ("seed", _): "\(seed)"
    case ("kernels", _): kernels.rawValue
    default: nil
    }
  }

  /// Returns the names of the options whose values differ; `model` alone if the families differ.
  ///
  /// It is much faster than comparing the options' texts.
  package func differences(from other: TrainingConfiguration) -> [String] {
    let ofModel: [(String, Bool)] =
      switch (architecture, other.architecture) {
      case (.convolutional(let filters, let downsampling), .convolutional(let otherFilters, let otherDownsampling)):
        [("filters", filters != otherFilters), ("downsampling", downsampling != otherDownsampling)]
      case (.fullyConnected(let units), .fullyConnected(let otherUnits)): [("hidden-units", units != otherUnits)]
      default: [("model", true)]
      }
    let ofLearning = [
      ("epochs", epochs != other.epochs), ("batch-size", batchSize != other.batchSize),
      ("learning-rate", learningRate != other.learningRate),
      ("learning-rate-decay", learningRateDecay != other.learningRateDecay),
      ("decay-steps", decaySteps != other.decaySteps), ("weight-decay", weightDecay != other.weightDecay),
      ("dropout", dropout != other.dropout), ("noise-factor", noiseFactor != other.noiseFactor),
      ("seed", seed != other.seed), ("kernels", kernels != other.kernels),
    ]
    return (ofModel + ofLearning).compactMap { $1 ? $0 : nil }
  }

  /// Returns the first option, `epochs` aside, that `other` has with another value: a run that resumes must not differ.
  /// - Returns: the option of `other`, and that of this run.
  package func conflict(with other: TrainingConfiguration) -> (got: Option, want: Option)? {
    zip(other.options, options).first { $0 != $1 && $1.name != "epochs" }.map { (got: $0.0, want: $0.1) }
  }
}

extension TrainingConfiguration: Codable {
  private enum Key: String, CodingKey {
    case model, filters, downsampling
    case hiddenUnits = "hidden_units"
    case epochs
    case batchSize = "batch_size"
    case learningRate = "learning_rate"
    case learningRateDecay = "learning_rate_decay"
    case decaySteps = "decay_steps"
    case weightDecay = "weight_decay"
    case dropout
    case noiseFactor = "noise_factor"
    case seed, kernels
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch architecture {
    case .convolutional(let filters, let downsampling):
      try container.encode("convolutional", forKey: .model)
      try container.encode(filters, forKey: .filters)
      try container.encode(downsampling.rawValue, forKey: .downsampling)
    case .fullyConnected(let hiddenUnits):
      try container.encode("fully-connected", forKey: .model)
      try container.encode(hiddenUnits, forKey: .hiddenUnits)
    }
    try container.encode(epochs, forKey: .epochs)
    try container.encode(batchSize, forKey: .batchSize)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(learningRateDecay, forKey: .learningRateDecay)
    try container.encode(decaySteps, forKey: .decaySteps)
    try container.encode(weightDecay, forKey: .weightDecay)
    try container.encode(dropout, forKey: .dropout)
    try container.encode(noiseFactor, forKey: .noiseFactor)
    try container.encode(seed, forKey: .seed)
    try container.encode(kernels.rawValue, forKey: .kernels)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch try container.decode(String.self, forKey: .model) {
    case "convolutional":
      let name = try container.decode(String.self, forKey: .downsampling)
      guard let downsampling = Downsampling(rawValue: name) else {
        throw DecodingError.dataCorruptedError(forKey: .downsampling, in: container, debugDescription: name)
      }
      self.init(
        architecture: .convolutional(
          filters: try container.decode([Int].self, forKey: .filters), downsampling: downsampling))
    case "fully-connected":
      self.init(
        architecture: .fullyConnected(hiddenUnits: try container.decode([Int].self, forKey: .hiddenUnits)))
    case let name:
      throw DecodingError.dataCorruptedError(forKey: .model, in: container, debugDescription: name)
    }
    epochs = try container.decode(Int.self, forKey: .epochs)
    batchSize = try container.decode(Int.self, forKey: .batchSize)
    learningRate = try container.decode(Double.self, forKey: .learningRate)
    learningRateDecay = try container.decode(Double.self, forKey: .learningRateDecay)
    decaySteps = try container.decode(Int.self, forKey: .decaySteps)
    weightDecay = try container.decode(Double.self, forKey: .weightDecay)
    dropout = try container.decode(Double.self, forKey: .dropout)
    noiseFactor = try container.decode(Double.self, forKey: .noiseFactor)
    seed = try container.decode(UInt64.self, forKey: .seed)
    let name = try container.decode(String.self, forKey: .kernels)
    guard let choice = KernelChoice(rawValue: name) else {
      throw DecodingError.dataCorruptedError(forKey: .kernels, in: container, debugDescription: name)
    }
    kernels = choice
  }
}
