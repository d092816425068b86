// TrainingSession+Running.swift
// From the first report to the last file.

import ByteStreams
import Datasets
import EventFiles
import Networks
import Parallel
import ProjectorFiles
import Tensors
import Training

extension TrainingSession {
  /// Trains to the end, or until `shouldStop`, which is asked after every step and every epoch. Call it once.
  ///
  /// There is a checkpoint after every epoch, so whatever happens the run can go on from there. One that is stopped leaves a
  /// checkpoint of its last step, and says in its record that it did not finish.
  /// - Throws: `TrainingError.nonFiniteLoss`, what the file system refuses, or what `observe` throws; the run's records
  ///   say that it failed then.
  package func run(
    _ observe: (TrainingProgress) throws -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> TrainingOutcome {
    do {
      let isComplete = try train(observe, shouldStop: shouldStop)
      let isPaused = !isComplete && isBeforeLastEpoch(at: options.pauseAfter)
      let isStopped = !isComplete && isBeforeLastEpoch(at: options.endAfter)
      let isOver = isComplete || isStopped
      if !isOver { try writeCheckpoint() }
      let end = isOver ? try finish(observe) : nil
      // Of a run that was cut off behind its last epoch.
      if validationCode == nil, isOver || isPaused {
        validationCode = probe.quality(of: training.autoencoder.codes(of: probe.images), pool: pool)
      }
      try log.conclude(isOver ? .success : nil)
      record.status = isComplete ? .completed : isStopped ? .stopped : .interrupted
      fillResults(end)
      try record.write(to: runPath)
      try log.close()
      return TrainingOutcome(
        test: end?.test, lastEpoch: training.position.lastEpoch, steps: training.step, seconds: record.results.seconds,
        imagesPerSecond: speed.imagesPerSecond, runPath: runPath,
        checkpointPath: record.results.checkpoint.map { Directory.join(runPath, $0) }, wasInterrupted: !isOver,
        isPaused: isPaused, warnings: record.results.warnings, testCode: end?.code, confusion: end?.confusion)
    } catch {
      record.status = .failed
      record.error = "\(error)"
      fillResults(nil)
      // The first failure is the one to tell; these may fail for the same reason.
      try? record.write(to: runPath)
      try? log.conclude(nil)
      try? log.close()
      // A run that the system cut off goes on another time, and TensorBoard would call it failed meanwhile.
      if error is TrainingError { try? FailureNote.write(to: runPath) }
      throw error
    }
  }

  /// - Returns: false where it was asked to stop.
  private func train(_ observe: (TrainingProgress) throws -> Void, shouldStop: () -> Bool) throws -> Bool {
    let pictureEpochs = Set(ReconstructionEpochs.choose(last: options.configuration.epochs))
    let every = max(1, options.logEvery ?? stepsPerEpoch / 20)
    var (recent, ofEpoch) = (SpeedMeter(), SpeedMeter())
    var epochStart = start
    while true {
      if isBeforeLastEpoch(at: options.pauseAfter) || isBeforeLastEpoch(at: options.endAfter) { return false }
      let begun = ContinuousClock.now
      guard let report = try training.next() else { return true }
      switch report {
      case .step(let report):
        let images = options.configuration.batchSize
        let duration = ContinuousClock.now - begun
        speed.add(images: images, taking: duration)
        recent.add(images: images, taking: duration)
        ofEpoch.add(images: images, taking: duration)
        let rate = recent.imagesPerSecond
        if report.step == 1 || report.step % every == 0 || report.step % stepsPerEpoch == 0 {
          try log.log(report, imagesPerSecond: recent.restart())
        }
        try observe(.step(report, imagesPerSecond: rate))
        // What follows an epoch's last step belongs to that step, so no checkpoint comes between them, nor an end.
        if training.owesEpoch { continue }
        if let every = options.checkpointEvery, report.step % every == 0 { try writeCheckpoint() }
      case .epoch(let report):
        let isPictured = pictureEpochs.contains(report.epoch)
        try log.log(report, of: training, reconstructions: isPictured ? try reconstructions() : nil, progress: progress)
        try writeCheckpoint(with: try logCode(report, isPictured: isPictured))
        let now = ContinuousClock.now
        let rate = ofEpoch.restart()
        try observe(
          .epoch(report, imagesPerSecond: report.epoch == 0 ? nil : rate, seconds: (now - epochStart).seconds))
        epochStart = now
      }
      if shouldStop() && training.step < training.totalSteps { return false }
    }
  }

  /// After an epoch: how many there are, what they took, and how fast they went.
  private var progress: [SummaryValue] {
    let epochs = Double(training.position.lastEpoch?.epoch ?? 0)
    let speed = speed.imagesPerSecond > 0 ? [MetricTag.runSpeed.scalar(speed.imagesPerSecond)] : []
    return [MetricTag.epochs.scalar(epochs), MetricTag.seconds.scalar(seconds)] + speed
  }

  private var seconds: Double { earlierSeconds + (ContinuousClock.now - start).seconds }

  private func isBeforeLastEpoch(at pause: Int?) -> Bool {
    guard let pause, let last = training.position.lastEpoch?.epoch else { return false }
    return last >= pause && last < options.configuration.epochs
  }

  /// Everything logged, then the checkpoint, then the record that names it: each is whole before the next has its name.
  /// - Parameter frame: what the film gets from the epoch that is over.
  /// - Throws: `TrainingError.nonFiniteWeights`, so that the last checkpoint is always a good one.
  private func writeCheckpoint(with frame: ReconstructionFrames.Frame? = nil) throws {
    try training.checkWeights()
    let folder = CheckpointFolder(ofRun: runPath)
    let checkpoint = Checkpoint(
      of: training, source: options.data, dataSeed: options.dataSeed, version: AelogVersion.current)
    // Three waits for the device at once take little longer than one.
    let (_, prepared) = try sideBySide(threads: 2) { [log] in
      try sideBySide(threads: 2) {
        try log.sync()
      } _: {
        try frame?.write()
      }
    } _: {
      try folder.prepare(checkpoint)
    }
    record.results.checkpoint = try folder.add(checkpoint, prepared, keep: options.keep)
    fillResults(nil)
    // A former record beside a later checkpoint is what a run that is cut off just before this leaves too.
    try record.write(to: runPath, isLasting: false)
  }

  private func fillResults(_ end: RunEnd?) {
    let (position, last) = (training.position, training.position.lastEpoch)
    // Measured in this process, or before it went on within an epoch.
    let isOfSameEpoch = record.results.epochs == last?.epoch ?? 0
    record.results.validation_code =
      validationCode?.record ?? (isOfSameEpoch ? record.results.validation_code : nil)
    record.results.steps = training.step
    record.results.epochs = last?.epoch ?? 0
    record.results.training_loss = last?.trainingLoss
    record.results.validation_loss = last?.validation.reconstructionLoss
    record.results.validation_rmse = last?.validation.rmse
    record.results.best_step = position.bestEpoch?.step
    record.results.best_validation_loss = position.bestEpoch?.validation.reconstructionLoss
    record.results.skipped_steps = position.skippedSteps == 0 ? nil : position.skippedSteps
    record.results.test_loss = end?.test.reconstructionLoss
    record.results.test_rmse = end?.test.rmse
    record.results.test_code = end?.code?.record
    record.results.seconds = seconds
    // A run that went on with nothing left to train is as fast as it was.
    if speed.imagesPerSecond > 0 { record.results.images_per_second = speed.imagesPerSecond }
  }
}
