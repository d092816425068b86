// ProgressLineTests.swift
// The moving line fits its terminal.

import AelogCommands
import Testing

@Suite struct ProgressLineTests {
  let line = ProgressLine(
    epoch: 3, epochs: 10, step: 1369, totalSteps: 2140, loss: 0.18423, imagesPerSecond: 3412.2, secondsLeft: 58)

  @Test("all fields where there is room")
  func wide() {
    #expect(
      line.text(columns: 120)
        == "  epoch  3/10  ━━━━━━━━━━━━━━━━━━━━━━━━━───────────────   63 %  loss 0.1842    3,412 images/s         58 s left"
    )
  }

  @Test("no width is passed, whatever the terminal", arguments: 0...200)
  func width(columns: Int) {
    let text = line.text(columns: columns)
    #expect(text.unicodeScalars.count <= max(0, columns - 1))
    #expect(columns < 65 || (text.contains("━") && text.contains("left") && text.contains("loss")))
    #expect(columns < 30 || text.contains("63 %"))
    #expect(columns < 16 || text.contains("epoch  3/10"))
  }

  @Test("escapes mark the bar and take no room")
  func style() {
    let marked = line.text(columns: 90, style: .ansi)
    #expect(marked.contains("\u{1B}[36m━") && marked.contains("\u{1B}[2m─"))
    var plain = marked
    for escape in ["\u{1B}[36m", "\u{1B}[2m", "\u{1B}[0m"] { plain = plain.split(separator: escape).joined() }
    #expect(plain == line.text(columns: 90))
  }

  @Test("the bar is empty at the start and full at the end, and never overflows", arguments: [0, 1, 2139, 2140, 9999])
  func ends(step: Int) {
    var line = line
    line.step = step
    let text = line.text(columns: 100)
    #expect(text.contains("━") == (step >= 2140 / 30))
    #expect(text.contains("─") == (step < 2140))
    #expect(text.contains("100 %") == (step >= 2140))
  }

  @Test("a run of no steps, losses and rates that are no numbers")
  func degenerate() {
    let line = ProgressLine(
      epoch: 1, epochs: 1, step: 0, totalSteps: 0, loss: .nan, imagesPerSecond: .infinity, secondsLeft: nil)
    #expect(line.text(columns: 80).hasSuffix("  0 %  loss –        – images/s            – left"))
  }
}

@Suite struct ProgressMeterTests {
  @Test("due at most ten times a second and at the last step; time left by the mean so far")
  func meter() {
    let clock = ScriptedClock()
    var meter = ProgressMeter(clock: { clock.now })
    meter.begin()
    #expect(meter.secondsLeft(step: 0, of: 10) == nil)
    var due: [Int] = []
    for (step, now) in [(1, 1.0), (2, 1.09), (3, 1.11), (10, 1.12)] {
      clock.now = now
      if step == 1 { #expect(meter.secondsLeft(step: 1, of: 10) == 9) }
      if meter.isDue(step: step, of: 10) { due.append(step) }
    }
    #expect(due == [1, 3, 10])
    #expect(meter.secondsLeft(step: 10, of: 10) == 0)
  }
}

/// A clock that stands where a test puts it.
final class ScriptedClock {
  var now = 0.0
}
