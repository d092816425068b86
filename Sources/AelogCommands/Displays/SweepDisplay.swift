// SweepDisplay.swift
// A sweep as lines and tables: its trials before it, each as it ends, and the ranking.

import ByteStreams
import Datasets
import Experiments
import Sweeps
import Training

/// What a sweep prints.
struct SweepDisplay {
  let output: TextStream

  /// The trials with their sizes, and the time that all would take.
  func showTrials(_ trials: [Trial], images: DatasetSplits, threads: Int, shouldStop: () -> Bool) throws {
    var table = TextTable([
      .init("", .right), .init("trial", .left), .init("weights", .right), .init("bottleneck", .right),
      .init("time", .right),
    ])
    var total = 0.0
    for trial in trials {
      if shouldStop() { break }
      let size = try TrialSize(measuring: trial, images: images, threads: threads)
      total += size.seconds
      table.append([
        "\(trial.index)", trial.name, Quantity.grouped(size.weights), Quantity.grouped(size.bottleneck),
        Quantity.duration(size.seconds),
      ])
    }
    for line in [table.header, table.rule] + table.lines { output.line(line) }
    output.line("  \(Self.count(trials.count)), one after the other some \(Quantity.duration(total))")
  }

  /// One line of a trial that has ended.
  func show(_ trial: Trial, _ state: TrialState, record: RunRecord?, done: Int, of count: Int) {
    let place = String(repeating: " ", count: max(0, "\(count)".count - "\(done)".count)) + "\(done)/\(count)"
    var line = "  \(place)  \(trial.name)  "
    switch state {
    case .completed:
      let results = record?.results
      line += "test loss \(Quantity.fixed(results?.test_loss ?? .nan, decimals: 4)), "
      line += "\(Quantity.grouped(Int(results?.images_per_second ?? 0))) images/s, "
      line += Quantity.duration(results?.seconds ?? 0)
    case .failed(let reason): line += "FAILURE: \(DisplayName.escaped(reason))"
    default: line += state.name
    }
    output.line(line)
  }

  /// Trials that differ in nothing but their seed are one row, best test loss first; then the states of the others.
  func rank(_ results: [TrialResult]) {
    var table = TextTable([
      .init("", .right), .init("trial", .left), .init("runs", .right), .init("test loss", .left),
      .init("RMSE", .left), .init("weights", .right), .init("bottleneck", .right), .init("images/s", .right),
    ])
    for (place, group) in SweepRanking(results).groups.enumerated() {
      table.append([
        "\(place + 1)", group.name, "\(group.runs)", Self.text(group.testLoss), Self.text(group.rmse),
        Quantity.grouped(group.weights), Quantity.grouped(group.bottleneck),
        Quantity.grouped(Int(group.imagesPerSecond)),
      ])
    }
    if !table.lines.isEmpty { for line in [table.header, table.rule] + table.lines { output.line(line) } }
    for state in ["waiting", "running", "interrupted", "FAILURE"] {
      let count = results.filter { $0.state.name == state }.count
      if count > 0 { output.line("  \(state): \(Self.count(count))") }
    }
  }

  static func count(_ trials: Int) -> String { "\(Quantity.grouped(trials)) trial\(trials == 1 ? "" : "s")" }

  private static func text(_ spread: SweepRanking.Spread) -> String {
    let mean = Quantity.fixed(spread.mean, decimals: 4)
    return spread.deviation.map { "\(mean) ± \(Quantity.fixed($0, decimals: 4))" } ?? mean
  }
}
