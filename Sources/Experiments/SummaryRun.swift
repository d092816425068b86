// SummaryRun.swift
// A run that shows what came of others: pictures and texts, replaced when there is more to show.

import ByteStreams
import EventFiles

/// Writes a run beside those that it is about.
package enum SummaryRun {
  /// Its name in a sweep.
  package static let name = "summary"

  /// Makes the run in `directory`, or puts new values in place of its old ones.
  /// - Parameters:
  ///   - picture: a PNG that `sweep/pareto` shows; nil where there is nothing to show yet.
  ///   - table: Markdown, of `sweep/ranking`.
  /// - Throws: `FileError`, `.inUse` among them while another process writes there, `.link` for a symbolic link; `EventFileError`.
  package static func write(picture: [UInt8]?, table: String, to directory: String) throws {
    let series = (picture: MetricTag.pareto, table: MetricTag.ranking)
    // Its old files go, which must be its own.
    try Directory.refuseLink(directory)
    let former =
      Directory.exists(directory) ? try Directory.list(directory).filter { $0.containsBytes(of: "tfevents") } : []
    let run = try RunWriter(directory, resumingAt: 1)
    var values: [SummaryValue] = [.text(series.table.tag, table, description: series.table.description)]
    if let picture {
      values.append(
        .images(series.picture.tag, try EncodedImages(png: picture), description: series.picture.description))
    }
    try run.write(values, step: 0)
    try run.sync()
    // The new values are there; of the old ones nothing stays, not even for a moment in which there are none.
    for file in former { try FileContents.remove(Directory.join(directory, file)) }
    try run.close()
  }
}
