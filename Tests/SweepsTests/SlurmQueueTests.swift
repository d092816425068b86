// SlurmQueueTests.swift
// Tests how the answers of Slurm's commands are read, sound and otherwise.

import Foundation
import TestSupport
import Testing

@testable import Sweeps

@Suite struct SlurmQueueTests {
  private let slurm: FakeSlurm
  private let record: SlurmRecord

  init() throws {
    slurm = try FakeSlurm()
    record = SlurmRecord(sweep: "/x/a b;c", arraySize: 4, options: SlurmOptions())
  }

  private func tasks() throws -> [Int: SlurmTask] { try SlurmQueue(tools: slurm.tools).tasks(of: record, trials: 10) }
  private func past() throws -> [Int: SlurmTask] {
    try SlurmQueue(tools: slurm.tools).pastTasks(of: record, trials: 10)
  }

  @Test("the name of the arrays has no character that would end a name in a list")
  func name() throws {
    #expect(record.name.firstMatch(of: /^aelog-a_b_c-[0-9a-z]{5,6}$/) != nil, "\(record.name)")
    #expect(record.name != SlurmRecord(sweep: "/x/a b;c", arraySize: 4, options: SlurmOptions()).name)
    #expect(try tasks().isEmpty)
    let asked = try #require(slurm.lines("asked"))
    #expect(asked.contains("--name=\(record.name)-0,\(record.name)-1,\(record.name)-2"))
  }

