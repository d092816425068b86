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
  /// Of the whole run, or since it went on.
  var speed = SpeedMeter()
  /// For what is measured and drawn beside training.
  private(set) lazy var pool = WorkerPool(options.allowance)
  private(set) lazy var probe = LatentProbe(data.validation, pool: pool)
  private(set) lazy var embeddingPicture = EmbeddingPicture(of: probe.images, from: data.evaluation, pool: pool)
  private(set) lazy var frames = ReconstructionFrames(
    ofRun: runPath, data.test, numbers: shownImages, perturbation: training.evaluationNoise("test"))
  private(set) lazy var snapshots = options.embedEvery.map { LatentSnapshots(runDirectory: runPath, every: $0) }
  /// Of the last epoch; nil before, and where there are too few images.
  var validationCode: LatentQuality?
  /// What earlier parts of the run took.
  let earlierSeconds: Double

  /// Checks everything that can be checked, builds the model, and only then makes the run's directory and its files.
  /// - Throws: one clear line; nothing is left behind then.
  package init(_ options: TrainingOptions, data: DatasetSplits) throws {
    var options = options
    options.data = options.data.absolute
    let name = options.name ?? options.configuration.architecture.name
    try RunPlacement.check(name)
    let training = try TrainingRun(options.configuration, on: data, threads: options.allowance)
    training.onNonFinite = options.onNonFinite
    placement = try RunPlacement.create(logdir: options.logdir, name: name)
    do {
      // First of all, so that a run that is cut off at any moment can go on.
      record = RunRecord(options, name: placement.name, run: training)
      record.embed_every = options.embedEvery
      try record.write(to: placement.path)
      log = try RunLog(placement.path, run: training)
      try log.begin(options, run: training)
    } catch {
      placement.remove()
      throw error
    }
    self.options = options
    self.training = training
    earlierSeconds = 0
    shownImages = data.test.oneOfEachClass(ReconstructionPicture.defaultImages)
  }

  /// Goes on with a run: the same numbers come of it as if it had never been cut off.
  /// - Parameter options: `configuration` must be the run's but for its epochs; where it is to be comes from the run.
  /// - Throws: one clear line; the run is as it was then.
  package init(resuming run: InterruptedRun, _ options: TrainingOptions, data: DatasetSplits) throws {
    try run.check(options.configuration)
    try run.check(data, from: options.data)
    var options = options
    options.data = options.data.absolute
    let training = try TrainingRun(options.configuration, on: data, threads: options.allowance)
    training.onNonFinite = options.onNonFinite
    if let checkpoint = run.checkpoint {
      try training.restore(checkpoint, path: CheckpointFolder(ofRun: run.path).path(ofStep: checkpoint.step))
    }
    placement = RunPlacement(logdir: Directory.parent(of: run.path), name: Directory.lastPart(of: run.path))
    let takenOver = try run.prepareFiles()
    try LoggedHyperParameters.set(epochs: options.configuration.epochs, in: run.path)
    try Self.thinPictures(of: run, epochs: options.configuration.epochs, stepsPerEpoch: training.stepsPerEpoch)
    log = try RunLog(run.path, run: training, resumingAt: run.checkpoint.map { $0.step + 1 })
    run.removeLeftovers()
    if run.checkpoint == nil { try log.begin(options, run: training) }
    record = run.record ?? RunRecord(options, name: placement.name, run: training)
    record.resume(options, at: training.step, run: training)
    options.embedEvery = options.embedEvery ?? record.embed_every ?? LatentSnapshots.every(in: run.path)
    record.embed_every = options.embedEvery
    record.results.checkpoint = run.checkpoint.map { CheckpointFolder.relativePath(ofStep: $0.step) }
    record.results.warnings += run.warnings + [takenOver].compactMap(\.self)
    if let kernels = run.checkpoint?.kernels, kernels != training.autoencoder.kernelsName {
      record.results.warnings.append(
        "the run was begun with the kernels \(kernels) and goes on with \(training.autoencoder.kernelsName): last bits differ"
      )
    }
    try record.write(to: run.path)
    self.options = options
    self.training = training
    earlierSeconds = run.record?.results.seconds ?? 0
    shownImages = data.test.oneOfEachClass(ReconstructionPicture.defaultImages)
  }

  private static func thinPictures(of run: InterruptedRun, epochs: Int, stepsPerEpoch: Int) throws {
    let evaluation = Directory.join(run.path, RunLog.evaluationName)
    guard let checkpoint = run.checkpoint, Directory.exists(evaluation) else { return }
    let steps = ReconstructionEpochs.choose(last: epochs).map { $0 * stepsPerEpoch }
    try LoggedPictures.thin(in: evaluation, keeping: steps, upTo: checkpoint.step)
  }

  /// The run's directory.
  package var runPath: String { placement.path }
  package var data: DatasetSplits { training.data }
  /// Steps taken so far; above 0 before the first one of a run that goes on.
  package var step: Int { training.step }
  /// For the layer table.
  package var layers: [Layer] { training.autoencoder.layers }
  package var weightCount: Int { training.autoencoder.slab.weightCount }
  package var bottleneckCount: Int { training.autoencoder.bottleneckCount }
  package var stepsPerEpoch: Int { training.stepsPerEpoch }
  package var totalSteps: Int { training.totalSteps }
  /// After which it pauses or ends.
  package var stepsNow: Int {
    min(totalSteps, (options.pauseAfter ?? options.endAfter ?? options.configuration.epochs) * stepsPerEpoch)
  }
  /// The kernels in use, for example "avx2+winograd".
  package var kernelsName: String { training.autoencoder.kernelsName }
}
