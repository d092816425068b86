// LearningOptions.swift
// The options that say how the autoencoder learns.

package import ArgumentParser
package import Networks
package import Training

/// How long and how an autoencoder is trained.
package struct LearningOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: ArgumentHelp("How often every training image is seen.", valueName: "count"))
  package var epochs = 10

  @Option(parsing: .unconditional, help: ArgumentHelp("Images in a step.", valueName: "count"))
  package var batchSize = 256

  @Option(parsing: .unconditional, help: ArgumentHelp("Adam's rate at the first step.", valueName: "rate"))
  package var learningRate = 0.001

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The rate is multiplied by this after every so many steps.", valueName: "factor"))
  package var learningRateDecay = 0.96

  @Option(parsing: .unconditional, help: ArgumentHelp("The steps between two such decays.", valueName: "count"))
  package var decaySteps = 1000

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Times half the kernels' squares, added to the loss.", valueName: "λ"))
  package var weightDecay = 1e-5

  @Option(parsing: .unconditional, help: ArgumentHelp("The share of hidden activations dropped.", valueName: "share"))
  package var dropout = 0.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Deviation of the noise added to inputs, for a denoising autoencoder.", valueName: "deviation"))
  package var noiseFactor = 0.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Chooses first weights, order of images, noise and dropout.", valueName: "natural"))
  package var seed: UInt64 = 0

  @Option(help: KernelChoice.help)
  package var kernels = KernelChoice.auto

  package init() {}

  /// All that decides what training `architecture` computes.
  package func configuration(of architecture: Architecture) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(architecture: architecture)
    configuration.epochs = epochs
    configuration.batchSize = batchSize
    configuration.learningRate = learningRate
    configuration.learningRateDecay = learningRateDecay
    configuration.decaySteps = decaySteps
    configuration.weightDecay = weightDecay
    configuration.dropout = dropout
    configuration.noiseFactor = noiseFactor
    configuration.seed = seed
    configuration.kernels = kernels
    return configuration
  }

  package func validate() throws {
    let sound = Architecture.convolutional(filters: [1], downsampling: .pool)
    do { try configuration(of: sound).validate() } catch { throw ValidationError("\(error)") }
  }
}