  @Test(
    "a task is identified by its array and number; one in the queue counts more than one that has ended, a later one more"
  )
  func counted() throws {
    let name = record.name
    try slurm.queue([
      (7, "\(name)-0", 0, "FAILED", 9), (7, "\(name)-0", 3, "RUNNING", 0), (7, "\(name)-1", 2, "COMPLETED", 0),
      (9, "\(name)-0", 3, "CANCELLED", 15), (9, "\(name)-1", 2, "FAILED", 3 << 8),
      (8, "\(name)-2", 1, "OUT_OF_MEMORY", 9),
    ])
    let tasks = try tasks()
    #expect(tasks.keys.sorted() == [0, 3, 6, 9])
    #expect(tasks[0]?.ending == .signal(9) && tasks[3]?.isActive == true && tasks[3]?.job == 7)
    #expect(
      tasks[6]?.ending == .status(3) && tasks[9]?.failure(words: "x", wasStopped: false)?.contains("memory") == true)
  }

  @Test("a cluster's heading, and an array that was cancelled while it waited, are no tasks")
  func others() throws {
    try slurm.write("queue", "CLUSTER: here\n7|N/A|CANCELLED|0|\(record.name)-0|None|\n")
    #expect(try tasks().isEmpty)
  }

  @Test("an unknown state counts as one in the queue")
  func unknownState() throws {
    try slurm.queue([(7, "\(record.name)-0", 0, "DANCING", 0)])
    #expect(try tasks()[0]?.isActive == true)
  }

  @Test(
    "a line that is no task of the sweep is refused",
    arguments: [
      "x", "7|1|RUNNING|0|NAME-0", "|1|RUNNING|0|NAME-0|None|", "7|-1|RUNNING|0|NAME-0|None|",
      "7|4|RUNNING|0|NAME-0|None|", "7|1|running|0|NAME-0|None|", "7|1||0|NAME-0|None|", "7|1|RUNNING|x|NAME-0|None|",
      "7|1|RUNNING|0|other-0|None|", "7|1|RUNNING|0|NAME-x|None|", "7|1|RUNNING|0|NAME--1|None|",
      "7|1|RUNNING|0|NAME-99999999999999999|None|", "7|1-3|RUNNING|0|NAME-0|None|", "slurm_load_jobs error\u{1b}[2J",
    ])
  func garbage(line: String) throws {
    try slurm.write("queue", line.replacing("NAME", with: record.name) + "\n")
    let error = #expect(throws: SlurmError.self) { try tasks() }
    guard case .unreadable("squeue", _, _) = error else { return _ = #expect(Bool(false), "\(error as Any)") }
    #expect(!"\(error as Any)".unicodeScalars.contains { $0.value < 32 })
  }

  @Test("a line truncated anywhere is refused, or gives the same task")
  func cut() throws {
    let line = "7|1|RUNNING|0|\(record.name)-1|Resources|"
    for length in 1..<line.count {
      try slurm.write("queue", String(line.prefix(length)))
      let found = (try? tasks()) ?? [:]
      #expect(found.isEmpty || found.keys.sorted() == [5], "\(length)")
    }
  }

  @Test("accounting: statuses and signals, states followed by words, tasks that have not begun")
  func accounting() throws {
    let name = record.name
    try slurm.write(
      "past",
      """
      7_1|FAILED|3:0|\(name)-0
      7_2|CANCELLED by 1000|0:15|\(name)-1
      7_[0-3]|PENDING|0:0|\(name)-0
      9_1|COMPLETED|0:0|\(name)-0

      """)
    let past = try past()
    #expect(past.keys.sorted() == [1, 6] && past[1]?.state == "COMPLETED" && past[6]?.ending == .signal(15))
    for line in [
      "7_1|FAILED|3:0", "7|FAILED|3:0|\(name)-0", "7_1|FAILED|3|\(name)-0", "7_1||0:0|\(name)-0",
      "7_9|FAILED|3:0|\(name)-0",
    ] {
      try slurm.write("past", line + "\n")
      #expect(throws: SlurmError.self, "\(line)") { try self.past() }
    }
    try slurm.remove("past")
    #expect(throws: SlurmError.refused(program: "sacct", words: "Slurm accounting storage is disabled")) {
      try self.past()
    }
  }

  @Test("the largest array", arguments: [(1001, 1001), (4_000_001, 4_000_001), (99_999_999_999, 10_000_000)])
  func arraySize(said: Int, wanted: Int) throws {
    let slurm = try FakeSlurm(arraySize: said)
    #expect(try SlurmQueue(tools: slurm.tools).arraySize() == wanted)
  }

  @Test("no arrays, or no answer")
  func noArrays() throws {
    for size in [0, 1] {
      let slurm = try FakeSlurm(arraySize: size)
      #expect(throws: SlurmError.noArrays) { try SlurmQueue(tools: slurm.tools).arraySize() }
    }
    let slurm = try FakeSlurm(arraySize: nil)
    #expect(throws: SlurmError.self) { try SlurmQueue(tools: slurm.tools).arraySize() }
  }

  @Test("a command that is not there, refuses, or says too much")
  func commands() throws {
    #expect(throws: SlurmError.missing(program: "squeue")) {
      try SlurmTools(environment: ["PATH": "/nowhere:/proc"]).run("squeue", [])
    }
    try slurm.write("down", "squeue: error: one\nsqueue: error: two \u{7}\n")
    #expect(throws: SlurmError.refused(program: "squeue", words: "one; two \u{7}")) { try tasks() }
    try slurm.write("down", "")
    #expect(throws: SlurmError.refused(program: "squeue", words: "status 1")) { try tasks() }
    try slurm.replace("squeue", "head -c 100000000 /dev/zero >&2; echo hm")
    #expect(try slurm.tools.run("squeue", []) == "hm\n")
    try slurm.replace("squeue", "exec yes")
    let error = #expect(throws: SlurmError.self) { try slurm.tools.run("squeue", []) }
    #expect(error == .unreadable(program: "squeue", got: "more than 67108864 bytes", want: "less"))
  }

  @Test("variables that change the answers are removed, others stay")
  func variables() throws {
    try slurm.replace("squeue", "printf %s \"$SQUEUE_USERS$SBATCH_WAIT$SACCT_FORMAT$SLURM_CLUSTERS\"")
    let tools = slurm.tools(["SQUEUE_USERS": "a", "SBATCH_WAIT": "b", "SACCT_FORMAT": "c", "SLURM_CLUSTERS": "d"])
    #expect(try tools.run("squeue", []) == "d")
  }
}
