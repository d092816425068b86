// CommandRun.swift
// A command run inside the test's process, with what it printed.

import AelogCommands

/// The outcome of one command line.
struct CommandRun {
  let status: Int32
  let output: String
  let errors: String

  init(_ arguments: String...) { self.init(arguments) }

  init(_ arguments: [String]) {
    let (output, errors) = (TextStream(), TextStream())
    status = Aelog.run(on: Console(output: output, errors: errors, commandLine: ["aelog"] + arguments))
    self.output = output.captured
    self.errors = errors.captured
  }

  /// Whether it said one line on the error stream, nothing else, and failed with `status`.
  func isRefusal(_ status: ExitReason, mentioning words: String...) -> Bool {
    self.status == status.rawValue && output.isEmpty && errors.hasPrefix("error: ") && errors.hasSuffix("\n")
      && errors.filter(\.isNewline).count == 1 && words.allSatisfy(errors.contains)
  }
}
