// TrainingConfiguration.swift
// The settings of a training run that decide its results, as options and as JSON; threads and paths are not among them.

package import Networks
package import Tensors

/// The settings of one training run. Equal configurations on equal data give bit-identical results.
package struct TrainingConfiguration: Hashable, Sendable {
  package var architecture: Architecture
  /// Number of epochs.
  package var epochs = 10
  /// Number of epochs without a lower validation loss after which training stops; 0 for never. The end of the run then shows its best
  /// epoch.
  package var patience = 0
  /// Images in a step; an epoch's last, partial batch is skipped.
  package var batchSize = 256
  package var learningRate = 0.001
  /// The course of the learning rate after the first `warmup` steps, in which it rises from 0.
  package var schedule = Schedule.staircase
  package var warmup = 0
  /// Learning-rate decay factor, applied after every `decaySteps` steps.
  package var learningRateDecay = 0.96
  package var decaySteps = 1000
  package var loss = Loss.crossEntropy
  /// Variational models: the weight of the code's divergence from the standard normal distribution.
  package var beta = 1.0
  package var optimizer = Optimizer.adam
  /// The largest norm of a step's gradient, which is scaled down to it; 0 for no limit.
  package var clipNorm = 0.0
  /// The factor of ½Σw² over the kernels, which is added to the loss; with AdamW, the fraction by which a step shrinks kernels, times
  /// the learning rate.
  package var weightDecay = 1e-5
  /// The fraction of hidden activations dropped in training.
  package var dropout = 0.0
  /// The noise of inputs; targets stay clean.
  package var noise = Noise.gaussian
  /// The standard deviation of normal noise, after which inputs are clipped to [0, 1]; or the fraction of numbers set to 0.
  package var noiseFactor = 0.0
  package var seed: UInt64 = 0
  /// The kernels that compute the layers; another choice differs only in rounding.
  package var kernels = KernelChoice.auto

  /// The most epochs: steps then fit 64 bits, and epochs 32.
  static let epochLimit = 1_000_000_000

  package init(architecture: Architecture) { self.architecture = architecture }

  /// Creates the configuration of these values. Other settings have their defaults; those of the other model family are ignored.
  package init(_ values: SettingValues) {
    self.init(architecture: Architecture(.convolutional))
    change(values)
  }

  /// Changes the given settings, the model's family first; settings of another family are ignored.
  package mutating func change(_ values: SettingValues) {
    for setting in TrainingSetting.all {
      if let value = values[setting], setting.applies(to: architecture.family) { setting.set(&self, value) }
    }
  }

  /// The fewest steps of an epoch that the default batch size leaves.
  private static let leastSteps = 8

  /// The number of training images from which on the default batch size stays.
  static let imagesOfUsualBatch = leastSteps * usualBatchSize
  private static let usualBatchSize = TrainingConfiguration(architecture: Architecture(.convolutional)).batchSize

  /// Returns the batch size that replaces the default for few training images: the largest power of two that gives 8 steps an epoch
  /// or more. Nil if the default does.
  package static func fittedBatch(_ images: Int) -> Int? {
    guard images >= 1, images < imagesOfUsualBatch else { return nil }
    var size = 1
    while size * 2 * leastSteps <= images { size *= 2 }
    return size
  }

  /// Returns the message that the default batch size was replaced.
  package static func fittedBatchNote(_ images: Int, _ size: Int) -> String {
    "there are \(images) training images; at least \(leastSteps) steps an epoch want --batch-size \(size)"
  }

  /// Lowers the default batch size if there are few training images.
  /// - Returns: a note for the user; nil if nothing was changed.
  package mutating func fitBatch(to images: Int) -> String? {
    guard let size = Self.fittedBatch(images) else { return nil }
    batchSize = size
    return Self.fittedBatchNote(images, size)
  }

  /// Whether inputs have noise that the model learns to remove.
  package var isDenoising: Bool { noiseFactor > 0 }

  /// Returns the noise of an evaluation: the same at every epoch, so that its curve shows the network and not the draw.
  /// - Parameter part: "training", "validation" or "test"; each has its own noise.
  package func evaluationNoise(_ part: String) -> Perturbation {
    Perturbation(
      noise: noise, noiseFactor: Float(noiseFactor), dropout: 0, seed: seed, epoch: 0, noiseName: "noise/" + part)
  }

  /// Returns the noise and dropout of an epoch's steps.
  package func perturbation(epoch: UInt32) -> Perturbation {
    Perturbation(
      noise: noise, noiseFactor: Float(noiseFactor), dropout: Float(dropout), seed: seed, epoch: epoch,
      drawsCodes: architecture.isVariational)
  }

  /// Returns the factors of a step of the optimizer, counted from 1.
  package func optimizerStep(_ step: Int, rate: Double) -> OptimizerStep {
    var factors = OptimizerStep(optimizer, learningRate: rate, step: step, decay: Float(weightDecay))
    if clipNorm > 0 { factors.clipNorm = clipNorm }
    return factors
  }

  /// Whether training stops no earlier than with the other's patience.
  package func isAtLeastAsPatient(as other: TrainingConfiguration) -> Bool {
    patience == 0 || other.patience > 0 && patience >= other.patience
  }

  /// Throws an error for values that training does not accept.
  package func validate() throws {
    for setting in TrainingSetting.all where setting.applies(to: architecture.family) {
      let value = setting.get(self)
      if let want = value.refusal(by: setting) {
        throw TrainingError.option(name: setting.name, got: value.number ?? .nan, want: want)
      }
    }
    try architecture.validate()
    if noise == .masking, noiseFactor > 1 {
      throw TrainingError.option(name: "noise-factor", got: noiseFactor, want: "0 to 1 with --noise masking")
    }
  }

  /// All settings of this model's family with their values, in the order of the command's help.
  package var values: [(setting: TrainingSetting, value: SettingValue)] {
    TrainingSetting.all.compactMap { setting in value(of: setting).map { (setting, $0) } }
  }

  /// Returns the value of a setting; nil for settings of the other family.
  package func value(of setting: TrainingSetting) -> SettingValue? {
    setting.applies(to: architecture.family) ? setting.get(self) : nil
  }

  /// Returns the settings whose values differ; `model` alone of the model's if the families differ.
  package func differences(from other: TrainingConfiguration) -> [TrainingSetting] {
    let isOtherFamily = architecture.family != other.architecture.family
    return TrainingSetting.all.filter { setting in
      if setting.section == .model, isOtherFamily { return setting == .model }
      return setting.applies(to: architecture.family) && setting.get(self) != setting.get(other)
    }
  }

  /// A setting's name and the text of its value.
  package struct Option: Hashable, Sendable {
    package let name: String
    package let value: String
  }

  /// Returns the first setting that `other` has with another value: a run that resumes must not differ. Only the settings that decide
  /// when training ends may: the patience, and the number of epochs unless the schedule of the learning rate depends on it.
  /// - Returns: the value of `other`, and that of this run.
  package func conflict(with other: TrainingConfiguration) -> (got: Option, want: Option)? {
    for setting in differences(from: other) {
      if setting == .patience || setting == .epochs && schedule != .cosine { continue }
      let (got, want) = (setting.get(other).text, setting.get(self).text)
      return (Option(name: setting.name, value: got), Option(name: setting.name, value: want))
    }
    return nil
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
    case .option(let name, let got, let want): "--\(name): got \(SettingValue.short(got)), want \(want)"
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
}
