// ValueLines.swift
// Prints values as lines: CSV, JSON, or text for people.

import ByteStreams
import EventFiles

/// Writes a line for each value; output is buffered.
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

  /// Returns the first cells of a value's CSV line, which are made once for each series.
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

  /// Formats a number for pandas and R: the shortest digits that give the same number; "nan", "inf", "-inf".
  private static func number(_ number: Double) -> String { "\(number)" }

  /// Returns a CSV cell, quoted if necessary (RFC 4180). Control characters are written as \u{…}, so that a terminal that
  /// shows the file does not interpret them.
  private static func cell(_ text: String) -> String {
    let safe = text.unicodeScalars.map { scalar in
      let escaped = DisplayName.escaped(String(scalar))
      return escaped.hasPrefix("\\u") ? escaped : String(scalar)
    }.joined()
    return CSVText.cell(safe)
  }
}

/// Describes values other than numbers in a few words. Only what is shown is decoded.
enum ValueText {
  /// Returns a description on one line, without control characters.
  /// - Parameter limit: the maximum number of characters, the last one "…" if there are more; nil for no limit.
  static func of(_ value: borrowing LoggedValue, limit: Int? = nil) -> String {
    let text = whole(value, limit)
    guard let limit, let last = text.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex),
      last < text.endIndex
    else { return text }
    return text[..<text.index(before: last)] + "…"
  }

  private static func whole(_ value: borrowing LoggedValue, _ limit: Int?) -> String {
    switch value.kind {
    case .image: return images(value)
    case .graph: return value.nodeCount.map { Quantity.counted($0, "node") } ?? bytes(value)
    case .text: if let text = text(value, limit) { return text }
    case .histogram, .hyperParameters:
      if let text = ((try? value.content()) ?? nil).flatMap(decoded) { return text }
    default: break
    }
    guard let shape = value.tensorShape else { return bytes(value) }
    return shape.isEmpty ? "a tensor of rank 0" : "a tensor of \(Quantity.shape(shape))"
  }

  private static func bytes(_ value: borrowing LoggedValue) -> String { Quantity.counted(value.size, "byte") }

  private static func decoded(_ content: SummaryValue.Content) -> String? {
    switch content {
    case .histogram(let histogram): return self.histogram(histogram)
    case .sessionStart(let start):
      return start.hyperParameters.map { "\(DisplayName.escaped($0.name))=\(text(of: $0.value))" }.joined(
        separator: " ")
    case .sessionEnd(let end): return "\(end.status)"
    case .hyperParameterTable(let table):
      return Quantity.counted(table.hyperParameters.count, "hyperparameter") + ", "
        + Quantity.counted(table.metrics.count, "metric")
    default: return nil
    }
  }

  /// Returns the bytes of a single text; nil for a table of texts and any other value.
  static func bytes(ofText value: borrowing LoggedValue) -> [UInt8]? {
    guard value.kind == .text else { return nil }
    var text: [UInt8] = []
    let shape = value.forEachText { bytes in
      text = Array(bytes)
      return false
    }
    return isSingle(shape) ? text : nil
  }

  /// Whether a tensor of this shape holds a single text.
  private static func isSingle(_ shape: [Int]?) -> Bool { shape == [] || shape == [1] || shape == [1, 1] }

  /// Returns a single text, or the size of a table of texts; nil for anything else.
  private static func text(_ value: borrowing LoggedValue, _ limit: Int?) -> String? {
    var first = ""
    let shape = value.forEachText { bytes in
      first = line(bytes, limit)
      return false
    }
    switch shape {
    case let shape where isSingle(shape): return first
    case let shape? where shape.count == 1: return "a table of \(shape[0])×\(min(1, shape[0])) cells"
    case let shape? where shape.count == 2 && shape[1] > 0:
      return "a table of \(shape[0])×\(shape[0] > 0 ? shape[1] : 0) cells"
    default: return nil
    }
  }

  /// Returns a text on one line, with line ends replaced by spaces; reads only as much of a long text as fills the limit.
  static func line(_ bytes: UnsafeRawBufferPointer, _ limit: Int?) -> String {
    var front = bytes.drop { (0x0A...0x0D).contains($0) }
    let whole = front.count
    if let limit, case let most = 64 * (limit + 1), whole > most {
      // Don't split a character.
      var end = front.startIndex + most
      while end > front.startIndex, front[end] & 0xC0 == 0x80 { end -= 1 }
      front = front[..<end]
    }
    let text = String(decoding: front, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { DisplayName.escaped(String($0)) }.joined(separator: " ")
    return front.count < whole ? text + " …" : text
  }

  private static func images(_ value: borrowing LoggedValue) -> String {
    var (count, bytes) = (0, 0)
    let size = value.forEachImage { file in
      count += 1
      bytes += file.count
    }
    guard let size else { return self.bytes(value) }
    return "\(count) of \(size.width)×\(size.height), \(Quantity.counted(bytes, "byte"))"
  }

  private static func histogram(_ histogram: Histogram) -> String {
    guard let first = histogram.buckets.first, let last = histogram.buckets.last else { return "no numbers" }
    let count = histogram.buckets.reduce(0) { $0 + $1.count }
    return "\(Quantity.significant(count)) from \(Quantity.significant(first.left)) to "
      + "\(Quantity.significant(last.right))"
  }

  private static func text(of value: HyperParameter.Value) -> String {
    switch value {
    case .number(let number): Quantity.significant(number)
    case .flag(let flag): "\(flag)"
    case .text(let text): DisplayName.escaped(text)
    }
  }
}
