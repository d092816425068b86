// ClusterTests.swift
// aelog sweep --executor slurm, as processes, with commands that stand in for Slurm's. The real one is in tools/test-slurm.

import Foundation
import TestSupport
import Testing

@Suite struct ClusterTests {
  private static let options = ["--data", "bars", "--batch-size", "20", "--filters", "4,2", "--filters", "3"]

  private func withSlurm(arraySize: Int = 1001, _ body: (String, FakeSlurm) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      try body(directory, try FakeSlurm(arraySize: arraySize))
    }
  }

  private func sweep(_ arguments: [String], in directory: String, _ slurm: FakeSlurm) throws -> Ending {
    try BuiltProgram.run(["sweep"] + arguments, in: directory, environment: ["PATH": slurm.path])
  }

  @Test("a sweep in arrays comes to what it comes to here, and each trial's line is there")
  func whole() throws {
    try withSlurm(arraySize: 3) { directory, slurm in
      try slurm.write("works", "")
      let slurms = [
        "--executor", "slurm", "--poll", "0.1", "--name", "s", "--sbatch-arg=--nice=5", "--sbatch-arg", "-Aa",
      ]
      let there = try sweep(Self.options + ["--epochs", "2", "--repeats", "2"] + slurms, in: directory, slurm)
      #expect(there.status == 0 && there.errors.isEmpty, "\(there)")
      #expect(there.output.contains("submitted job 1: 3 trials") && there.output.contains("submitted job 2: 1 trial\n"))
      #expect(there.output.contains("4/4  "))
      #expect(slurm.lines("batch-2")?.contains("--nice=5") == true && slurm.lines("batch-2")?.contains("-Aa") == true)
      let here = try sweep(Self.options + ["--epochs", "2", "--repeats", "2", "--name", "h"], in: directory, slurm)
      let losses = try ["s", "h"].map { name in
        let table = String(decoding: try bytes("\(directory)/runs/\(name)/results.csv"), as: UTF8.self)
        return table.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false)[..<19] }
      }
      #expect(here.status == 0 && losses[0] == losses[1] && losses[0].count == 5)
      #expect(try BuiltProgram.run(["verify", "runs/s", "--quiet"], in: directory).status == 0)
      let again = try sweep(["--resume", "runs/s"], in: directory, slurm)
      #expect(again.status == 0 && !again.output.contains("submitted") && slurm.lines("batch-3") == nil, "\(again)")
    }
  }

  @Test("a command that is missing is named and nothing is made; what sbatch says is passed on")
  func refused() throws {
    try withSlurm { directory, slurm in
      let arguments = Self.options + ["--name", "s", "--executor", "slurm"]
      let none = try BuiltProgram.run(["sweep"] + arguments, in: directory, environment: ["PATH": directory])
      #expect(none.isRefusal(mentioning: "can't find Slurm's scontrol on PATH") && none.status == 69, "\(none)")
      #expect(!exists("\(directory)/runs"))
      try slurm.write("words", "sbatch: error: Batch job submission failed: \u{1b}[31mno\n")
      let refused = try sweep(arguments + ["--partition", "x"], in: directory, slurm)
      #expect(refused.status == 69)
      #expect(
        refused.isRefusal(mentioning: "sbatch refuses: Batch job submission failed: ", "aelog sweep --resume runs/s"),
        "\(refused)")
      try slurm.remove("words")
      try slurm.write("works", "")
      let resumed = try sweep(["--resume", "runs/s", "--poll", "0.1", "--quiet"], in: directory, slurm)
      #expect(
        resumed.status == 0 && resumed.output.isEmpty && slurm.lines("batch-1")?.contains("x") == true, "\(resumed)")
    }
  }

  @Test("Ctrl-C leaves the tasks in the queue and says what can be done; then they are found, guarded and cancelled")
  func interrupted() throws {
    try withSlurm { directory, slurm in
      let arguments = Self.options + ["--name", "s", "--executor", "slurm", "--poll", "0.1"]
      let program = try BuiltProgram(["sweep"] + arguments, in: directory, environment: ["PATH": slurm.path])
      try program.wait { slurm.lines("batch-1") != nil && exists("\(directory)/runs/s/.slurm/record.json") }
      let second = try sweep(["--resume", "runs/s"], in: directory, slurm)
      #expect(second.isRefusal(mentioning: "in use by process \(program.processNumber)") && second.status == 75)
      let words = try #require(slurm.lines("batch-1"))
      let name = try #require(words.firstIndex(of: "--job-name").map { words[$0 + 1] })
      try slurm.queue([(1, name, 0, "RUNNING", 0), (1, name, 1, "PENDING", 0)])
      try program.wait { try program.outputSoFar().contains("started") }
      program.send(SIGINT)
      let ending = try program.wait()
      let resume = "aelog sweep --resume runs/s"
      #expect(
        ending.status == 130
          && ending.errors
            == "interrupted; the tasks keep running: follow them with \(resume), cancel them with \(resume) --cancel\n",
        "\(ending)")
      let local = try sweep(["--resume", "runs/s", "--executor", "local"], in: directory, slurm)
      #expect(local.isRefusal(mentioning: "2 of the trials", "--executor slurm") && local.status == 75, "\(local)")
      let cancelled = try sweep(["--resume", "runs/s", "--cancel"], in: directory, slurm)
      #expect(cancelled.status == 0 && cancelled.output.contains("2 trials taken out of Slurm's queue"), "\(cancelled)")
      #expect(slurm.lines("cancelled") == ["1"])
      try slurm.queue([])
      let here = try sweep(["--resume", "runs/s", "--executor", "local", "--quiet"], in: directory, slurm)
      #expect(here.status == 0, "\(here)")
      let none = try sweep(["--resume", "runs/s", "--executor", "local", "--cancel"], in: directory, slurm)
      #expect(none.isRefusal(mentioning: "--executor local exclude") && none.status == 64, "\(none)")
    }
  }

  @Test("--dry-run prints what would be submitted, quoted for a shell, and submits nothing")
  func dryRun() throws {
    try withSlurm(arraySize: 2) { directory, slurm in
      let arguments =
        Self.options + ["--epochs", "1", "--repeats", "2", "--name", "s", "--executor", "slurm", "--dry-run"]
      let dry = try sweep(
        arguments + ["--memory", "1G; rm", "--cpus-per-task", "2", "--time", "5:00"], in: directory, slurm)
      #expect(dry.status == 0 && dry.output.contains("4 trials"), "\(dry)")
      #expect(dry.lines.count(where: { $0.hasPrefix("sbatch --parsable --job-name aelog-s-") }) == 2)
      #expect(
        dry.output.contains("--array 0-1 ") && dry.output.contains("--mem '1G; rm' ")
          && dry.output.contains("--threads 2"))
      #expect(dry.output.contains("#!/bin/sh\n") && !exists("\(directory)/runs") && slurm.lines("batch-1") == nil)
    }
  }

  @Test(
    "options that do not go together",
    arguments: [
      (["--executor", "slurm", "--jobs", "2"], "--array-limit"),
      (["--partition", "x"], "--partition needs --executor slurm"),
      (["--executor", "local", "--time", "1"], "--time and --executor local"), (["--cancel"], "--cancel"),
      (["--executor", "slurm", "--poll", "0"], "--poll: got 0"), (["--executor", "pbs"], "'local' and 'slurm'"),
      (["--executor", "slurm", "--array-limit", "0"], "--array-limit: got \"0\""),
      (["--executor", "slurm", "--sbatch-arg", "x"], "--sbatch-arg: got \"x\""),
      (["--executor", "slurm", "--sbatch-arg=--array=1"], "sets sbatch's --array itself"),
      (["--executor", "slurm", "--memory", ""], "--memory: got \"\""),
    ])
  func options(arguments: [String], words: String) throws {
    try withSlurm { directory, slurm in
      let run = try sweep(Self.options + ["--name", "s"] + arguments, in: directory, slurm)
      #expect(run.isRefusal(mentioning: words) && run.status == 64 && !exists("\(directory)/runs"), "\(run)")
    }
  }
}
