// SummaryRun.swift
// The run of a sweep that shows its trials together in TensorBoard: a picture and a ranking.

import ByteStreams
import EventFiles
import Runs

/// Writes the run `summary`, and replaces its values when more trials are complete.
enum SummaryRun {
  /// The run's name in the sweep.
  static let name = "summary"

  /// Makes the run in `directory`, or replaces its values.
  /// - Parameters:
  ///   - picture: a PNG for `sweep/pareto`; nil if there is nothing to show yet.
  ///   - table: Markdown for `sweep/ranking`.
  /// - Throws: `FileError`: `.inUse` while another process writes there, `.link` for a symbolic link; `EventFileError`.
  static func write(picture: [UInt8]?, table: String, to directory: String) throws {
    // The old files are deleted, so they must be the run's own.
    try Directory.refuseLink(directory)
    let former = Directory.exists(directory) ? try Directory.list(directory).filter(EventFileName.isEventFile) : []
    let run = try RunWriter(directory, resumingAt: 1)
    var values = [MetricTag.ranking.text(table)]
    if let picture { values.append(try MetricTag.pareto.image(picture)) }
    try run.write(values, step: 0)
    try run.sync()
    // The old values are deleted after the new ones are on the device, so that there are some at any moment.
    for file in former { try FileContents.remove(Directory.join(directory, file)) }
    try run.close()
  }
}

extension MetricTag {
  fileprivate static let pareto = MetricTag(
    "sweep/pareto",
    "The test loss of each configuration, mean and standard deviation of its repeats, against the size of the code and the number "
      + "of weights. Circles: no other configuration is both smaller and better.")
  fileprivate static let ranking = MetricTag(
    "sweep/ranking", "The trials ranked by test loss, with repeats taken together.")
}
