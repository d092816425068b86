// SeriesSummary.swift
// A series in a line: how many values, which steps, what came last.

import ByteStreams
import EventFiles

/// What is known of a series after reading it.
struct SeriesSummary {
  let run: String
  let tag: String
  let kind: SeriesKind
  let description: String
  private(set) var values = 0
  private(set) var first: Int64 = 0
  private(set) var last: Int64 = 0
  private(set) var lastTime = 0.0
  /// Of a scalar.
  private(set) var lastNumber: Double?
  /// Of any other kind, in words.
  private(set) var lastText: String?
  private(set) var curve = CurveSketch()

  /// - Parameter value: the first one of the series.
  init(run: String, of value: borrowing LoggedValue) {
    self.run = run
    tag = value.tag.name
    kind = value.kind
    description = value.metadata.description
  }

  mutating func add(_ value: borrowing LoggedValue) {
    if values == 0 { first = value.step.value }
    values += 1
    last = value.step.value
    lastTime = value.wallTime
    if let number = value.number {
      lastNumber = number
      curve.add(number)
    } else {
      lastText = ValueText.of(value)
    }
  }
}

/// Values other than numbers in a few words.
enum ValueText {
  /// One line, without control characters, of any length.
  static func of(_ value: borrowing LoggedValue) -> String {
    switch value.kind {
    case .image: return images(value)
    case .graph: return graph(value)
    default: break
    }
    guard let content = (try? value.content()) ?? nil else { return "\(Quantity.grouped(value.size)) bytes" }
    switch content {
    case .scalar(let number): return "\(number)"
    case .images(let images): return "\(images.files.count) of \(images.width)×\(images.height)"
    case .histogram(let histogram): return self.histogram(histogram)
    case .text(.markdown(let text)): return line(text)
    case .text(.table(let rows)):
      return rows.count == 1 && rows[0].count == 1
        ? line(rows[0][0]) : "a table of \(rows.count)×\(rows.first?.count ?? 0) cells"
    case .sessionStart(let start):
      return start.hyperParameters.map { "\(DisplayName.escaped($0.name))=\(text(of: $0.value))" }.joined(
        separator: " ")
    case .sessionEnd(let end): return "\(end.status)"
    case .hyperParameterTable(let table):
      return "\(table.hyperParameters.count) hyperparameters, \(table.metrics.count) metrics"
    case .tensor(let tensor, _):
      return tensor.shape.isEmpty ? "a tensor of rank 0" : "a tensor of \(Quantity.shape(tensor.shape))"
    }
  }

  /// Line ends become blanks.
  private static func line(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { DisplayName.escaped(String($0)) }.joined(separator: " ")
  }

  private static func images(_ value: borrowing LoggedValue) -> String {
    var (count, bytes) = (0, 0)
    let size = value.forEachImage { file in
      count += 1
      bytes += file.count
    }
    guard let size else { return "\(Quantity.grouped(value.size)) bytes" }
    return "\(count) of \(size.width)×\(size.height), \(Quantity.grouped(bytes)) bytes"
  }

  private static func graph(_ value: borrowing LoggedValue) -> String {
    guard let graph = (try? value.graph()) ?? nil else { return "\(Quantity.grouped(value.size)) bytes" }
    return "\(graph.nodes.count) nodes"
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
