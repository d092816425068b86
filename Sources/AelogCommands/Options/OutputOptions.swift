// OutputOptions.swift
// What a command prints of what it has done.

import ArgumentParser

/// Words for people, JSON for programs, or nothing.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print nothing but errors.")
  var quiet = false

  @Flag(help: "Print JSON for programs: one line at the end.")
  var json = false

  init() {}

  func validate() throws {
    if quiet && json { throw ValidationError("--quiet and --json exclude each other; choose one") }
  }

  /// Where words for people go.
  func words(on console: Console) -> TextStream { quiet || json ? TextStream() : console.output }

  /// Prints the line where it was asked for.
  func show(_ line: @autoclosure () -> JSONLine, on console: Console) {
    if json { console.output.line(line().text) }
  }
}
