// SweepText.swift
// Prints a sweep as lines and tables: the planned trials, each trial's end, and the ranking.

import ByteStreams
import Datasets
import Runs
import Sweeps
import Training

/// Prints lines and tables about a sweep.
struct SweepText {
  let output: TextStream

  /// Prints the trials with their sizes, and an estimate of the time for all of them.
  func showTrials(
    _ trials: [Trial], ladder: Ladder?, images: DatasetSplits, threads: Int, shouldStop: () -> Bool
  ) throws {
    var table = TextTable(
      [
        .init("", .right), .init("trial", .left, leastWidth: 14), .init("weights", .right, rank: 1),
        .init("bottleneck", .right, rank: 2), .init("time", .right),
      ], in: output.tableRoom)
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
    print(table)
    output.line("  \(Self.count(trials.count)), about \(Quantity.duration(total)) if run one after the other")
    guard let ladder else { return }
    show(ladder)
    // Trials take different times, and the promoted ones are not known yet: the mean stands for each.
    let fraction = Double(ladder.epochs) / Double(max(1, ladder.fullEpochs))
    output.line("  With halving about \(Quantity.duration(total * fraction))")
  }

  private func print(_ table: TextTable) {
    for line in [table.header, table.rule] + table.lines { output.line(line) }
    if let remark = table.remark { output.line(output.style.faint(remark)) }
  }

  /// Prints the rungs, and the epochs that halving saves.
  func show(_ ladder: Ladder) {
    let rungs = ladder.rungs.map { "\(Quantity.grouped($0.trials)) to epoch \(Quantity.grouped($0.epochs))" }
    output.line("  Halving: \(rungs.joined(separator: ", ")), by validation loss")
    let fraction = Double(ladder.epochs) / Double(max(1, ladder.fullEpochs))
    output.line(
      "  \(Quantity.grouped(ladder.epochs)) epochs instead of \(Quantity.grouped(ladder.fullEpochs)) "
        + "(\(Quantity.percent(fraction)))")
  }

  /// Prints the result of a comparison: the promoted trials.
  func show(_ rung: HalvingRecord.Rung, _ results: [TrialResult]) {
    let names = rung.kept.prefix(5).map { results[$0].trial.name }
    let more = rung.kept.count > names.count ? " and \(rung.kept.count - names.count) more" : ""
    output.line(
      "  epoch \(rung.epochs): \(rung.kept.count) of \(Self.count(rung.compared.count)) promoted: "
        + (names.isEmpty ? "none" : names.joined(separator: ", ")) + more)
  }

  /// Prints an event that concerns more than one trial.
  func show(_ event: SweepEvent, _ results: [TrialResult]) {
    switch event {
    case .started, .ended: break
    case .compared(let rung): show(rung, results)
    case .submitted(let job, let trials): output.line("  submitted job \(job): \(Self.count(trials))")
    case .found(let trials): output.line("  in the queue already: \(Self.count(trials))")
    case .waiting(let trials, let reason):
      output.line("  waiting: \(Self.count(trials)) (\(DisplayName.safe(reason)))")
    case .silent(let error?): output.line("  \(DisplayName.safe("\(error)")); asking again")
    case .silent(nil): output.line("  Slurm answers again")
    }
  }

  /// Prints the end of a trial.
  func show(_ trial: Trial, _ state: TrialState, record: RunRecord?, done: Int, of count: Int) {
    let place = String(repeating: " ", count: max(0, "\(count)".count - "\(done)".count)) + "\(done)/\(count)"
    var line = "  \(place)  \(trial.name)  "
    switch state {
    case .completed:
      let results = record?.results
      line += "test loss \(Quantity.fixed(results?.test_loss ?? .nan, decimals: 4)), "
      line += "\(Quantity.rate(results?.images_per_second ?? 0)) images/s, "
      line += Quantity.duration(results?.seconds ?? 0)
      if let stop = record?.earlyStop { line += "; stopped \(stop.text)" }
      for remark in record.map(Self.remarks) ?? [] { line += "; \(remark)" }
    case .failed(let reason): line += "failed: \(DisplayName.safe(reason))"
    case .changed(let reason): line += "changed: \(DisplayName.safe(reason))"
    case .paused:
      line += "validation loss \(Quantity.fixed(record?.results.validation_loss ?? .nan, decimals: 4)), paused"
    case .stopped:
      line += "test loss \(Quantity.fixed(record?.results.test_loss ?? .nan, decimals: 4)) "
      line += "at epoch \(record?.results.epochs ?? 0) of \(trial.configuration.epochs), stopped"
    default: line += state.label
    }
    output.line(line)
  }

