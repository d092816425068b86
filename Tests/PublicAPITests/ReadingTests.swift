// ReadingTests.swift
// The reading of docs/swift-library.md: every value of every run, and what is wrong with it.

import EventFiles
import TestSupport
import Testing

@Suite struct ReadingTests {
  @Test func theExample() throws {
    try withTemporaryDirectory { directory in
      let runs = "\(directory)/runs"
      let first = try LogDirectory(runs).run("first")
      try first.scalar("loss", 0.5, step: 3)
      try first.close()
      var printed: [String] = []
      func print(_ items: Any...) { printed.append(items.map { "\($0)" }.joined(separator: " ")) }
      for run in try LogDirectory(runs).runs() {
        var reader = RunReader(run)
        try reader.read { value in
          if let number = value.number { print(run.name, value.tag.name, value.step.value, number) }
        }
      }
      for finding in try LogDirectory(runs).verify().findings { print(finding.file, finding.what, finding.rust) }
      #expect(printed == ["first loss 3 0.5"])
    }
  }
}
