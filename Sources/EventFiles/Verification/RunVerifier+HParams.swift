// RunVerifier+HParams.swift
// Checks hyperparameters, of each run and of all runs together as the HParams dashboard reads them.

import ByteStreams

extension RunVerifier {
  mutating func checkHParams(_ value: VerifiedValue, _ number: Int, _ spot: Spot) {
    if value.fields.form == .none, value.metadata?.dataClass ?? .unknown != .unknown {
      add(.hparamsWithoutTensor, number, spot) {
        FindingText(
          "the metadata name a data class, but there is no tensor",
          python: "the HParams tab answers with an error for the whole log directory", rust: "it adds an empty tensor")
      }
    }
    guard let content = value.metadata?.pluginContent else { return }
    guard let kind = HParamsContent.Kind(ofContent: content), WireSchema.hparams.accepts(content) else {
      return add(.badHParams, number, spot) {
        FindingText(
          "the metadata's content is neither a start, nor an end, nor a table of hyperparameters",
          both: "the HParams tab may answer with an error for the whole log directory")
      }
    }
    // Only the first metadata of a tag are used.
    if series[number].values == 1 { hparams.take(kind, content, tag: series[number].tag, spot) }
    if kind == .start, place.name == "." {
      add(.hparamsOfRoot, number, spot) {
        FindingText(
          "the log directory itself has hyperparameters", both: "it shows them, with one more group of metrics")
      }
    }
  }
}

/// A run's data for the HParams dashboard.
struct HParamsFacts {
  /// A table of columns, which applies to all runs, and its position.
  struct Table {
    let file: String
    let offset: Int
    let tag: String
    let names: Set<String>
    let metrics: Set<String>
  }

  private(set) var isSession = false
  /// The hyperparameters' names.
  private(set) var names: Set<String> = []
  private(set) var tables: [Table] = []

  /// Adds the content of metadata, which must be valid.
  mutating func take(_ kind: HParamsContent.Kind, _ content: [UInt8], tag: String, _ spot: RunVerifier.Spot) {
    content.withUnsafeBytes { bytes in
      switch kind {
      case .start:
        isSession = true
        for start in Self.messages(3, in: bytes) {
          for entry in Self.messages(1, in: start) { names.formUnion(Self.messages(1, in: entry).compactMap(\.text)) }
        }
      case .table:
        var (columns, metrics): (Set<String>, Set<String>) = ([], [])
        for table in Self.messages(2, in: bytes) {
          for column in Self.messages(4, in: table) {
            columns.formUnion(Self.messages(1, in: column).compactMap(\.text))
          }
          for metric in Self.messages(5, in: table) {
            for name in Self.messages(1, in: metric) {
              metrics.formUnion(Self.messages(2, in: name).compactMap(\.text))
            }
          }
        }
        tables.append(Table(file: spot.file, offset: spot.offset, tag: tag, names: columns, metrics: metrics))
      case .end: break
      }
    }
  }

  /// Returns the bytes of each field with a number.
  private static func messages(_ number: UInt32, in message: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    var (reader, found) = (WireReader(message), [UnsafeRawBufferPointer]())
    while let field = reader.next() { if field.number == number, field.kind == .bytes { found.append(field.bytes) } }
    return found
  }
}

extension HParamsContent {
  /// The kinds of content in the metadata.
  enum Kind { case table, start, end }
}

extension HParamsContent.Kind {
  /// The kind of a metadata's content, or nil if it is none of them.
  init?(ofContent bytes: [UInt8]) {
    let found: Self? = bytes.withUnsafeBytes { bytes in
      var reader = WireReader(bytes)
      var kind: Self?
      while let field = reader.next() {
        switch (field.number, field.kind) {
        // TensorBoard knows only version 0.
        case (1, .varint) where field.bits != 0: return nil
        case (2, .bytes): kind = .table
        case (3, .bytes): kind = .start
        case (4, .bytes): kind = .end
        default: break
        }
      }
      return reader.isSound ? kind : nil
    }
    guard let found else { return nil }
    self = found
  }
}

/// All runs' hyperparameters and tables of columns: the HParams tab reads all runs of a log directory together.
struct HParamsDashboard {
  private var runs: [(name: String, facts: HParamsFacts)] = []

  mutating func add(_ facts: HParamsFacts, of run: String) {
    if facts.isSession || !facts.tables.isEmpty { runs.append((run, facts)) }
  }

  /// Adds the findings that depend on all runs together.
  func check(_ findings: inout [EventFinding]) {
    noteBrokenTab(&findings)
    findings += runs.flatMap { run in run.facts.tables.compactMap { missingColumn(of: $0, run: run.name) } }
  }

  /// Adds to findings that break the tab, which requests the last value of each metric of each session and of the runs below it.
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

  /// Finds a column of another run that `table` lacks: the tab uses the table that it reads first.
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
      python: "it may show only these columns, for all runs",
      rust: "it may show only these columns, for all runs")
  }
}