  /// Prints the ranking by test loss, a row for all trials that differ only in their seed; then the states of the others.
  func rank(_ results: [TrialResult]) {
    let groups = SweepRanking(results).groups
    let hasNotes = groups.contains { !$0.note.isEmpty }
    var table = TextTable(
      [
        .init("", .right), .init("trial", .left, leastWidth: 14), .init("runs", .right, rank: 1),
        .init("test loss", .left), .init("RMSE", .left, rank: 4), .init("kNN", .left, rank: 3),
        .init("weights", .right, rank: 2), .init("bottleneck", .right, short: "code", rank: 5),
        .init("images/s", .right, rank: 6),
      ] + (hasNotes ? [.init("note", .left)] : []), in: output.tableRoom)
    for (place, group) in groups.enumerated() {
      let cells = [
        "\(place + 1)", group.name, group.count, Self.text(group.testLoss), Self.text(group.rmse),
        group.neighborAccuracy.map(Self.text) ?? group.collapse, Quantity.grouped(group.weights),
        Quantity.grouped(group.bottleneck), Quantity.rate(group.imagesPerSecond),
      ]
      table.append(cells + (hasNotes ? [group.note] : []))
    }
    if !table.lines.isEmpty { print(table) }
    listCodes(of: results.filter { [.completed, .stopped].contains($0.state) })
    for state in ["waiting", "running", "interrupted", "paused", "eliminated"] {
      let count = results.filter { $0.state.label == state }.count
      if count > 0 { output.line("  \(state): \(Self.count(count))") }
    }
    list(results.filter { $0.state == .stopped }, "stopped") { result in
      let found = result.record?.results
      return
        "\(result.trial.name): epoch \(found?.epochs ?? 0) of \(result.trial.configuration.epochs), validation loss "
        + Quantity.loss(found?.validation_loss ?? .nan) + ", test loss " + Quantity.loss(found?.test_loss ?? .nan)
    }
    for state in ["changed", "failed"] {
      list(results.filter { $0.state.label == state }, state) { result in
        guard let reason = result.state.reason else { return result.trial.name }
        return "\(result.trial.name): \(DisplayName.safe(reason))"
      }
    }
  }

  /// Lists trials whose codes tell less than the size of the code promises.
  private func listCodes(of ended: [TrialResult]) {
    list(
      ended.filter(\.isCollapsed), "collapsed", hint: "all codes are equal, a smaller --learning-rate may help"
    ) { $0.trial.name }
    list(ended.filter(\.hasFewCodes), "few codes", hint: "a smaller --learning-rate may help") { result in
      "\(result.trial.name): \(result.record?.results.test_code.flatMap(Self.remark) ?? "")"
    }
    list(ended.filter(\.hasDeadUnits), "dead code units", hint: DeadUnitText.advice) { result in
      "\(result.trial.name): \(DeadUnitText.summary(result.deadUnits ?? 0, of: result.bottleneck ?? 0))"
    }
  }

  /// Returns what is wrong with the codes of the test images: too few of them, or dead units.
  private static func remarks(_ record: RunRecord) -> [String] {
    guard let code = record.results.test_code else { return [] }
    let dead = code.isCollapsed ? 0 : code.dead_units ?? 0
    let units = record.model.bottleneck_shape.reduce(1, &*)
    return [remark(code), dead > 0 ? DeadUnitText.summary(dead, of: units) : nil].compactMap(\.self)
  }

  /// Says that all or too many codes are equal; nil if the codes tell neighbors apart.
  private static func remark(_ code: RunRecord.LatentRecord) -> String? {
    if code.isCollapsed { return "all codes are equal" }
    guard code.hasFewCodes, let distinct = code.distinct else { return nil }
    return "only \(Quantity.grouped(distinct)) of \(Quantity.grouped(code.images)) codes are distinct"
  }

  /// Lists trials that are not in the ranking: their number, and a line for each of the first ones.
  private func list(_ results: [TrialResult], _ title: String, hint: String? = nil, _ text: (TrialResult) -> String) {
    if results.isEmpty { return }
    output.paragraph("  \(title): \(Self.count(results.count))" + (hint.map { "; \($0)" } ?? ""), indent: 4)
    for result in results.prefix(Self.listed) { output.paragraph("    \(text(result))", indent: 4) }
    if results.count > Self.listed { output.line("    and \(results.count - Self.listed) more") }
  }

  private static let listed = 12

  static func count(_ trials: Int) -> String { "\(Quantity.grouped(trials)) trial\(trials == 1 ? "" : "s")" }

  private static func text(_ spread: SweepRanking.Spread) -> String {
    let mean = Quantity.fixed(spread.mean, decimals: 4)
    return spread.standardDeviation.map { "\(mean) ± \(Quantity.fixed($0, decimals: 4))" } ?? mean
  }
}
