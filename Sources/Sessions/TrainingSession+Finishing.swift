// TrainingSession+Finishing.swift
// The end of a run: test images, embedding, films, and the final record.

import ByteStreams
import Datasets
import Embeddings
import EventFiles
import Networks
import Parallel
import Probes
import ProjectorExport
import ProjectorFiles
import Runs
import Training

/// The results that a complete run adds to those of its last epoch.
struct RunEnd {
  /// The epoch whose weights are measured and shown.
  let epoch: EpochReport?
  let test: Evaluation
  /// Nil if the codes cannot be measured.
  let quality: LatentQuality?
  let confusion: ClassConfusion?
}

extension TrainingSession {
  /// Ends a run that is complete, eliminated, paused or interrupted: writes its last files and its record.
  func finish(isComplete: Bool, _ observe: (TrainingProgress) throws -> Void) throws -> TrainingOutcome {
    let isPaused = !isComplete && isBeforeLastEpoch(at: options.pauseAfter)
    let isStopped = !isComplete && isBeforeLastEpoch(at: options.endAfter)
    let isOver = isComplete || isStopped
    if !isOver { try writeCheckpoint() }
    let end = isOver ? try concludeTraining(observe) : nil
    // A run that was interrupted after its last epoch has not measured it in this process.
    if validationQuality == nil, isOver || isPaused { validationQuality = probes.quality(of: training) }
    try log.conclude(isOver ? .success : nil)
    record.status = isComplete ? .completed : isStopped ? .stopped : .interrupted
    fillResults(end)
    try record.write(to: runPath)
    try log.close()
    return TrainingOutcome(
      test: end?.test, lastEpoch: training.position.lastEpoch, bestEpoch: training.position.bestEpoch,
      shownEpoch: end?.epoch, earlyStop: record.earlyStop, steps: training.step, seconds: record.results.seconds,
      imagesPerSecond: speed.imagesPerSecond, runPath: runPath,
      checkpointPath: record.results.checkpoint.map { Directory.join(runPath, $0) }, wasInterrupted: !isOver,
      isPaused: isPaused, warnings: record.results.warnings, testQuality: end?.quality, confusion: end?.confusion)
  }

  /// Marks the run as failed in its record and its log. Further errors are ignored, since the first one is reported.
  func markFailed(_ error: any Error) {
    record.status = .failed
    record.error = "\(error)"
    fillResults(nil)
    try? record.write(to: runPath)
    try? log.conclude(nil)
    try? log.close()
    // A run that the system interrupted may be resumed, and TensorBoard would show it as failed meanwhile.
    if error is TrainingError { try? FailureMarker.write(to: runPath) }
  }

  /// Computes everything first and logs it in one record, so that an interrupted run logs no part of it twice.
  private func concludeTraining(_ observe: (TrainingProgress) throws -> Void) throws -> RunEnd {
    // An epoch that was not planned as the last one may lack its snapshot.
    if lastEpoch < options.configuration.epochs {
      if let warning = try probes.snapshots?.write(training, epoch: lastEpoch, pool: pool) { record.warn(warning) }
    }
    try CheckpointFolder(ofRun: runPath).removeSurplus(
      upTo: training.step, keep: options.keep, best: training.position.bestEpoch?.step)
    record.results.warnings.removeAll(where: RunWarning.isAboutEnd)
    let epoch = try showBestEpoch()
    try observe(.finishing("evaluating the test images"))
    let test = training.evaluate(data.test, named: "test")
    if training.position.skippedSteps > 0 { record.warn(.skippedSteps(training.position.skippedSteps)) }
    var end = RunEnd(epoch: epoch, test: test, quality: nil, confusion: nil)
    do {
      try observe(.finishing("writing the embedding"))
      let embedding = try LayerEmbedding(
        training.autoencoder, isDenoising: training.configuration.isDenoising, data.test, LayerChoice(),
        threads: options.threads)
      try write(embedding, epoch: epoch)
      try observe(.finishing("measuring the code"))
      let quality = LatentQuality(codes: embedding.codes, of: embedding.images, pool: pool)
      end = RunEnd(
        epoch: epoch, test: test, quality: quality,
        confusion: quality?.votes.map { ClassConfusion($0, classNames: data.classNames) })
    } catch let error as ProjectorError {
      record.warn(.noEmbedding(reason: "\(error)"))
      // The codes may be equal, which the projector refuses and the measures report.
      end = RunEnd(epoch: epoch, test: test, quality: measuredTestCodes(), confusion: nil)
    }
    try observe(.finishing("drawing the films"))
    let films = try probes.films.finish(training, threads: options.threads)
    if let warning = films.warning { record.warn(warning) }
    try log.log(
      test: test, (end.quality?.testSummaries(end.confusion) ?? []) + films.values,
      guide: RunGuide(of: training, end: end), step: training.step)
    return end
  }

