// VerificationDisplay.swift
// Prints the findings of aelog verify, for people and for programs.

import ByteStreams
import EventFiles
import ProjectorFiles

/// The exit codes of aelog verify.
enum VerificationStatus: Int32 { case sound = 0, findings = 1, unreadable = 2 }

/// Prints findings about event files and projector files in one form.
struct VerificationDisplay {
  /// A finding about an event file or a projector file.
  fileprivate struct Line {
    let rule: String
    let isNote: Bool
    let run: String
    let file: String
    let place: String
    let offset: Int?
    let line: Int?
    let tag: String?
    let count: Int
    let what: String
    let python: String
    let rust: String
  }

  private let report: VerificationReport
  private let lines: [Line]
  let status: VerificationStatus

  init(
    _ report: VerificationReport, projector: [(run: String, finding: ProjectorFinding)],
    ignores ignored: Set<EventRule> = [], showsNotes: Bool
  ) {
    self.report = report
    let all =
      report.findings.filter { !ignored.contains($0.rule) }.map { Line($0) }
      + projector.map { Line($0.run, $0.finding) }
    lines = showsNotes ? all : all.filter { !$0.isNote }
    let isUnreadable =
      report.findings.contains { $0.rule == .unreadable } || projector.contains { $0.finding.rule == .unreadable }
    status = isUnreadable ? .unreadable : all.contains { !$0.isNote } ? .findings : .sound
  }

  private var problems: Int { lines.count { !$0.isNote } }
  private var notes: Int { lines.count { $0.isNote } }

  func printText(on output: TextStream) {
    for line in lines {
      let mark = line.isNote ? output.style.faint("note") : output.style.strong("problem")
      output.line("\(mark)  \(line.rule)  \(DisplayName.escaped(line.file))\(line.place)")
      let tag = line.tag.map { "tag \(DisplayName.quoted(Self.short($0))): " } ?? ""
      let count = line.count > 1 ? " (\(Quantity.grouped(line.count)) times, the first here)" : ""
      output.line("  \(tag)\(Self.bounded(line.what))\(count)")
      if line.python == line.rust {
        output.line("    TensorBoard: \(Self.bounded(line.python))")
      } else {
        output.line("    Python loader: \(Self.bounded(line.python))")
        output.line("    data server:   \(Self.bounded(line.rust))")
      }
    }
    if !lines.isEmpty { output.line() }
    output.line(summary)
  }

  private var summary: String {
    func counted(_ count: Int, _ one: String, _ many: String) -> String {
      "\(Quantity.grouped(count)) \(count == 1 ? one : many)"
    }
    let runs = report.runs
    return [
      counted(runs.count, "run", "runs"),
      counted(runs.reduce(0) { $0 + $1.files }, "event file", "event files"),
      counted(runs.reduce(0) { $0 + $1.records }, "record", "records"),
      counted(report.forecasts.count, "tag", "tags"),
    ].joined(separator: ", ") + ": " + counted(problems, "problem", "problems") + ", "
      + counted(notes, "note", "notes")
  }

  func printJSON(on output: TextStream) {
    for line in lines { output.line(Self.json(line)) }
    for run in report.runs {
      var line = JSONLine()
      line.add("event", "run")
      line.add("run", run.name)
      line.add("files", run.files)
      line.add("records", run.records)
      line.add("bytes", run.bytes)
      line.add("rust_lists", run.isListedByRust)
      output.line(line.text)
    }
    for forecast in report.forecasts {
      var line = JSONLine()
      line.add("event", "series")
      line.add("run", forecast.run)
      line.add("tag", forecast.tag)
      line.add("dashboard", forecast.dashboard)
      Self.add(forecast.python, "python", to: &line)
      Self.add(forecast.rust, "rust", to: &line)
      output.line(line.text)
    }
    output.line(Self.summary(runs: report.runs.count, problems: problems, notes: notes, status).text)
  }

  /// Returns the only JSON line about a log directory that can't be listed.
  static func unreadable(_ error: String) -> String {
    var line = summary(runs: 0, problems: 1, notes: 0, .unreadable)
    line.add("error", error)
    return line.text
  }

  private static func summary(runs: Int, problems: Int, notes: Int, _ status: VerificationStatus) -> JSONLine {
    var line = JSONLine()
    line.add("event", "summary")
    line.add("runs", runs)
    line.add("problems", problems)
    line.add("notes", notes)
    line.add("status", Int(status.rawValue))
    return line
  }

  private static func json(_ finding: Line) -> String {
    var line = JSONLine()
    line.add("event", "finding")
    line.add("rule", finding.rule)
    line.add("severity", finding.isNote ? "note" : "problem")
    line.add("run", finding.run)
    line.add("file", finding.file)
    line.add("offset", finding.offset)
    line.add("line", finding.line)
    line.add("tag", finding.tag)
    line.add("count", finding.count)
    line.add("what", finding.what)
    line.add("python", finding.python)
    line.add("rust", finding.rust)
    return line.text
  }

  private static func add(_ outcome: SeriesForecast.Outcome, _ loader: String, to line: inout JSONLine) {
    switch outcome {
    case .hidden(let reason):
      line.add("\(loader)_shows", false)
      line.add("\(loader)_reason", reason)
    case .shown(let steps, let isSampled):
      line.add("\(loader)_shows", true)
      line.add("\(loader)_steps", steps.count)
      line.add("\(loader)_last", steps.last.map { Int($0) })
      line.add("\(loader)_sampled", isSampled)
      if isSampled { line.add("\(loader)_kept", steps.map(Int.init)) }
    case .unknown: line.add("\(loader)_shows", nil as String?)
    }
  }

  /// Shortens a tag for people; JSON has the whole tag.
  private static func short(_ tag: String) -> String { tag.count <= 200 ? tag : "\(tag.prefix(200))…" }

  /// Escapes and shortens a text for people; JSON has the whole text.
  private static func bounded(_ text: String) -> String { DisplayName.bounded(safe(text), limit: textLimit) }

  /// The maximum length of a finding's text in bytes. A file can have names of any length.
  private static let textLimit = 2048

  /// Escapes control characters; quotes and backslashes stay, since they can't end the line.
  private static func safe(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      let escaped = DisplayName.escaped(String(scalar))
      return escaped.hasPrefix("\\u") ? escaped : String(scalar)
    }.joined()
  }
}

extension VerificationDisplay.Line {
  fileprivate init(_ finding: EventFinding) {
    self.init(
      rule: finding.rule.rawValue, isNote: finding.severity == .note, run: finding.run, file: finding.file,
      place: finding.offset.map { ", byte \($0)" } ?? "", offset: finding.offset, line: nil, tag: finding.tag,
      count: finding.count, what: finding.what, python: finding.python, rust: finding.rust)
  }

  fileprivate init(_ run: String, _ finding: ProjectorFinding) {
    self.init(
      rule: finding.rule.rawValue, isNote: finding.isNote, run: run, file: finding.file,
      place: finding.line.map { ", line \($0)" } ?? "", offset: nil, line: finding.line, tag: finding.embedding,
      count: finding.count, what: finding.what, python: finding.effect, rust: finding.effect)
  }
}
