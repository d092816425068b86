// TrainingConfiguration.swift
// Everything that decides what training computes, and nothing else: threads and paths are not in it.

package import Networks

/// The choices of one training run. Equal configurations on equal data give bit-identical results.
package struct TrainingConfiguration: Hashable, Sendable {
  package var architecture: Architecture
  /// How often every training image is seen.
  package var epochs = 10
  /// Images in a step; an epoch's last, partial batch is left out.
  package var batchSize = 256
  package var learningRate = 0.001
  /// The learning rate is multiplied by this after every `decaySteps` steps.
  package var learningRateDecay = 0.96
  package var decaySteps = 1000
  /// Times ½Σw² over the kernels, added to the loss.
  package var weightDecay = 1e-5
  /// The share of hidden activations dropped in training.
  package var dropout = 0.0
  /// Deviation of the normal noise added to inputs, which are then cut to [0, 1]; the target stays clean.
  package var noiseFactor = 0.0
  package var seed: UInt64 = 0
  /// How layers are computed; another choice differs in rounding.
  package var kernels = KernelChoice.auto

  /// So many that steps can still be counted, and epochs in 32 bits.
  static let epochLimit = 1_000_000_000

  package init(architecture: Architecture) { self.architecture = architecture }

  /// Says that the default batch size gave way to a number of training images.
  package static func fittedBatch(_ images: Int) -> String {
    "there are \(images) training images, fewer than the default batch size: this is --batch-size \(images)"
  }

  /// The noise of an evaluation: the same at every epoch, so that its curve shows the network and not the draw.
  /// - Parameter part: "training", "validation" or "test"; each draws its own.
  package func evaluationNoise(_ part: String) -> Perturbation {
    Perturbation(
      noiseFactor: Float(noiseFactor), dropout: 0, seed: seed, epoch: 0, noiseName: "noise/" + part)
  }

  /// Refuses values that cannot be trained with.
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

/// Why training cannot start or go on.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
  case option(name: String, got: Double, want: String)
  case batchLargerThanSet(batch: Int, images: Int)
  /// - Parameter layer: the first whose activations are not finite.
  case nonFiniteLoss(step: Int, loss: Double, layer: String?)
  /// The loss is finite, but a gradient is not.
  case nonFiniteGradient(step: Int, parameter: String?)
  /// A weight has become NaN or infinite, by a step whose loss and gradient were finite.
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

  /// Whole numbers without a fraction.
  private static func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
  }
}
