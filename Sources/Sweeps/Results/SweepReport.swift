// SweepReport.swift
// Shows a ranking to people: the picture pareto.png, and the run "summary" that TensorBoard shows beside the trials.

import ByteStreams
import EventFiles
import Networks
import PNG
package import Pictures
import Runs

/// A sweep's ranking as a picture and as a table.
package struct SweepReport {
  /// The picture's name in a sweep's directory.
  package static let pictureName = "pareto.png"

  package let ranking: SweepRanking
  private let title: String

  package init(_ sweep: SweepDirectory, _ results: [TrialResult]) {
    ranking = SweepRanking(results)
    let done = results.filter { $0.state == .completed }.count
    title = "\(Directory.lastPart(of: sweep.path)): \(done) of \(results.count) trials are completed"
  }

  /// The picture; nil before the first trial is completed.
  package var picture: ParetoPicture? {
    let points = ranking.groups.compactMap { group -> ParetoPicture.Point? in
      guard group.testLoss.mean.isFinite, group.collapsed == 0, group.weights > 0, group.bottleneck > 0 else {
        return nil
      }
      return ParetoPicture.Point(
        name: group.name, group: ModelFamily.allCases.firstIndex(of: group.family) ?? 0, value: group.testLoss.mean,
        deviation: group.testLoss.standardDeviation, costs: [Double(group.bottleneck), Double(group.weights)],
        flaw: group.dead)
    }
    guard !points.isEmpty else { return nil }
    var picture = ParetoPicture(
      valueTitle: "test loss", costTitles: ["numbers in the code", "weights"],
      groups: ModelFamily.allCases.map(\.rawValue), points: points)
    picture.title = title
    picture.flawTitle = "has dead code units"
    return picture
  }

  /// Writes the picture and the run that shows it.
  /// - Throws: `FileError`, `EventFileError`.
  package func write(to sweep: SweepDirectory) throws {
    let image = try picture?.drawn().encoded(filter: .none)
    if let image { try AtomicFile.replace(Directory.join(sweep.path, Self.pictureName), bytes: image) }
    try SummaryRun.write(picture: image, table: markdown, to: Directory.join(sweep.path, SummaryRun.name))
  }

  private var markdown: String {
    let head = [
      "", "trial", "runs", "test loss", "±", "RMSE", "kNN accuracy", "weights", "code", "dead units", "images/s",
    ]
    let rows = ranking.groups.enumerated().map { place, group -> [String] in
      let name = group.name.unicodeScalars.map { $0 == "`" ? "'" : $0 == "|" ? "\\|" : String($0) }.joined()
      return [
        "\(place + 1)", "`\(name)`", group.count, "\(Float(group.testLoss.mean))",
        group.testLoss.standardDeviation.map { "\(Float($0))" } ?? "", "\(Float(group.rmse.mean))",
        group.neighborAccuracy.map { "\(Float($0.mean))" } ?? group.collapse, "\(group.weights)",
        "\(group.bottleneck)", group.deadCount,
        "\(Float(group.imagesPerSecond.rounded()))",
      ]
    }
    let lines = [head, head.map { _ in "---" }] + rows
    return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }
}

extension SweepRanking.Group {
  /// The number of completed trials, and of all trials if some are not completed.
  package var count: String { runs == trials ? "\(runs)" : "\(runs)/\(trials)" }
  /// The text shown in place of the measures of equal codes; empty if there are none.
  package var collapse: String {
    switch collapsed {
    case 0: fewCodes > 0 ? "few codes" : ""
    case runs: TrialResult.collapsed
    default: "\(collapsed) \(TrialResult.collapsed)"
    }
  }
  /// The number of dead code units, as in "2", or "0–2" if repeats differ; "collapsed" if all codes of all trials are equal, and
  /// empty if they were not measured.
  var deadCount: String {
    guard let deadUnits else { return collapsed == runs ? TrialResult.collapsed : "" }
    return deadUnits.count == 1 ? "\(deadUnits.lowerBound)" : "\(deadUnits.lowerBound)–\(deadUnits.upperBound)"
  }
  /// The text "2 dead", or "0–2 dead" if repeats differ; empty if no unit of the code is dead.
  package var dead: String { (deadUnits?.upperBound ?? 0) > 0 ? "\(deadCount) dead" : "" }
  /// Everything about the code that the losses do not tell; empty if there is nothing.
  package var note: String { [collapse, dead].filter { !$0.isEmpty }.joined(separator: ", ") }
}

/// The run `summary`, which shows the trials of a sweep together in TensorBoard: a picture and a ranking.
enum SummaryRun {
  /// The run's name in the sweep.
  static let name = "summary"

  /// Writes the run in `directory`, or replaces its values.
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
    .pareto,
    "The test loss of each configuration, mean and standard deviation of its repeats, against the size of the code and the number "
      + "of weights. Circles: no other configuration is both smaller and better. Hollow points: units of the code are dead, "
      + "that is, have the same value for all test images.")
  fileprivate static let ranking = MetricTag(
    .ranking, "The trials ranked by test loss, with repeats taken together.")
}
