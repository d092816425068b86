// StepOptions.swift
// The options that decide how much work a training step is.

package import ArgumentParser
package import Networks
package import Training

/// What of the learning a benchmark needs.
package struct StepOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: ArgumentHelp("Images in a step. (default: 256)", valueName: "count"))
  package var batchSize: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("The share of hidden activations dropped.", valueName: "share"))
  package var dropout = 0.0

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Deviation of the noise added to inputs.", valueName: "deviation"))
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
