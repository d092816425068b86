// LearningOptions.swift
// Command-line options for training: epochs, batches, learning rate, regularization, and the subset that bench needs.

package import ArgumentParser
package import Networks
package import Training

/// How long and how an autoencoder is trained. An option that is not given has its default, or the resumed run's value.
package struct LearningOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of epochs. (default: \(defaults.epochs))", valueName: "n"))
  package var epochs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Images per step; fewer by default for fewer than \(8 * defaults.batchSize) training images. (default: \(defaults.batchSize))",
      valueName: "n"))
  package var batchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Adam's learning rate at the first step. (default: \(defaults.learningRate))", valueName: "rate"))
  package var learningRate: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Learning-rate decay factor, applied every --decay-steps steps. (default: \(defaults.learningRateDecay))",
      valueName: "factor"))
  package var learningRateDecay: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of steps between two decays of the learning rate. (default: \(defaults.decaySteps))", valueName: "n"))
  package var decaySteps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "L2 penalty: the loss grows by half the sum of squared kernel weights times this factor. "
        + "(default: \(defaults.weightDecay))", valueName: "factor"))
  package var weightDecay: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Fraction of hidden activations to drop. (default: \(defaults.dropout))", valueName: "fraction"))
  package var dropout: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Add noise of this standard deviation to inputs, for a denoising autoencoder. (default: \(defaults.noiseFactor))",
      valueName: "stddev"))
  package var noiseFactor: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seed for initial weights, image order, noise and dropout. (default: \(defaults.seed))", valueName: "n"))
  package var seed: UInt64?

  @Option(help: KernelChoice.optionalHelp)
  package var kernels: KernelChoice?

  @Option(
    name: .customLong("on-nonfinite"),
    help: ArgumentHelp(
      "Policy for a step whose loss or gradient is not finite: stop with an error, or skip its update.",
      valueName: "policy"))
  package var onNonFinite = NonFiniteRule.stop

  package init() {}

  /// Returns the settings that determine the results of training `architecture`.
  package func configuration(of architecture: Architecture) -> TrainingConfiguration {
    configuration(changing: TrainingConfiguration(architecture: architecture))
  }

  /// Returns `other` with the given options applied.
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

  /// Lowers the default batch size if there are few images; a given batch size stays.
  /// - Returns: a note for the user; nil if nothing was changed.
  package func fitBatch(of configuration: inout TrainingConfiguration, to images: Int) -> String? {
    guard batchSize == nil, let size = TrainingConfiguration.fittedBatch(images) else { return nil }
    configuration.batchSize = size
    return TrainingConfiguration.fittedBatchNote(images, size)
  }

  package func validate() throws {
    do { try configuration(changing: defaults).validate() } catch { throw ValidationError("\(error)") }
  }
}

extension NonFiniteRule: ExpressibleByArgument {}

/// The configuration whose values are the options' defaults.
private let defaults = TrainingConfiguration(architecture: .convolutional(filters: [1], downsampling: .pool))

/// The training options that determine how much work a step is: the ones that a benchmark needs.
package struct StepOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: ArgumentHelp("Images per step. (default: 256)", valueName: "n"))
  package var batchSize: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Fraction of hidden activations to drop.", valueName: "fraction"))
  package var dropout = 0.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Add noise of this standard deviation to inputs.", valueName: "stddev"))
  package var noiseFactor = 0.0

  @Option(help: KernelChoice.help)
  package var kernels = KernelChoice.auto

  package init() {}

  package func configuration(of architecture: Architecture) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(architecture: architecture)
    configuration.batchSize = batchSize ?? configuration.batchSize
    configuration.dropout = dropout
    configuration.noiseFactor = noiseFactor
    configuration.kernels = kernels
    return configuration
  }

  package func validate() throws {
    let sound = Architecture.convolutional(filters: [1], downsampling: .pool)
    do { try configuration(of: sound).validate() } catch { throw ValidationError("\(error)") }
  }
}

extension KernelChoice: ExpressibleByArgument {
  /// Help of `--kernels` where the option has a default value.
  static let help = ArgumentHelp(text, valueName: "kernels")
  /// Help of `--kernels` where the option is optional.
  static let optionalHelp = ArgumentHelp("\(text) (default: \(KernelChoice.auto.rawValue))", valueName: "kernels")

  private static let text =
    "Implementation of the layers: the fastest for each, which may be a Winograd convolution; direct convolutions only; "
    + "or the slow reference. Results differ in rounding."
}
