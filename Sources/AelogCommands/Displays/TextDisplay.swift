// TextDisplay.swift
// Shows a training run to people: the layer table, a line per epoch, and on terminals a progress line.

import ByteStreams
package import Networks
import ProjectorExport
import Runs
package import Sessions
package import Training

/// Prints lines for people; on a terminal the last line is redrawn in place.
package final class TextDisplay: TrainingDisplay {
  private let output: TextStream
  private let logdir: String
  private let clock: () -> Double
  private var start: TrainingStart?
  private var epochs = EpochTable(epochs: 1)
  private var meter: ProgressMeter
  private let moving: MovingLine

  /// - Parameters:
  ///   - logdir: the log directory to pass to TensorBoard.
  ///   - clock: a monotonic clock in seconds.
  package init(output: TextStream, logdir: String, clock: @escaping () -> Double = Console.now) {
    self.output = output
    self.logdir = logdir
    self.clock = clock
    meter = ProgressMeter(clock: clock)
    moving = MovingLine(output)
  }

  package func begin(_ start: TrainingStart) {
    self.start = start
    epochs = EpochTable(epochs: start.epochs, in: output.tableRoom)
    let table = LayerTable.lines(of: start.layers, in: output.tableRoom)
    output.line()
    for (index, line) in table.enumerated() {
      let isEmphasized = index == 0 || index == table.count - 1
      output.line(isEmphasized ? output.style.strong(line) : line)
    }
    output.line()
    output.paragraph("  images    \(start.data)", indent: 12)
    for note in start.notes { output.paragraph("  note      \(note)", indent: 12) }
    output.line("  kernels   \(start.kernels), \(start.threads) \(start.threads == 1 ? "thread" : "threads")")
    output.line("  run       \(ShellWord.quoted(start.runPath))")
    if let line = start.startLine { output.paragraph("  weights   \(line)", indent: 12) }
    if start.steps > 0 {
      output.line(
        "  resumed   after step \(Quantity.grouped(start.steps)) of \(Quantity.grouped(start.totalSteps))")
      meter.begin(atStep: start.steps)
    }
    output.line()
    showHeader()
  }

  private func showHeader() {
    for (index, line) in epochs.header.enumerated() { output.line(index == 0 ? output.style.strong(line) : line) }
  }

  /// Prints the header again if the terminal's width has changed and other columns fit.
  private func fitEpochs() {
    let former = epochs.header
    epochs.room = output.tableRoom
    if epochs.header != former { showHeader() }
  }

  package func show(_ progress: TrainingProgress) {
    switch progress {
    case .step(let report, let imagesPerSecond): redraw(report, imagesPerSecond)
    case .epoch(let report, let imagesPerSecond, let seconds):
      moving.clear()
      if report.step == 0 { meter.begin() }
      fitEpochs()
      output.line(epochs.line(report, imagesPerSecond: imagesPerSecond, seconds: seconds))
    case .finishing(let what): moving.draw("  \(what) …")
    }
  }

  package func stopping() { moving.draw("  stopping after this step; press again to end at once …") }

  package func end(_ outcome: TrainingOutcome) {
    moving.clear()
    output.line()
    if let stop = outcome.earlyStop { output.paragraph("  stopped   \(stop.text)", indent: 12) }
    if let shown = outcome.shownEpoch, shown.epoch != outcome.lastEpoch?.epoch {
      let loss = Quantity.loss(shown.validation.reconstructionLoss)
      output.paragraph(
        "  best      epoch \(shown.epoch), validation loss \(loss); the results below are those of its weights",
        indent: 12)
    }
    if let test = outcome.test {
      output.line(
        "  test      loss \(Quantity.loss(test.reconstructionLoss)), RMSE \(Quantity.loss(test.rmse))")
    }
    if let code = outcome.testQuality {
      output.paragraph("  code      " + ConfusionText.summary(code), indent: 12)
      if let note = DeadUnitText.note(code) {
        output.paragraph("  note      \(note); \(DeadUnitText.advice)", indent: 12)
      }
    }
    output.line(
      "  time      \(Quantity.duration(outcome.seconds)), \(Quantity.rate(outcome.imagesPerSecond)) images/s in training"
    )
    for warning in outcome.warnings { output.line("  warning   \(warning)") }
    output.line()
    if let confusion = outcome.confusion {
      output.paragraph("  \(ClassConfusion.caption)", indent: 2)
      for line in ConfusionText.lines(of: confusion, style: output.style, in: output.tableRoom) { output.line(line) }
      output.line()
    }
    output.line("  Look at it with")
    output.line("    " + output.style.strong(TensorBoardCommand.line(logdir: logdir)))
    output.line("    \(TensorBoardCommand.address(of: .timeSeries))")
    output.line()
  }

  package func fail() { moving.clear() }

  private func redraw(_ report: StepReport, _ imagesPerSecond: Double) {
    guard output.isTerminal, let start, meter.isDue(step: report.step, of: start.totalSteps) else { return }
    let line = ProgressLine(
      epoch: report.epoch, epochs: start.epochs, step: report.step, totalSteps: start.totalSteps,
      loss: report.reconstructionLoss, imagesPerSecond: imagesPerSecond,
      secondsLeft: meter.secondsLeft(step: report.step, of: start.totalSteps))
    moving.draw(line.text(columns: output.columns, style: output.style))
  }
}

