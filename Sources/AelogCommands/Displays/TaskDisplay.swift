// TaskDisplay.swift
// How far a long computation is: one line that moves, on terminals.

/// Shows one task after another: a bar, the share that is done, and the time that is left.
package final class TaskDisplay {
  private let output: TextStream
  private let moving: MovingLine
  private let clock: () -> Double
  private var task = ""
  private var began = 0.0
  private var drawn = -Double.infinity

  /// - Parameter clock: seconds that never go back.
  package init(_ output: TextStream, clock: @escaping () -> Double = Console.now) {
    self.output = output
    self.clock = clock
    moving = MovingLine(output)
  }

  /// Draws at most ten times a second, and at a task's beginning and end.
  /// - Parameter share: of the task that is done, 0 ... 1.
  package func show(_ task: String, _ share: Double) {
    let now = clock()
    if task != self.task { (self.task, began, drawn) = (task, now, -.infinity) }
    guard now - drawn >= 0.1 || share >= 1 else { return }
    drawn = now
    moving.draw(line(share, secondsLeft: share > 0 ? (now - began) / share * (1 - share) : nil))
  }

  package func clear() { moving.clear() }

  private func line(_ share: Double, secondsLeft: Double?) -> String {
    let front = "  \(task)"
    let percent = "\(Int(min(1, max(0, share)) * 100)) %"
    let rest = percent + (secondsLeft.map { "  \(Quantity.wholeDuration($0)) left" } ?? "")
    let room = output.columns - 1 - front.count
    if let bar = ProgressBar.text(share, room: room - rest.count - 4, style: output.style) {
      return "\(front)  \(bar)  \(rest)"
    }
    return room > percent.count + 2 ? "\(front)  \(percent)" : ""
  }
}
