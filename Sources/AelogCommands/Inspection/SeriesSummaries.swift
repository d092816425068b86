// SeriesSummaries.swift
// All series of a log directory, run by run, as a table or as JSON lines.

import ByteStreams
import EventFiles

/// The series that were read, in the order of the runs and of their first values.
struct SeriesSummaries {
  private var all: [SeriesSummary] = []
  /// Where a run's series stand in `all`, by their numbers.
  private var places: [Int?] = []
  private var run: String?
  /// Whether texts are shown in full.
  private let asJSON: Bool
  private static let curveColumns = 24
  private static let widestText = 40
  private static let widestNumber = 10

  init(asJSON: Bool) { self.asJSON = asJSON }

  /// Takes the next value; all values of a run come one after the other.
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

  /// On a narrow terminal curves become shorter before columns are left out.
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

  private static func numberAndCurve(_ number: Double, _ curve: CurveSketch, columns: Int) -> String {
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
