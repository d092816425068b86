// TrainingSession+Loop.swift
// The loop of a run: steps and epochs are reported, measured, logged and saved.

import EventFiles
import Parallel
import Probes
import Runs
import Training

extension TrainingSession {
  /// Trains to the end, or until `shouldStop`, which is asked after every step and every epoch. Call it once.
  ///
  /// Every epoch ends with a checkpoint, from which the run can be resumed. If `shouldStop` ends the run, it writes a checkpoint of
  /// its last step, and its record says that it was interrupted.
  /// - Throws: `TrainingError.nonFiniteLoss`, an error of the file system, or the error of `observe`; then the run's records say
  ///   that it failed. `FileError.inUseElsewhere` if another process has taken the run; then its files are left as they are.
  package func run(
    _ observe: (TrainingProgress) throws -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> TrainingOutcome {
    do {
      return try finish(isComplete: try train(observe, shouldStop: shouldStop), observe)
    } catch {
      // A process that takes the run removes files that this one is about to rename, so the loss may show as any error.
      do { try log.checkHolder() } catch {
        try? log.close()
        throw error
      }
      markFailed(error)
      throw error
    }
  }

  /// Trains step by step.
  /// - Returns: whether all epochs are complete, or the patience is out; false if the run pauses, is eliminated, or was asked to stop.
  private func train(_ observe: (TrainingProgress) throws -> Void, shouldStop: () -> Bool) throws -> Bool {
    let every = max(1, options.logEvery ?? stepsPerEpoch / 20)
    var (recent, ofEpoch) = (SpeedMeter(), SpeedMeter())
    var epochStart = start
    while true {
      if isBeforeLastEpoch(at: options.pauseAfter) || isBeforeLastEpoch(at: options.endAfter) { return false }
      let begun = ContinuousClock.now
      guard let report = try training.next() else { return true }
      switch report {
      case .step(let report):
        let duration = ContinuousClock.now - begun
        speed.add(images: options.configuration.batchSize, taking: duration)
        recent.add(images: options.configuration.batchSize, taking: duration)
        ofEpoch.add(images: options.configuration.batchSize, taking: duration)
        let rate = recent.imagesPerSecond
        if report.step == 1 || report.step % every == 0 || report.step % stepsPerEpoch == 0 {
          try log.log(report, imagesPerSecond: recent.restart())
        }
        try observe(.step(report, imagesPerSecond: rate))
        // The measures of an epoch belong to its last step, so the run neither ends nor writes a checkpoint before them.
        if training.owesEpoch { continue }
        if let every = options.checkpointEvery, report.step % every == 0 { try writeCheckpoint() }
      case .epoch(let report):
        try measure(report)
        let now = ContinuousClock.now
        let rate = ofEpoch.restart()
        try observe(
          .epoch(report, imagesPerSecond: report.epoch == 0 ? nil : rate, seconds: (now - epochStart).seconds))
        epochStart = now
      }
      if shouldStop() && training.step < training.totalSteps && !training.isOver { return false }
    }
  }

  /// Measures an epoch with all probes, logs their results, and writes the epoch's checkpoint.
  private func measure(_ report: EpochReport) throws {
    // A removed run must be noticed before a probe makes its directory again.
    try log.checkPlace()
    let (epoch, results) = try probes.measure(report, of: training)
    validationQuality = epoch.quality
    for case let warning? in results.map(\.warning) { record.warn(warning) }
    try log.log(report, results, progress: progress)
    try writeCheckpoint(with: results.compactMap(\.beforeCheckpoint))
  }

  /// The number of epochs, the seconds and the speed of the run so far.
  private var progress: [SummaryValue] {
    let epochs = Double(training.position.lastEpoch?.epoch ?? 0)
    let speed = speed.imagesPerSecond > 0 ? [MetricTag.runSpeed.scalar(speed.imagesPerSecond)] : []
    return [MetricTag.epochs.scalar(epochs), MetricTag.seconds.scalar(seconds)] + speed
  }

  var seconds: Double { earlierSeconds + (ContinuousClock.now - start).seconds }

  func isBeforeLastEpoch(at pause: Int?) -> Bool {
    guard let pause, let last = training.position.lastEpoch?.epoch, !training.isOver else { return false }
    return last >= pause
  }

  /// Writes the log to the device, then the checkpoint, then the record that names it. Each is complete before the next gets its name.
  /// - Parameter writes: files that must be on the device before the checkpoint is.
  /// - Throws: `TrainingError.nonFiniteWeights`, so that the last checkpoint always has finite weights; `FileError`.
  func writeCheckpoint(with writes: [@Sendable () throws -> Void] = []) throws {
    try training.checkWeights()
    let folder = CheckpointFolder(ofRun: runPath)
    let checkpoint = Checkpoint(
      of: training, source: options.data, dataSeed: options.dataSeed, version: AelogVersion.current)
    // Three waits for the device at once take little longer than one.
    let (_, prepared) = try sideBySide(threads: 2) { [log] in
      try sideBySide(threads: 2) {
        try log.sync()
      } _: {
        for write in writes { try write() }
      }
    } _: {
      try folder.prepare(checkpoint)
    }
    record.results.checkpoint = try folder.add(checkpoint, prepared, keep: options.keep)
    fillResults(nil)
    // The device need not have the record yet: an older record beside a later checkpoint can be resumed too.
    try record.write(to: runPath, isDurable: false)
  }
}
