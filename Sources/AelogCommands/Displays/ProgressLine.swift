// ProgressLine.swift
// Progress on one line of a terminal: for training, and for long tasks such as an export.

/// The values of the progress line of a training run.
package struct ProgressLine: Equatable, Sendable {
  package var epoch: Int
  package var epochs: Int
  /// The step, counted over the whole run.
  package var step: Int
  package var totalSteps: Int
  package var loss: Double
  package var imagesPerSecond: Double
  /// The estimated time until the run's last step.
  package var secondsLeft: Double?

  package init(
    epoch: Int, epochs: Int, step: Int, totalSteps: Int, loss: Double, imagesPerSecond: Double, secondsLeft: Double?
  ) {
    self.epoch = epoch
    self.epochs = epochs
    self.step = step
    self.totalSteps = totalSteps
    self.loss = loss
    self.imagesPerSecond = imagesPerSecond
    self.secondsLeft = secondsLeft
  }

  /// The completed fraction of the run, 0 ... 1.
  private var fraction: Double { totalSteps > 0 ? min(1, max(0, Double(step) / Double(totalSteps))) : 0 }

  /// Returns the line, shorter than `columns` so that no terminal wraps it; the least important fields are dropped first.
  package func text(columns: Int, style: TextStyle = .plain) -> String {
    let room = columns - 1
    let front = "  epoch \(Self.padded(epoch, toWidthOf: epochs))/\(epochs)"
    let percent = Self.padded(Int(fraction * 100), toWidthOf: 100) + " %"
    let loss = "loss \(Quantity.loss(loss))"
    let speed = Self.aligned(Quantity.rate(imagesPerSecond), width: 7) + " images/s"
    let left = Self.aligned(secondsLeft.map { Quantity.wholeDuration($0) } ?? "–", width: 11) + " left"
    for fields in [[percent, loss, speed, left], [percent, loss, left], [percent, left]] {
      let rest = fields.joined(separator: "  ")
      if let bar = ProgressBar.text(fraction, room: room - Self.width(front) - Self.width(rest) - 4, style: style) {
        return "\(front)  \(bar)  \(rest)"
      }
    }
    for fields in [[front, percent, loss], [front, percent], [front]] {
      let line = fields.joined(separator: "  ")
      if Self.width(line) <= room { return line }
    }
    return ""
  }

  private static func width(_ text: String) -> Int { text.unicodeScalars.count }

  private static func padded(_ number: Int, toWidthOf largest: Int) -> String {
    aligned(String(number), width: String(largest).count)
  }

  /// Pads a field to a constant width, so that the bar does not move when numbers change.
  private static func aligned(_ text: String, width: Int) -> String {
    String(repeating: " ", count: max(0, width - self.width(text))) + text
  }
}

/// A horizontal bar whose filled part is proportional to the completed fraction.
enum ProgressBar {
  private static let widths = 10...40

  /// - Parameters:
  ///   - fraction: the completed fraction; clamped to 0 ... 1.
  ///   - room: the available characters.
  ///   - style: marks the filled and the empty part; the marks take no room on the screen.
  /// - Returns: nil if there is too little room.
  static func text(_ fraction: Double, room: Int, style: TextStyle) -> String? {
    guard room >= widths.lowerBound else { return nil }
    let width = min(widths.upperBound, room)
    let done = Int((Double(width) * min(1, max(0, fraction))).rounded(.down))
    return style.done(String(repeating: "━", count: done)) + style.faint(String(repeating: "─", count: width - done))
  }
}

/// Shows the progress of consecutive tasks: a bar, the completed fraction, and the remaining time.
package final class TaskDisplay {
  private let output: TextStream
  private let moving: MovingLine
  private let clock: () -> Double
  private var task = ""
  private var began = 0.0
  private var drawn = -Double.infinity

  /// - Parameter clock: a monotonic clock in seconds.
  package init(_ output: TextStream, clock: @escaping () -> Double = Console.now) {
    self.output = output
    self.clock = clock
    moving = MovingLine(output)
  }

  /// Draws at most ten times a second, and at a task's beginning and end.
  /// - Parameters:
  ///   - fraction: the completed fraction of the task, 0 ... 1.
  ///   - count: what is done, to stand before the fraction; empty for none.
  package func show(_ task: String, _ fraction: Double, count: String = "") {
    let now = clock()
    if task != self.task { (self.task, began, drawn) = (task, now, -.infinity) }
    guard now - drawn >= 0.1 || fraction >= 1 else { return }
    drawn = now
    moving.draw(
      line(fraction, count: count, secondsLeft: fraction > 0 ? (now - began) / fraction * (1 - fraction) : nil))
  }

  package func clear() { moving.clear() }

  private func line(_ fraction: Double, count: String, secondsLeft: Double?) -> String {
    let front = "  \(task)"
    let done = count.isEmpty ? "" : "\(count)  "
    let percent = "\(Int(min(1, max(0, fraction)) * 100)) %"
    let rest = done + percent + (secondsLeft.map { "  \(Quantity.wholeDuration($0)) left" } ?? "")
    let room = output.columns - 1 - front.count
    if let bar = ProgressBar.text(fraction, room: room - rest.count - 4, style: output.style) {
      return "\(front)  \(bar)  \(rest)"
    }
    return room > percent.count + 2 ? "\(front)  \(percent)" : ""
  }
}
