// HParamsDashboard.swift
// The HParams tab reads all runs of a log directory together: what one run lacks or breaks, others show.

import ByteStreams

/// Every run's hyperparameters and fixed columns.
struct HParamsDashboard {
  private var runs: [(name: String, facts: HParamsFacts)] = []

  mutating func add(_ facts: HParamsFacts, of run: String) {
    if facts.isSession || !facts.tables.isEmpty { runs.append((run, facts)) }
  }

  /// Adds what is only known of all runs together.
  func check(_ findings: inout [EventFinding]) {
    noteBrokenTab(&findings)
    findings += runs.flatMap { run in run.facts.tables.compactMap { missingColumn(of: $0, run: run.name) } }
  }

  /// The tab asks for the last value of each metric of each session, and of the runs below it.
  private func noteBrokenTab(_ findings: inout [EventFinding]) {
    let sessions = runs.filter { $0.facts.isSession && !$0.facts.names.isEmpty }.map(\.name)
    let tables = runs.flatMap(\.facts.tables)
    for index in findings.indices where findings[index].breaksHParams {
      let (run, tag) = (findings[index].run, findings[index].tag ?? "")
      guard sessions.contains(where: { $0 == "." || run == $0 || run.hasPrefix("\($0)/") }),
        tables.isEmpty || tables.contains(where: { $0.metrics.contains(tag) })
      else { continue }
      findings[index].python += "; the HParams tab answers with an error for the whole log directory"
    }
  }

  /// The tab takes the columns of one run's table, whichever it reads first.
  private func missingColumn(of table: HParamsFacts.Table, run: String) -> EventFinding? {
    for (name, facts) in runs where facts.isSession {
      guard let lost = facts.names.subtracting(table.names).min() else { continue }
      return finding(
        table, run, "the hyperparameter \(DisplayName.quoted(lost)) of the run \(DisplayName.quoted(name))")
    }
    for (name, facts) in runs {
      guard let lost = facts.tables.lazy.flatMap({ $0.metrics.subtracting(table.metrics) }).min() else { continue }
      return finding(table, run, "the metric \(DisplayName.quoted(lost)) of the run \(DisplayName.quoted(name))")
    }
    return nil
  }

  private func finding(_ table: HParamsFacts.Table, _ run: String, _ lost: String) -> EventFinding {
    EventFinding(
      rule: .fixedColumns, run: run, file: table.file, offset: table.offset, tag: table.tag, count: 1,
      what: "the columns of the HParams tab are fixed here, without \(lost)",
      python: "it may show these columns, and no others, for all runs",
      rust: "it may show these columns, and no others, for all runs")
  }
}
