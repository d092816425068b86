// SeriesSummaries.swift
// The table of aelog inspect: a line per series with its steps, last value and curve.

import ByteStreams
import EventFiles

/// The summaries of all series, in the order of the runs and of their first values.
struct SeriesSummaries {
  private var all: [SeriesSummary] = []
  /// The index in `all` of each of the run's series.
  private var places: [Int?] = []
  private var run: String?
  /// Whether texts are shown in full.
  private let asJSON: Bool
  private static let curveColumns = 24
  private static let widestText = 40
  private static let widestNumber = 10

  init(asJSON: Bool) { self.asJSON = asJSON }

  /// Adds the next value; the values of a run must be consecutive.
  mutating func add(_ run: String, _ value: borrowing LoggedValue) {
    if !(self.run?.hasSameBytes(as: run) ?? false) {
      self.run = run
      places = []
    }
    while places.count <= value.series { places.append(nil) }
    let place = places[value.series] ?? all.count
    if place == all.count {
      places[value.series] = place
      all.append(SeriesSummary(run: run, of: value, textLimit: asJSON ? nil : Self.widestText))
    }
    all[place].add(value)
  }

  var isEmpty: Bool { all.isEmpty }

  func print(on output: TextStream) {
    if asJSON { for summary in all { output.line(Self.json(summary)) } } else { printTables(on: output) }
  }

  private func printTables(on output: TextStream) {
    var start = 0
    while start < all.count {
      let end = all[start...].firstIndex { !$0.run.hasSameBytes(as: all[start].run) } ?? all.count
      let table = Self.table(all[start..<end], in: output.tableRoom)
      output.line()
      output.line("  " + output.style.strong(DisplayName.escaped(all[start].run)))
      output.line(output.style.faint(table.header))
      for line in table.lines { output.line(line) }
      if let remark = table.remark { output.line(output.style.faint(remark)) }
      start = end
    }
    if !all.isEmpty { output.line() }
  }

  /// Makes a run's table. On a narrow terminal curves are shortened before columns are dropped.
  private static func table(_ summaries: ArraySlice<SeriesSummary>, in room: TableRoom) -> TextTable {
    func table(curve: Int) -> TextTable {
      var table = TextTable(
        [
          .init("tag", .left, leastWidth: 12), .init("kind", .left, rank: 2), .init("values", .right, rank: 1),
          .init("first", .right, rank: 3), .init("last", .right), .init("last value", .left, leastWidth: 10),
        ], in: room)
      for summary in summaries { table.append(row(summary, curve: curve)) }
      return table
    }
    if !room.cuts { return table(curve: curveColumns) }
    return [curveColumns, 16, 8].lazy.map(table).first(where: \.isWhole) ?? table(curve: 0)
  }

  private static func row(_ summary: SeriesSummary, curve: Int) -> [String] {
    [
      cut(DisplayName.escaped(summary.tag)), summary.kind.rawValue, Quantity.grouped(summary.values),
      String(summary.first), String(summary.last),
      summary.lastNumber.map { numberAndCurve($0, summary.curve, columns: curve) } ?? summary.lastText ?? "",
    ]
  }

  private static func numberAndCurve(_ number: Double, _ curve: Sparkline, columns: Int) -> String {
    let text = Quantity.significant(number)
    if columns == 0 { return text }
    let blanks = String(repeating: " ", count: max(0, widestNumber - text.count) + 2)
    return text + blanks + curve.text(columns: columns)
  }

  private static func cut(_ text: String) -> String {
    text.count > widestText ? text.prefix(widestText - 1) + "…" : text
  }

  private static func json(_ summary: SeriesSummary) -> String {
    var line = JSONLine()
    line.add("event", "series")
    line.add("run", summary.run)
    line.add("tag", summary.tag)
    line.add("kind", summary.kind.rawValue)
    line.add("values", summary.values)
    line.add("first_step", Int(summary.first))
    line.add("last_step", Int(summary.last))
    line.add("last_wall_time", summary.lastTime)
    line.add("last_value", summary.lastNumber)
    line.add("last_text", summary.lastText)
    line.add("description", summary.description)
    return line.text
  }
}

/// The summary of a series: number of values, first and last step, last value, curve.
struct SeriesSummary {
  let run: String
  let tag: String
  let kind: SeriesKind
  let description: String
  private(set) var values = 0
  private(set) var first: Int64 = 0
  private(set) var last: Int64 = 0
  private(set) var lastTime = 0.0
  /// The last value of a scalar series.
  private(set) var lastNumber: Double?
  /// The last value of any other series, as text.
  var lastText: String? { lastBytes.map { $0.withUnsafeBytes { ValueText.line($0, nil) } } ?? lastErrorLine }
  private var lastErrorLine: String?
  /// The last text, if texts are shown in full; it is formatted only when it is printed.
  private var lastBytes: [UInt8]?
  private(set) var curve = Sparkline()
  /// The maximum number of characters of a text; nil for no limit.
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

/// A curve of any number of values in a few characters, in constant memory.
package struct Sparkline {
  private struct Bin {
    var sum = 0.0
    var count = 0
    var mean: Double? { count > 0 ? sum / Double(count) : nil }
  }

  /// The maximum number of bins, a few times the columns that are drawn.
  private static let most = 128
  private static let levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  private var bins: [Bin] = []
  /// The number of values per bin.
  private var capacity = 1
  /// The number of values in the last bin, including values that are not finite.
  private var taken = 0

  package init() {}

  /// Adds the next value; NaN and infinities make a gap.
  package mutating func add(_ number: Double) {
    if bins.isEmpty || taken == capacity {
      if bins.count == Self.most { halve() }
      bins.append(Bin())
      taken = 0
    }
    taken += 1
    guard number.isFinite else { return }
    bins[bins.count - 1].sum += number
    bins[bins.count - 1].count += 1
  }

  /// Returns the curve, scaled from its smallest to its largest mean, at most `columns` wide.
  /// - Precondition: columns > 0.
  package func text(columns: Int) -> String {
    let width = min(columns, bins.count)
    let means = (0..<width).map { column -> Double? in
      let range = column * bins.count / width..<max((column + 1) * bins.count / width, column * bins.count / width + 1)
      let parts = bins[range]
      let count = parts.reduce(0) { $0 + $1.count }
      return count > 0 ? parts.reduce(0) { $0 + $1.sum } / Double(count) : nil
    }
    let finite = means.compactMap(\.self).filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return String(repeating: " ", count: width) }
    return String(
      means.map { mean -> Character in
        guard let mean, mean.isFinite else { return " " }
        let height = high > low ? mean / (high - low) - low / (high - low) : 0.5
        return Self.levels[min(max(Int(height * 8), 0), 7)]
      })
  }

  /// Merges pairs of bins, which makes room for as many values again.
  private mutating func halve() {
    bins = stride(from: 0, to: bins.count, by: 2).map { index in
      let (first, second) = (bins[index], bins[index + 1])
      return Bin(sum: first.sum + second.sum, count: first.count + second.count)
    }
    capacity *= 2
    taken = capacity
  }
}
