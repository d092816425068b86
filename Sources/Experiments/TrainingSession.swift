// TrainingSession.swift
// One training run with everything it leaves in its directory.

import ByteStreams
package import Datasets
package import Networks
import Tensors
import Training

/// A run that is ready to be trained, its directory made and held.
package final class TrainingSession {
  package let options: TrainingOptions
  package let placement: RunPlacement
  let training: TrainingRun
  let log: RunLog
  var record: RunRecord
  /// Test images whose reconstructions are logged.
  let shownImages: [Int]
  let start = ContinuousClock.now
  /// Of the whole run.
  var speed = SpeedMeter()
  var lastEpoch: EpochReport?

  /// Checks everything that can be checked, builds the model, and only then makes the run's directory and its files.
  /// - Throws: one clear line; nothing is left behind then.
  package init(_ options: TrainingOptions, data: DatasetSplits) throws {
    var options = options
    options.data = options.data.absolute
    let name = options.name ?? options.configuration.architecture.name
    try RunPlacement.check(name)
    let training = try TrainingRun(options.configuration, on: data, threads: options.threads)
    placement = try RunPlacement.create(logdir: options.logdir, name: name)
    do {
      let log = try RunLog(placement.path, run: training)
      record = RunRecord(options, name: placement.name, run: training)
      try log.begin(options, run: training)
      try record.write(to: placement.path)
      self.log = log
    } catch {
      placement.remove()
      throw error
    }
    self.options = options
    self.training = training
    shownImages = data.test.oneOfEachClass(ReconstructionPicture.defaultImages)
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
  /// The kernels in use, for example "avx2+winograd".
  package var kernelsName: String { training.autoencoder.kernelsName }
}
