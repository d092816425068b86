// TextDisplay.swift
// A training run for people: the layer table, a line an epoch, and on terminals one line that moves.

package import Sessions

import ByteStreams
import Networks
import Training

/// Lines for people; the last one is redrawn in place where the output is a terminal.
package final class TextDisplay: TrainingDisplay {
  private let output: TextStream
  private let logdir: String
  private let clock: () -> Double
  private var start: TrainingStart?
  private var epochs = EpochTable(epochs: 1)
  private var meter: ProgressMeter
  private let moving: MovingLine

  /// - Parameters:
  ///   - logdir: what TensorBoard is to be given.
  ///   - clock: seconds that never go back.
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
    if start.steps > 0 {
      output.line(
        "  goes on   after step \(Quantity.grouped(start.steps)) of \(Quantity.grouped(start.totalSteps))")
      meter.begin(atStep: start.steps)
    }
    output.line()
    showHeader()
  }

  private func showHeader() {
    for (index, line) in epochs.header.enumerated() { output.line(index == 0 ? output.style.strong(line) : line) }
  }

  /// Begins the table again where the terminal has another width, and other columns fit it.
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

  package func stopping() { moving.draw("  stopping after this step; once more ends at once …") }

  package func end(_ outcome: TrainingOutcome) {
    moving.clear()
    output.line()
    if let test = outcome.test {
      output.line(
        "  test      loss \(Quantity.loss(test.reconstructionLoss)), RMSE \(Quantity.loss(test.rmse))")
    }
    if let code = outcome.testQuality { output.paragraph("  code      " + ConfusionText.summary(code), indent: 12) }
    output.line(
      "  time      \(Quantity.duration(outcome.seconds)), \(Quantity.rate(outcome.imagesPerSecond)) images/s in training"
    )
    for warning in outcome.warnings { output.line("  warning   \(warning)") }
    output.line()
    if let confusion = outcome.confusion {
      for line in ConfusionText.lines(of: confusion, style: output.style, in: output.tableRoom) { output.line(line) }
      output.line()
    }
    output.line("  Look at it with")
    output.line("    " + output.style.strong(TensorBoardCommand.line(logdir: logdir)))
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
