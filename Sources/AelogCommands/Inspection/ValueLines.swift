// ValueLines.swift
// Values in lines: comma-separated, as JSON, or for people.

import ByteStreams
import EventFiles

/// Writes a line for each value, many lines at a time.
struct ValueLines {
  enum Form { case csv, json, text }

  private let form: Form
  private let output: TextStream
  private var waiting = ""
  private var startsRun: String?
  private var starts: [String?] = []

  init(_ form: Form, output: TextStream) {
    self.form = form
    self.output = output
    if form == .csv { waiting = "run,tag,kind,step,wall_time,value\n" }
  }

  mutating func add(_ run: String, _ value: borrowing LoggedValue) {
    switch form {
    case .csv:
      waiting += start(run, value)
      waiting += String(value.step.value)
      waiting += ","
      waiting += Self.number(value.wallTime)
      waiting += ","
      if let number = value.number { waiting += Self.number(number) }
      waiting += "\n"
    case .json:
      var line = JSONLine()
      line.add("event", "value")
      line.add("run", run)
      line.add("tag", value.tag.name)
      line.add("kind", value.kind.rawValue)
      line.add("step", Int(value.step.value))
      line.add("wall_time", value.wallTime)
      if let number = value.number { line.add("value", number) } else { line.add("text", ValueText.of(value)) }
      waiting += line.text + "\n"
    case .text:
      let last = value.number.map { Quantity.significant($0) } ?? ValueText.of(value, limit: 200)
      let tag = DisplayName.escaped(value.tag.name)
      waiting += "  \(DisplayName.escaped(run))  \(tag)  \(value.step.value)  \(last)\n"
    }
    if waiting.utf8.count > 1 << 16 { flush() }
  }

  /// The cells that all values of a series begin with; they are put together once.
  private mutating func start(_ run: String, _ value: borrowing LoggedValue) -> String {
    if !(startsRun?.hasSameBytes(as: run) ?? false) { (startsRun, starts) = (run, []) }
    while starts.count <= value.series { starts.append(nil) }
    if let start = starts[value.series] { return start }
    let start = "\(Self.cell(run)),\(Self.cell(value.tag.name)),\(value.kind.rawValue),"
    starts[value.series] = start
    return start
  }

  mutating func flush() {
    if waiting.isEmpty { return }
    output.write(waiting)
    waiting = ""
  }

  /// As pandas and R read it: the shortest digits that give the same number; "nan", "inf", "-inf".
  private static func number(_ number: Double) -> String { "\(number)" }

  /// Quoted where it has to be (RFC 4180). Control characters, which no series needs, are written as \u{…}, so that a
  /// terminal that shows the file does not obey them.
  private static func cell(_ text: String) -> String {
    let safe = text.unicodeScalars.map { scalar in
      let escaped = DisplayName.escaped(String(scalar))
      return escaped.hasPrefix("\\u") ? escaped : String(scalar)
    }.joined()
    return CSVText.cell(safe)
  }
}
