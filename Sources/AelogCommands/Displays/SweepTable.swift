// SweepTable.swift
// The table of a running sweep: a row per trial, as many as fit on the terminal, and a line that sums up all trials.

package import Sweeps

/// The state of a running sweep, as shown on a terminal.
package struct SweepTable {
  package struct Row: Equatable, Sendable {
    package var name: String
    package var state: TrialState
    /// The current epoch, or the last one; nil before the first.
    package var epoch: Int?
    package var epochs: Int
    package var loss: Double?
    package var imagesPerSecond: Double?
    package var secondsLeft: Double?

    package init(name: String, state: TrialState, epochs: Int) {
      (self.name, self.state, self.epochs) = (name, state, epochs)
    }
  }

  package var rows: [Row]
  /// The estimated time until all trials have ended; nil while unknown.
  package var secondsLeft: Double?
  /// The completed fraction of the work, 0 … 1.
  package var fraction = 0.0

  package init(rows: [Row]) { self.rows = rows }

  /// Returns the lines, each shorter than `columns`, and fewer of them than `rows`. If not all trials fit, the ones around
  /// the first running trial are shown.
  package func lines(columns: Int, rows height: Int, style: TextStyle = .plain) -> [String] {
    // Four lines are taken: the header, the summary, the number of hidden trials, and one that stays free.
    let room = max(0, height - 4)
    let shown = window(room)
    var lines: [String] = []
    if room > 0, columns > 20 {
      let table = table(rows[shown], columns: columns)
      lines.append(style.strong(table.header))
      for (line, row) in zip(table.lines, rows[shown]) {
        lines.append(row.state == .running ? line : style.faint(line))
      }
      let hidden = rows.count - shown.count
      if hidden > 0 {
        lines.append(style.faint(Self.cut("  … and \(SweepText.count(hidden)) more", columns)))
      }
    }
    return lines + [overall(columns: columns, style: style)]
  }

  /// Returns the rows to show.
  private func window(_ room: Int) -> Range<Int> {
    guard rows.count > room else { return 0..<rows.count }
    let first = rows.firstIndex { $0.state == .running } ?? rows.firstIndex { $0.state == .waiting } ?? 0
    let start = max(0, min(first - room / 4, rows.count - room))
    return start..<start + room
  }

  private func table(_ rows: ArraySlice<Row>, columns: Int) -> (header: String, lines: [String]) {
    let wide = columns >= 60
    let fixed = wide ? 58 : 36
    let nameRoom = max(8, columns - fixed)
    var table = TextTable(
      [.init("trial", .left), .init("state", .left, minimumWidth: 11), .init("epoch", .right, minimumWidth: 5)]
        + (wide
          ? [
            .init("loss", .right, minimumWidth: 6), .init("images/s", .right, minimumWidth: 8),
            .init("left", .right, minimumWidth: 6),
          ] : []))
    for row in rows {
      let epoch = row.epoch.map { "\($0)/\(row.epochs)" } ?? ""
      let rest = [
        row.loss.map { Quantity.loss($0) } ?? "", row.imagesPerSecond.map { Quantity.rate($0) } ?? "",
        row.state == .running ? row.secondsLeft.map { Quantity.wholeDuration($0) } ?? "–" : "",
      ]
      table.append([Self.cut(row.name, nameRoom + 1), row.state.label, epoch] + (wide ? rest : []))
    }
    return (Self.cut(table.header, columns), table.lines.map { Self.cut($0, columns) })
  }

  private func overall(columns: Int, style: TextStyle) -> String {
    func count(_ name: String) -> Int { rows.filter { $0.state.label == name }.count }
    let done = count("completed")
    var parts = ["  \(done)/\(rows.count) completed"]
    for name in ["running", "paused", "eliminated", "stopped", "changed", "failed"] where count(name) > 0 {
      parts.append("\(count(name)) \(name)")
    }
    let left = secondsLeft.map { "\(Quantity.wholeDuration($0)) left" } ?? "–"
    let front = parts.joined(separator: ", ")
    let room = columns - 1 - front.unicodeScalars.count - left.unicodeScalars.count - 4
    guard let bar = ProgressBar.text(fraction, room: room, style: style) else {
      return Self.cut("\(front)  \(left)", columns)
    }
    return "\(front)  \(bar)  \(left)"
  }

  /// Truncates a text to fewer than `columns` characters; "…" marks the end.
  private static func cut(_ text: String, _ columns: Int) -> String {
    text.unicodeScalars.count < columns
      ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(max(0, columns - 2)))) + "…"
  }
}
