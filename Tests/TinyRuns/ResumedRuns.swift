// ResumedRuns.swift
// Interrupts, copies and resumes runs, and compares everything that they have written.

import ByteStreams
package import Datasets
package import EventFiles
import Foundation
package import Runs
package import Sessions
package import Training

/// Everything that a run writes except times, speed and the path of its data, as TensorBoard sees it.
package struct RunContents: Equatable {
  /// Tags of values that depend on the clock or the command line.
  package static let clockTags: Set = [
    "training/images_per_second", "run/images_per_second", "run/seconds", "run/command",
  ]

  package var values: [String: [Value]] = [:]
  package var checkpoint: Checkpoint?
  package var test: [Double?] = []
  package var codes: [RunRecord.LatentRecord?] = []
  package var files: [String: [UInt8]] = [:]

  package struct Value: Equatable {
    package let step: Int
    package let content: SummaryValue.Content
  }

  package init(_ run: String) throws {
    for part in [run, "\(run)/eval"] {
      for name in try Directory.list(part) where name.contains("tfevents") {
        var reader = try EventFileReader(path: "\(part)/\(name)")
        for event in try reader.rest() { add(event, prefix: part == run ? "" : "eval/") }
      }
    }
    for tag in values.keys
    where Self.clockTags.contains(tag) || tag.hasPrefix("_hparams_") {
      values[tag] = nil
    }
    checkpoint = try CheckpointFolder(ofRun: run).newestSound(of: nil).checkpoint
    let results = try RunRecord.read(from: run).results
    test = [results.test_loss, results.test_rmse, results.validation_loss, results.training_loss]
    codes = [results.validation_code, results.test_code]
    try add(filesBelow: run, as: "")
  }

  /// All files except event files, run.json and checkpoints.
  private mutating func add(filesBelow directory: String, as prefix: String) throws {
    for name in try Directory.list(directory)
    where name != RunDirectory.checkpointsName && name != RunDirectory.recordName {
      let path = Directory.join(directory, name)
      if Directory.exists(path) {
        try add(filesBelow: path, as: "\(prefix)\(name)/")
      } else if !name.contains("tfevents"), !name.contains("torn-tail") {
        files[prefix + name] = try FileContents.read(path)
      }
    }
  }

  /// Drops values as both of TensorBoard's loaders do: a session start drops all values at its step and later.
  private mutating func add(_ event: Event, prefix: String) {
    switch event.content {
    case .sessionLog(let log) where log.status == .start:
      for tag in values.keys where tag.hasPrefix("eval/") == !prefix.isEmpty {
        values[tag]?.removeAll { $0.step >= Int(event.step.value) }
      }
    case .summary(let summaries):
      for summary in summaries {
        values[prefix + summary.tag.name, default: []].append(
          Value(step: Int(event.step.value), content: summary.content))
      }
    default: break
    }
  }
}

/// Trains a tiny run in `directory`/runs, and stops it after `steps` of its 18 steps.
/// - Returns: the run's directory, and the images to resume it with.
package func interruptedRun(
  in directory: String, after steps: Int = 8, change: (inout TrainingOptions) -> Void = { _ in }
) throws -> (path: String, data: DatasetSplits) {
  let source = try TinyCollection().write(to: directory)
  let data = try source.load(seed: 0, threads: 1)
  var options = tinyOptions(tinyConfiguration(), source, logdir: Directory.join(directory, "runs"))
  change(&options)
  let session = try TrainingSession(options, data: data)
  _ = try session.run(shouldStop: { session.step == steps })
  return (session.runPath, data)
}

/// Copies a run as a kill leaves it, without the locks of its process.
package func copyRun(_ from: String, _ to: String) throws {
  try FileManager.default.createDirectory(atPath: Directory.parent(of: to), withIntermediateDirectories: true)
  try FileManager.default.copyItem(atPath: from, toPath: to)
  // The killed process held these locks.
  for part in [to, "\(to)/eval"] { try? FileManager.default.removeItem(atPath: "\(part)/.aelog.lock") }
}

/// Resumes a run with its own options, and trains it to its end.
@discardableResult
package func resumeRun(
  _ run: String, data: DatasetSplits, threads: Int = 2, change: (inout TrainingOptions) -> Void = { _ in }
)
  throws -> TrainingOutcome
{
  let interrupted = try InterruptedRun(run)
  var options = tinyOptions(
    interrupted.configuration, interrupted.dataSource, logdir: Directory.parent(of: run), threads: threads)
  change(&options)
  return try TrainingSession(resuming: interrupted, options, data: data).run()
}

/// Verifies all event files below `directory`, and returns the problems.
package func problems(in directory: String) throws -> [EventFinding] {
  try LogDirectory(directory).verify().findings.filter { $0.severity == .problem }
}

/// Reads the model of a run's last checkpoint.
package func trainedModel(of outcome: TrainingOutcome) throws -> TrainedModel {
  try TrainedModel.load(runDirectory: outcome.runPath, threads: 2)
}
