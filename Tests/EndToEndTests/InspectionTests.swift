// InspectionTests.swift
// aelog inspect and aelog verify on a run of aelog train, and while a run is being logged.

import EventFiles
import Foundation
import TestSupport
import Testing

@Suite struct InspectionTests {
  @Test("a run of aelog train is sound, and is read whole")
  func aRunOfOurOwn() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--quiet"], in: directory)
      let verified = try BuiltProgram.run(["verify", "runs"], in: directory)
      #expect(verified.status == 0 && verified.errors.isEmpty && !verified.output.contains("problem  "), "\(verified)")
      let values = try BuiltProgram.run(["inspect", "runs", "--csv"], in: directory)
      #expect(values.lines.first == "run,tag,kind,step,wall_time,value" && values.status == 0)
      let series = try BuiltProgram.run(["inspect", "runs", "--json"], in: directory).lines.filter { !$0.isEmpty }
      let counts = series.compactMap { $0.firstMatch(of: /"values":([0-9]+)/).flatMap { Int($0.1) } }
      #expect(counts.count == series.count && counts.reduce(0, +) == values.lines.filter { !$0.isEmpty }.count - 1)
      #expect(
        try BuiltProgram.run(["inspect", "runs", "--csv"], in: directory, shell: "exec \"$@\" | head -n 2").status == 0)
    }
  }

  @Test("following a run prints each value once, as it comes, until Ctrl-C")
  func following() throws {
    try withTemporaryDirectory { directory in
      let run = try LogDirectory("\(directory)/runs").run("live")
      try run.scalar("loss", 0.5, step: 1)
      try run.flush()
      let path = "\(directory)/lines"
      try Data().write(to: URL(fileURLWithPath: path))
      let output = try #require(FileHandle(forWritingAtPath: path))
      let program = try BuiltProgram(["inspect", "runs", "--csv", "--follow"], in: directory, output: output)
      func lines() throws -> [Substring] { try String(decoding: bytes(path), as: UTF8.self).split(separator: "\n") }
      try program.wait { try lines().count == 2 }
      try run.scalar("loss", 0.25, step: 2)
      try run.flush()
      try program.wait { try lines().count == 3 }
      let other = try run.subrun("eval")
      try other.scalar("loss", 0.75, step: 2)
      try other.close()
      try program.wait { try lines().count == 4 }
      program.send(SIGINT)
      #expect(try program.wait().status == 130)
      let values = try lines().dropFirst().map { line in line.split(separator: ",") }
      #expect(
        values.map { [$0[0], $0[3], $0[5]] } == [
          ["live", "1", "0.5"], ["live", "2", "0.25"], ["live/eval", "2", "0.75"],
        ])
      try run.close()
    }
  }

  @Test("what can't be read is said, with status 2")
  func unreadable() throws {
    try withTemporaryDirectory { directory in
      let run = try LogDirectory("\(directory)/runs").run("first")
      try run.close()
      #expect(try BuiltProgram.run(["verify", "runs"], in: directory).status == 0)
      let missing = try BuiltProgram.run(["verify", "nothing"], in: directory)
      #expect(missing.isRefusal(mentioning: "nothing") && missing.status == 2)
      try FileManager.default.createSymbolicLink(atPath: "\(directory)/runs/self", withDestinationPath: "self")
      let looped = try BuiltProgram.run(["verify", "runs"], in: directory)
      #expect(looped.status == 2 && looped.output.contains("problem  unreadable  "), "\(looped)")
    }
  }
}
