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
  var lastText: String? { lastBytes.map { $0.withUnsafeBytes { ValueText.line($0, nil) } } ?? lastErrorLine }
  private var lastErrorLine: String?
  /// A text that is shown in full, and made presentable only if no other comes after it.
  private var lastBytes: [UInt8]?
  private(set) var curve = CurveSketch()
  /// The most characters of a text; all of it, if nil.
  private let textLimit: Int?

  /// - Parameter value: the first one of the series.
  init(run: String, of value: borrowing LoggedValue, textLimit: Int?) {
    self.run = run
    self.textLimit = textLimit
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
      lastBytes = textLimit == nil ? ValueText.bytes(ofText: value) : nil
      lastErrorLine = lastBytes == nil ? ValueText.of(value, limit: textLimit) : nil
    }
  }
}

/// Values other than numbers in a few words. Nothing is decoded that is not shown.
enum ValueText {
  /// One line, without control characters.
  /// - Parameter limit: the most characters, the last one "…" where there were more; any number, if nil.
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

  /// The bytes of a text that is no table; nil for any other value.
  static func bytes(ofText value: borrowing LoggedValue) -> [UInt8]? {
    guard value.kind == .text else { return nil }
    var text: [UInt8] = []
    let shape = value.forEachText { bytes in
      text = Array(bytes)
      return false
    }
    return isSingle(shape) ? text : nil
  }

  /// Whether texts of a shape are shown as one.
  private static func isSingle(_ shape: [Int]?) -> Bool { shape == [] || shape == [1] || shape == [1, 1] }

  /// A text, or how large a table of them is; nil where it is neither.
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

  /// Line ends become blanks. Of a long text so much is looked at as fills the limit.
  static func line(_ bytes: UnsafeRawBufferPointer, _ limit: Int?) -> String {
    var front = bytes.drop { (0x0A...0x0D).contains($0) }
    let whole = front.count
    if let limit, case let most = 64 * (limit + 1), whole > most {
      // Up to the beginning of a character.
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