/// Limits how often the progress line is drawn, and estimates the remaining time.
package struct ProgressMeter {
  private let clock: () -> Double
  private var began = 0.0
  private var first = 0
  private var drawn = -Double.infinity
  private static let interval = 0.1

  package init(clock: @escaping () -> Double) { self.clock = clock }

  /// Starts the clock before the first step, or before the first one after `steps` when a run is resumed.
  package mutating func begin(atStep steps: Int = 0) { (began, first) = (clock(), steps) }

  /// Returns true at most ten times a second, and at the last step.
  package mutating func isDue(step: Int, of total: Int) -> Bool {
    let now = clock()
    guard now - drawn >= Self.interval || step == total else { return false }
    drawn = now
    return true
  }

  /// Estimates the remaining seconds from the mean step time, including evaluation and logging; nil before the first step.
  package func secondsLeft(step: Int, of total: Int) -> Double? {
    step <= first ? nil : (clock() - began) / Double(step - first) * Double(max(0, total - step))
  }
}

/// The table of epochs, which grows while training runs; columns have their final width from the start.
package struct EpochTable {
  private let epochs: Int
  private var empty: TextTable
  /// The available width, which changes with the terminal.
  package var room: TableRoom {
    get { empty.room }
    set { empty.room = newValue }
  }

  package init(epochs: Int, in room: TableRoom = .unlimited) {
    self.epochs = epochs
    empty = TextTable(
      [
        .init("epoch", .right, minimumWidth: "\(epochs)/\(epochs)".count),
        .init("train loss", .right, minimumWidth: 6, short: "train", rank: 3),
        .init("validation loss", .right, minimumWidth: 6, short: "validation"),
        .init("RMSE", .right, minimumWidth: 6, rank: 2),
        .init("images/s", .right, minimumWidth: 9, rank: 4),
        .init("time", .right, minimumWidth: 11, rank: 1),
      ], in: room)
  }

  package var header: [String] { [empty.header, empty.rule] }

  /// - Parameters:
  ///   - imagesPerSecond: the speed of the epoch's training steps; nil before the first epoch.
  ///   - seconds: the time since training started.
  package func line(_ report: EpochReport, imagesPerSecond: Double?, seconds: Double) -> String {
    var table = empty
    table.append([
      "\(report.epoch)/\(epochs)", report.trainingLoss.map(Quantity.loss) ?? "–",
      Quantity.loss(report.validation.reconstructionLoss), Quantity.loss(report.validation.rmse),
      imagesPerSecond.map(Quantity.rate) ?? "–", Quantity.duration(seconds),
    ])
    return table.lines[0]
  }
}

extension TextTable {
  /// Makes a row per layer: name, output shape, weights; and a row with the total.
  init(layers: [Layer], in room: TableRoom) {
    self.init(
      [Column("layer", .left, leastWidth: 8), Column("output", .right, rank: 1), Column("weights", .right)], in: room)
    for layer in layers {
      append([
        layer.name, Quantity.shape(layer.outputShape), layer.weights == 0 ? "" : Quantity.grouped(layer.weights),
      ])
    }
    append(["total", "", Quantity.grouped(layers.reduce(0) { $0 + $1.weights })])
  }
}

/// The layer table of a network.
package enum LayerTable {
  /// Returns the header, a row per layer, and the total, separated by rules.
  package static func lines(of layers: [Layer], in room: TableRoom = .unlimited) -> [String] {
    let table = TextTable(layers: layers, in: room)
    return [table.header, table.rule] + table.lines.dropLast() + [table.rule] + table.lines.suffix(1)
  }
}
