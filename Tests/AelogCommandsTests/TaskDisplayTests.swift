// TaskDisplayTests.swift
// Tests of the progress line of long tasks.

import Foundation
import Testing

@testable import AelogCommands

@Suite struct TaskDisplayTests {
  @Test("a terminal shows a bar, the percentage and the remaining time, at most ten times a second")
  func terminal() {
    let output = TextStream(isTerminal: true)
    let clock = ScriptedClock()
    let display = TaskDisplay(output) { clock.now }
    display.show("t-SNE", 0)
    clock.now = 0.05
    display.show("t-SNE", 0.1)
    clock.now = 10
    display.show("t-SNE", 0.25)
    let bar = String(repeating: "━", count: 10) + String(repeating: "─", count: 30)
    let drawn = output.captured.components(separatedBy: "\r\u{1B}[K").dropFirst().map { $0.dropLast() }
    #expect(drawn == ["  t-SNE  \(String(repeating: "─", count: 40))  0 %", "  t-SNE  \(bar)  25 %  30 s left"])
    // Another task has its own time.
    display.show("PCA", 0.5)
    #expect(output.captured.hasSuffix("  50 %  0 s left\r"))
    display.show("PCA", 1)
    #expect(output.captured.hasSuffix("  100 %  0 s left\r"))
    display.clear()
    #expect(output.captured.hasSuffix("\r\u{1B}[K"))
  }

  @Test func elsewhereNothingIsPrinted() {
    let output = TextStream()
    let display = TaskDisplay(output) { 0 }
    display.show("t-SNE", 0.5)
    display.clear()
    #expect(output.captured == "")
  }
}
