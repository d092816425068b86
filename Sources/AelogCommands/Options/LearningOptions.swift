// LearningOptions.swift
// The options that say how the autoencoder learns.

package import ArgumentParser
package import Networks
package import Training

/// How long and how an autoencoder is trained. What is not given is as usual, or as it was in a run that goes on.
package struct LearningOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often every training image is seen. (default: \(usual.epochs))", valueName: "count"))
  package var epochs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Images in a step; all training images where they are fewer than the default. (default: \(usual.batchSize))",
      valueName: "count"))
  package var batchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Adam's rate at the first step. (default: \(usual.learningRate))", valueName: "rate"))
  package var learningRate: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The rate is multiplied by this after every so many steps. (default: \(usual.learningRateDecay))",
      valueName: "factor"))
  package var learningRateDecay: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The steps between two such decays. (default: \(usual.decaySteps))", valueName: "count"))
  package var decaySteps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Times half the kernels' squares, added to the loss. (default: \(usual.weightDecay))", valueName: "λ"))
  package var weightDecay: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The share of hidden activations dropped. (default: \(usual.dropout))", valueName: "share"))
  package var dropout: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Deviation of the noise added to inputs, for a denoising autoencoder. (default: \(usual.noiseFactor))",
      valueName: "deviation"))
  package var noiseFactor: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Chooses first weights, order of images, noise and dropout. (default: \(usual.seed))", valueName: "natural"))
  package var seed: UInt64?

  @Option(help: KernelChoice.optionalHelp)
  package var kernels: KernelChoice?

  @Option(
    name: .customLong("on-nonfinite"),
    help: ArgumentHelp(
      "When a loss or a gradient is NaN or infinite: end with an error, or go on without that step's update.",
      valueName: "rule"))
  package var onNonFinite = NonFiniteRule.stop

  package init() {}

  /// All that decides what training `architecture` computes.
  package func configuration(of architecture: Architecture) -> TrainingConfiguration {
    configuration(changing: TrainingConfiguration(architecture: architecture))
  }

  /// A configuration with what was given in it.
  package func configuration(changing other: TrainingConfiguration) -> TrainingConfiguration {
    var configuration = other
    func set<Value>(_ path: WritableKeyPath<TrainingConfiguration, Value>, _ value: Value?) {
      if let value { configuration[keyPath: path] = value }
    }
    set(\.epochs, epochs)
    set(\.batchSize, batchSize)
    set(\.learningRate, learningRate)
    set(\.learningRateDecay, learningRateDecay)
    set(\.decaySteps, decaySteps)
    set(\.weightDecay, weightDecay)
    set(\.dropout, dropout)
    set(\.noiseFactor, noiseFactor)
    set(\.seed, seed)
    set(\.kernels, kernels)
    return configuration
  }

  /// Fits the default batch size to a collection with fewer images; a given one stays as it is.
  /// - Returns: one line about that, if so.
  package func fitBatch(of configuration: inout TrainingConfiguration, to images: Int) -> String? {
    guard batchSize == nil, images >= 1, images < configuration.batchSize else { return nil }
    configuration.batchSize = images
    return TrainingConfiguration.fittedBatch(images)
  }

  package func validate() throws {
    do { try configuration(changing: usual).validate() } catch { throw ValidationError("\(error)") }
  }
}

extension NonFiniteRule: ExpressibleByArgument {}

/// What is taken where nothing is given.
private let usual = TrainingConfiguration(architecture: .convolutional(filters: [1], downsampling: .pool))
