// LimitTests.swift
// Too few file descriptors, too little memory, no output, a closed terminal.

import Foundation
import TestSupport
import Testing

@Suite struct LimitTests {
  private static let run = "runs/convolutional-4-2"

  /// Checks that a failed run has left nothing, or resumes to its end.
  private func expectNothingLost(_ ending: Ending, in directory: String, _ what: String) throws {
    guard ending.status != 0 else { return }
    guard exists("\(directory)/\(Self.run)/run.json") else {
      #expect(filesBelow("\(directory)/runs").isEmpty, "\(what): \(ending)")
      return
    }
    let resumed = try BuiltProgram.run(["train", "--resume", Self.run, "--quiet"], in: directory)
    #expect(resumed.status == 0, "\(what): \(resumed)")
    #expect(try BuiltProgram.run(["verify", "runs", "--quiet"], in: directory).status == 0)
  }

  @Test("too few file descriptors are one line, whatever they were wanted for", arguments: 4...20)
  func descriptors(count: Int) throws {
    try withTemporaryDirectory { directory in
      let ending = try TrainTests.train(["--quiet"], in: directory, shell: "ulimit -n \(count); exec \"$@\"")
      if ending.status != 0 {
        #expect(ending.isRefusal(mentioning: "Too many open files", "ulimit -n") && ending.status == 74, "\(ending)")
      }
      if count == 4 { #expect(ending.status != 0) }
      if count == 20 { #expect(ending.status == 0, "\(ending)") }
      try expectNothingLost(ending, in: directory, "\(count) descriptors")
    }
  }

  @Test("a model for which there is no memory is refused, and nothing is left")
  func memory() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let ending = try BuiltProgram.run(
        ["train", "--data", "bars", "--model", "fully-connected", "--hidden-units", "5000,5000", "--batch-size", "50"],
        in: directory, shell: "ulimit -v 600000; exec \"$@\"")
      #expect(ending.isRefusal(mentioning: "no memory", "MB", "ulimit -v") && ending.status == 71, "\(ending)")
      #expect(filesBelow("\(directory)/runs").isEmpty)
    }
  }

  @Test("little memory ends a run in a line or in a crash, and either leaves nothing or a run that can be resumed")
  func littleMemory() throws {
    try withTemporaryDirectory { directory in
      var statuses: Set<Int32> = []
      for megabytes in stride(from: 20, through: 260, by: 16) {
        try? FileManager.default.removeItem(atPath: "\(directory)/runs")
        try? FileManager.default.removeItem(atPath: "\(directory)/bars")
        let ending = try TrainTests.train(
          ["--quiet"], in: directory,
          shell: "ulimit -c 0; ulimit -v \(megabytes * 1000); SWIFT_BACKTRACE=enable=no exec \"$@\"")
        statuses.insert(ending.status)
        try expectNothingLost(ending, in: directory, "\(megabytes) MB")
      }
      #expect(statuses.count > 1 && statuses.contains(0), "\(statuses)")
    }
  }

  @Test("an export that can't be written whole leaves nothing, and an earlier one as it was", arguments: [1, 60])
  func export(kilobytes: Int) throws {
    try withTemporaryDirectory { directory in
      let rows = (0..<4000).map { "\($0).5\t\($0 * 7 % 100)\t\($0 % 3)\n" }.joined()
      try Data(rows.utf8).write(to: URL(fileURLWithPath: "\(directory)/points.tsv"))
      let arguments = ["export", "--tensors", "points.tsv", "--logdir", "runs", "--name", "points", "--quiet"]
      // A write beyond the limit fails where the signal is ignored.
      let limited = "trap '' XFSZ; ulimit -f \(kilobytes); exec \"$@\""
      let failed = try BuiltProgram.run(arguments, in: directory, shell: limited)
      #expect(failed.isRefusal(mentioning: "File too large") && failed.status == 74, "\(failed)")
      #expect(!exists("\(directory)/runs/points"))
      #expect(try BuiltProgram.run(arguments + ["--points", "500"], in: directory).status == 0)
      let config = try bytes("\(directory)/runs/points/projector_config.pbtxt")
      let before = try filesBelow("\(directory)/runs").map { try bytes("\(directory)/runs/\($0)") }
      for limit in [limited, "trap '' XFSZ; ulimit -f 0; exec \"$@\""] {
        #expect(try BuiltProgram.run(arguments, in: directory, shell: limit).status == 74)
      }
      #expect(try filesBelow("\(directory)/runs").map { try bytes("\(directory)/runs/\($0)") } == before)
      #expect(try bytes("\(directory)/runs/points/projector_config.pbtxt") == config)
    }
  }

  @Test("closed output and errors do not end up in the run's files", arguments: [">&-", ">&- 2>&-", "<&- >&- 2>&-"])
  func closedOutput(redirections: String) throws {
    try withTemporaryDirectory { directory in
      let ending = try TrainTests.train([], in: directory, shell: "exec \"$@\" \(redirections)")
      #expect(try BuiltProgram.run(["verify", "runs", "--quiet"], in: directory).status == 0, "\(ending)")
      let record = String(decoding: try bytes("\(directory)/\(Self.run)/run.json"), as: UTF8.self)
      #expect(record.contains("\"completed\""), "\(record)")
    }
  }

  @Test("a run that may not be written is left as it is", .enabled(if: BadPlaceTests.canDropPrivileges))
  func readOnly() throws {
    try withTemporaryDirectory { directory in
      #expect(try TrainTests.train(["--quiet"], in: directory).status == 0)
      let before = filesBelow(directory)
      let ending = try BadPlaceTests.runUnprivileged(
        ["train", "--resume", Self.run, "--epochs", "5", "--quiet"], in: directory,
        after: "chmod -R a+rX .; chmod -R a-w runs")
      #expect(ending.isRefusal(mentioning: Self.run, "Permission denied") && ending.status == 77, "\(ending)")
      #expect(filesBelow(directory).filter { $0 != "aelog" } == before)
      _ = try BuiltProgram.run(["--version"], in: directory, shell: "chmod -R u+w .")
    }
  }
}
