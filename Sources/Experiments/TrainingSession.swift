// TrainingSession.swift
// One training run with everything it leaves in its directory.

package import Datasets
package import Networks
import Tensors
import Training

/// A run that is ready to be trained.
package final class TrainingSession {
  package let options: TrainingOptions
  package let placement: RunPlacement
  private let training: TrainingRun

  /// Checks everything that can be checked, builds the model, and only then makes the run's directory and its files.
  /// - Throws: one clear line; nothing is left behind then.
  package init(_ options: TrainingOptions, data: DatasetSplits) throws {
    training = try TrainingRun(options.configuration, on: data, threads: options.threads)
    self.options = options
    placement = try RunPlacement.create(
      logdir: options.logdir, name: options.name ?? options.configuration.architecture.name)
  }

  /// The run's directory.
  package var runPath: String { placement.path }
  package var data: DatasetSplits { training.data }
  /// For the layer table.
  package var layers: [Layer] { training.autoencoder.layers }
  package var weightCount: Int { training.autoencoder.slab.weightCount }
  package var bottleneckCount: Int { training.autoencoder.bottleneckCount }
  package var stepsPerEpoch: Int { training.stepsPerEpoch }
  package var totalSteps: Int { training.totalSteps }
  /// The instruction set of the kernels, for example "avx2".
  package var kernelsName: String { InstructionSet.best.rawValue }

  /// Trains to the end, or until `shouldStop`, which is asked after every step. Call it once.
  /// - Throws: `TrainingError.nonFiniteLoss`, what the file system refuses, or what `observe` throws; the run's records
  ///   say that it failed then.
  package func run(
    _ observe: (TrainingProgress) throws -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> TrainingOutcome {
    var lastEpoch: EpochReport?
    while let report = try training.next() {
      switch report {
      case .step(let step): try observe(.step(step, imagesPerSecond: 0))
      case .epoch(let epoch):
        lastEpoch = epoch
        try observe(.epoch(epoch, imagesPerSecond: nil, seconds: 0))
      }
      if shouldStop() { break }
    }
    try observe(.finishing("evaluating the test images"))
    return TrainingOutcome(
      test: training.evaluate(data.test, named: "test"), lastEpoch: lastEpoch, steps: training.step, seconds: 0,
      imagesPerSecond: 0, runPath: runPath, checkpointPath: nil, wasInterrupted: false)
  }
}
