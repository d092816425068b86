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
      #expect(verified.status == 0 && verified.errors.isEmpty, "\(verified)")
      #expect(verified.lines.filter { !$0.isEmpty }.count == 1, "\(verified)")
      #expect(verified.output.hasSuffix(": 0 problems, 0 notes\n"), "\(verified)")
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
      let asJSON = try BuiltProgram.run(["verify", "nothing", "--json"], in: directory)
      #expect(asJSON.status == 2 && asJSON.output.contains(#""problems":1,"notes":0,"status":2,"error":"#))
      try Data("no directory".utf8).write(to: URL(fileURLWithPath: "\(directory)/file"))
      for (command, status) in [("inspect", 66), ("verify", 2)] as [(String, Int32)] {
        let file = try BuiltProgram.run([command, "file"], in: directory)
        #expect(file.isRefusal(mentioning: "give the directory") && file.status == status)
      }
      let unwritten = try BuiltProgram.run(["verify", "runs"], in: directory, shell: "exec \"$@\" >/dev/full")
      #expect(unwritten.isRefusal(mentioning: "standard output") && unwritten.status == 74)
      try FileManager.default.createSymbolicLink(atPath: "\(directory)/runs/self", withDestinationPath: "self")
      let looped = try BuiltProgram.run(["verify", "runs"], in: directory)
      #expect(looped.status == 2 && looped.output.contains("problem  unreadable  "), "\(looped)")
    }
  }

  private func writeRun(_ path: String) throws {
    let run = try LogDirectory(path).run("x")
    try run.scalar("loss", 0.5, step: 1)
    try run.close()
  }

  @Test(
    "a directory that may not be read is said, and the others are shown",
    .enabled(if: BadPlaceTests.canDropPrivileges))
  func unreadableDirectory() throws {
    try withTemporaryDirectory { directory in
      try writeRun("\(directory)/runs")
      func run(_ command: String) throws -> Ending {
        try BadPlaceTests.runUnprivileged(
          [command, "runs"], in: directory, after: "chmod 755 . runs; mkdir -p runs/closed; chmod 0 runs/closed")
      }
      let inspected = try run("inspect")
      #expect(inspected.status == 77 && inspected.output.contains("loss"), "\(inspected)")
      #expect(
        inspected.errors == "warning: cannot list \"runs/closed\": Permission denied; check its permissions or choose "
          + "another path\n")
      let verified = try run("verify")
      #expect(verified.status == 2 && verified.output.contains("problem  unreadable  runs/closed"), "\(verified)")
      chmod("\(directory)/runs/closed", 0o755)
    }
  }

  @Test("a path that is too long is said in one line, however many files lie there")
  func longPath() throws {
    try withTemporaryDirectory { directory in
      try writeRun("\(directory)/runs")
      try makeDeepDirectory("\(directory)/runs/deep", files: 5)
      let inspected = try BuiltProgram.run(["inspect", "\(directory)/runs"], in: directory)
      #expect(inspected.status == 74 && inspected.output.contains("loss"), "\(inspected.status)")
      #expect(inspected.errors.hasSuffix("File name too long\n") && inspected.errors.filter(\.isNewline).count == 1)
      let verified = try BuiltProgram.run(["verify", "\(directory)/runs"], in: directory)
      #expect(verified.status == 2 && verified.output.contains(": 1 problem,"), "\(verified.status)")
      try removeDeepDirectory("\(directory)/runs")
    }
  }

  @Test("directories that link to each other are read once, and that is said")
  func crossedLinks() throws {
    try withTemporaryDirectory { directory in
      for number in 0..<9 { try writeRun("\(directory)/runs/\(number)") }
      let linked = "for i in {0..8}; do for j in {0..8}; do [ $i = $j ] || ln -s ../$j runs/$i/to$j; done; done; "
      let inspected = try BuiltProgram.run(["inspect", "runs", "--csv"], in: directory, shell: linked + "exec \"$@\"")
      #expect(inspected.status == 0 && inspected.lines.filter { !$0.isEmpty }.count == 10, "\(inspected)")
      #expect(inspected.errors.filter(\.isNewline).count == 72)
      #expect(
        inspected.errors.contains("warning: \"runs/3/to5\" is a second path to \"5\", which is read once\n"))
      let verified = try BuiltProgram.run(["verify", "runs"], in: directory)
      #expect(verified.status == 0 && verified.output.contains("9 runs, 9 event files"), "\(verified)")
      #expect(verified.output.contains("note  repeated-directory  runs/3/to5"))
    }
  }

  @Test("of more than 100,000 directories the rest is said to be unread")
  func manyDirectories() throws {
    try withTemporaryDirectory { directory in
      try writeRun("\(directory)/runs")
      let many = "cd runs && seq -f y%.0f 1 100001 | xargs mkdir && cd ..; "
      let inspected = try BuiltProgram.run(["inspect", "runs"], in: directory, shell: many + "exec \"$@\"")
      #expect(inspected.status == 74, "\(inspected)")
      #expect(inspected.errors.contains("warning: there are more than 100,000 directories; the others are not read\n"))
      try removeDeepDirectory("\(directory)/runs")
    }
  }

  @Test("--repair moves what it can, and says what it can't")
  func repairing() throws {
    try withTemporaryDirectory { directory in
      for name in ["a", "b", "c"] {
        let run = try LogDirectory("\(directory)/runs").run(name)
        try run.scalar("loss", 0.5, step: 1)
        try run.close()
      }
      func file(_ run: String) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(directory)/runs/\(run)")
        return "\(directory)/runs/\(run)/\(try #require(names.first { $0.contains("tfevents") }))"
      }
      let whole = try file("a")
      let size = try bytes(whole).count
      for run in ["a", "b", "c"] {
        let handle = try #require(FileHandle(forWritingAtPath: file(run)))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data([1, 2, 3]))
        try handle.close()
      }
      // The second is being written, and beside the third the name is taken.
      let writer = try LogDirectory("\(directory)/runs").run("b", resumingAt: 2)
      let side = try file("c").replacing("tfevents", with: "") + ".torn-tail-\(size)"
      try Data("mine".utf8).write(to: URL(fileURLWithPath: side))
      let first = try BuiltProgram.run(["verify", "runs", "--repair"], in: directory)
      #expect(first.status == 1 && first.errors.split(separator: "\n").count == 3, "\(first)")
      #expect(first.errors.contains("3 bytes are now in \"runs/a/") && first.errors.contains("in use by process"))
      #expect(first.errors.contains("exists already") && first.output.contains("2 problems"))
      #expect(try bytes(whole).count == size && bytes(side) == Data("mine".utf8))
      try writer.close()
      try FileManager.default.removeItem(atPath: side)
      let second = try BuiltProgram.run(["verify", "runs", "--repair"], in: directory)
      #expect(try second.status == 0 && bytes(side) == Data([1, 2, 3]), "\(second)")
    }
  }

  @Test("following ends when nobody reads any more, and reads on in a file that has been replaced")
  func followingOtherEnds() throws {
    try withTemporaryDirectory { directory in
      let run = try LogDirectory("\(directory)/runs").run("live")
      try run.scalar("loss", 0.5, step: 1)
      try run.close()
      let pipe = try BuiltProgram(
        ["inspect", "runs", "--csv", "--follow"], in: directory, shell: "\"$@\" | head -n 1; exit ${PIPESTATUS[0]}")
      #expect(try pipe.wait().status == 0)
      let program = try BuiltProgram(["inspect", "runs", "--csv", "--follow"], in: directory)
      try program.wait { try program.outputSoFar().contains(",1,") }
      let name = try #require(
        try FileManager.default.contentsOfDirectory(atPath: run.path).first { $0.contains("tfevents") })
      let other = try LogDirectory("\(directory)/elsewhere").run("live")
      for step in 7..<9 { try other.scalar("other", 0.25, step: Step(step)) }
      try other.close()
      let others = try #require(
        try FileManager.default.contentsOfDirectory(atPath: other.path).first { $0.contains("tfevents") })
      #expect(rename("\(other.path)/\(others)", "\(run.path)/\(name)") == 0)
      try program.wait { try program.outputSoFar().contains("live,other,scalar,8,") }
      program.send(SIGINT)
      let ending = try program.wait()
      #expect(ending.status == 130 && ending.errors.contains("another file now"), "\(ending)")
    }
  }
}