  /// Replaces the weights by those of the best epoch, if the run has a patience.
  /// - Returns: the epoch whose weights the model has now.
  private func showBestEpoch() throws -> EpochReport? {
    let (best, last) = (training.position.bestEpoch, training.position.lastEpoch)
    guard options.configuration.patience > 0, let best, best.step != last?.step else { return last }
    let folder = CheckpointFolder(ofRun: runPath)
    do {
      try training.showWeights(
        of: folder.checkpoint(ofStep: best.step, of: record), path: folder.path(ofStep: best.step))
    } catch {
      record.warn(.noBestCheckpoint(epoch: best.epoch, reason: "\(error)"))
      return last
    }
    // Measured of the last epoch; of the best, `finish` measures anew.
    validationQuality = nil
    return best
  }

  /// Measures the codes that the embedding would have shown.
  private func measuredTestCodes() -> LatentQuality? {
    let autoencoder = training.autoencoder
    let images = data.test.gathered(
      LayerEmbedding.sample(
        of: data.test, points: LayerChoice().points, dimensions: autoencoder.bottleneckCount, seed: 0))
    return LatentQuality(codes: autoencoder.codes(of: images), of: images, pool: pool)
  }

  /// Writes the projector's files, and a picture of the principal components that the projector shows.
  private func write(_ embedding: LayerEmbedding, epoch: EpochReport?) throws {
    var set = embedding.set
    set.arrange(pool: pool)
    let layout = set.components ?? PrincipalComponents(of: embedding.codes, components: 2, pool: pool).projected
    let title = EmbeddingPicture.title(.pca, of: embedding.codes, .test, epoch: epoch?.epoch ?? 0)
    let (trajectories, evaluation, runPath, threads) = (try trajectories(), data.evaluation, runPath, options.threads)
    _ = try sideBySide(threads: threads) { [set] in
      try EmbeddingSet.write([set], trajectories: trajectories, to: runPath, threads: threads)
    } _: { [pool] in
      try EmbeddingPicture(of: embedding.images, from: evaluation, pool: pool).write(
        .pca, layout, of: embedding.codes, title: title, to: runPath, threads: threads)
    }
  }

  /// Returns the codes over training, if there are snapshots.
  private func trajectories() throws -> ProjectorBundle.Embedding? {
    guard let every = options.embedEvery else { return nil }
    let (embedding, missing) = try LatentSnapshots(directory: directory, every: every).trajectories(
      data.test, dimensions: training.autoencoder.bottleneckCount, last: lastEpoch, threads: options.threads)
    if !missing.isEmpty { record.warn(.lostSnapshots(epochs: missing)) }
    return embedding
  }

  private var lastEpoch: Int { training.position.lastEpoch?.epoch ?? 0 }

  /// Brings the record's results up to date.
  func fillResults(_ end: RunEnd?) {
    let (position, last) = (training.position, training.position.lastEpoch)
    let shown = end == nil ? last : end?.epoch
    // The measures of this process, or those of the record if the run was resumed within the same epoch.
    let isOfSameEpoch = record.results.epochs == last?.epoch ?? 0
    record.results.validation_code =
      validationQuality?.record ?? (isOfSameEpoch ? record.results.validation_code : nil)
    record.results.steps = training.step
    record.results.epochs = last?.epoch ?? 0
    record.results.training_loss = shown?.trainingLoss
    record.results.validation_loss = shown?.validation.reconstructionLoss
    record.results.validation_rmse = shown?.validation.rmse
    record.results.best_step = position.bestEpoch?.step
    record.results.best_validation_loss = position.bestEpoch?.validation.reconstructionLoss
    record.results.best_epoch = position.bestEpoch?.epoch
    record.results.stopped_early = end != nil && training.hasStoppedEarly ? true : nil
    record.results.skipped_steps = position.skippedSteps == 0 ? nil : position.skippedSteps
    record.results.test_loss = end?.test.reconstructionLoss
    record.results.test_rmse = end?.test.rmse
    record.results.test_code = end?.quality?.record
    record.results.seconds = seconds
    // A run that was resumed with nothing left to train keeps its speed.
    if speed.imagesPerSecond > 0 { record.results.images_per_second = speed.imagesPerSecond }
  }
}
