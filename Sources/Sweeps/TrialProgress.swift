// TrialProgress.swift
// How far a trial is, in a small file that its process keeps up to date for whoever watches.

import ByteStreams
import Foundation
import Parallel
import Sessions
import Training

/// Where a trial's training is. It is for eyes only: what a trial comes to is in its run's record.
package struct TrialProgress: Codable, Equatable, Sendable {
  package var epoch: Int
  /// Steps taken, and those that this part of the training ends with.
  package var step: Int
  package var steps: Int
  /// Of the last batch.
  package var loss: Double
  package var images_per_second: Double
  /// Until the last of those steps; nil while nothing is known.
  package var seconds_left: Double?

  /// The share of the steps that are taken, 0 … 1.
  package var share: Double { steps > 0 ? min(1, max(0, Double(step) / Double(steps))) : 0 }
}

extension SweepDirectory {
  func progressPath(_ trial: Trial) -> String { Directory.join(workPath(trial), "progress") }

  /// What a trial's process said last; nil where it has said nothing yet, or is just writing.
  package func progress(of trial: Trial) -> TrialProgress? {
    guard let bytes = try? FileContents.read(progressPath(trial), limit: 4096) else { return nil }
    return try? JSONDecoder().decode(TrialProgress.self, from: Data(bytes))
  }
}

/// Writes a trial's progress, at most twice a second.
struct ProgressWriter {
  private let file: FileSink?
  private let steps: Int
  private let clock = ContinuousClock()
  private var written: ContinuousClock.Instant?
  private var first: (step: Int, time: ContinuousClock.Instant)?

  /// - Parameter steps: after which the training ends or pauses.
  init(_ path: String, steps: Int) {
    // A device that is full is noticed by what matters.
    file = try? FileSink(regular: path)
    self.steps = steps
  }

  mutating func note(_ progress: TrainingProgress) {
    guard case .step(let report, let imagesPerSecond) = progress else { return }
    let now = clock.now
    let start = first ?? (report.step, now)
    first = start
    if let written, now - written < .milliseconds(500), report.step < steps { return }
    written = now
    write(report, imagesPerSecond, first: start, now)
  }

  private func write(
    _ report: StepReport, _ imagesPerSecond: Double, first start: (step: Int, time: ContinuousClock.Instant),
    _ now: ContinuousClock.Instant
  ) {
    let taken = report.step - start.step
    let seconds = (now - start.time).seconds
    let state = TrialProgress(
      epoch: report.epoch, step: report.step, steps: steps, loss: report.reconstructionLoss,
      images_per_second: imagesPerSecond,
      seconds_left: taken > 0 ? seconds / Double(taken) * Double(max(0, steps - report.step)) : nil)
    guard let file, let bytes = try? JSONEncoder().encode(state) else { return }
    try? file.truncate(to: 0)
    try? file.write(Array(bytes))
  }
}
