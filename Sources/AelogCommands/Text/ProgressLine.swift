// ProgressLine.swift
// One line that tells how far training is, as wide as the terminal and no wider.

/// What a progress line shows.
package struct ProgressLine: Equatable, Sendable {
  package var epoch: Int
  package var epochs: Int
  /// Of the whole run.
  package var step: Int
  package var totalSteps: Int
  package var loss: Double
  package var imagesPerSecond: Double
  /// Until the run's last step.
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

  /// The share of the run that is done, 0 ... 1.
  private var share: Double { totalSteps > 0 ? min(1, max(0, Double(step) / Double(totalSteps))) : 0 }

  /// The line, shorter than `columns` so that no terminal wraps it; fields give way to width, the least needed first.
  package func text(columns: Int, style: TextStyle = .plain) -> String {
    let room = columns - 1
    let front = "  epoch \(Self.padded(epoch, toWidthOf: epochs))/\(epochs)"
    let percent = Self.padded(Int(share * 100), toWidthOf: 100) + " %"
    let loss = "loss \(Quantity.loss(loss))"
    let speed = Self.aligned(Quantity.rate(imagesPerSecond), width: 7) + " images/s"
    let left = Self.aligned(secondsLeft.map { Quantity.wholeDuration($0) } ?? "–", width: 11) + " left"
    for fields in [[percent, loss, speed, left], [percent, loss, left], [percent, left]] {
      let rest = fields.joined(separator: "  ")
      if let bar = ProgressBar.text(share, room: room - Self.width(front) - Self.width(rest) - 4, style: style) {
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

  /// Fields keep their width while their numbers change, so that the bar does not jump.
  private static func aligned(_ text: String, width: Int) -> String {
    String(repeating: " ", count: max(0, width - self.width(text))) + text
  }
}
