// SlurmExecutorTests.swift
// Tests a sweep that is followed through a scripted queue.

import ByteStreams
import Datasets
import Foundation
import Parallel
import Tensors
import TestSupport
import Testing

@testable import Sweeps

/// A sweep of four trials, Slurm's commands, and the events of the executor.
final class SlurmScene {
  let slurm: FakeSlurm
  let sweep: SweepDirectory
  private let files: TemporaryDirectory
  private(set) var told: [String] = []

  init(arraySize: Int = 1001) throws {
    slurm = try FakeSlurm(arraySize: arraySize)
    files = try TemporaryDirectory()
    var specification = try SweepSpecification(
      yaml: Array("options: {filters: [[4], [3, 2]], epochs: 2, batch-size: 20}\nrepeats: 2".utf8), path: "s")
    specification.data = .files(try TrialWorkTests.collection(in: files.file("images")))
    sweep = try SweepDirectory(making: files.file("runs/sweep"), for: specification)
  }

  func executor(_ change: (inout SlurmOptions) -> Void = { _ in }) throws -> SlurmExecutor {
    var options = SlurmOptions()
    change(&options)
    told = []
    return try SlurmExecutor(sweep, options: options, threads: nil, program: "/bin/aelog", tools: slurm.tools)
  }

  private func tell(_ event: SweepEvent) {
    switch event {
    case .submitted(let job, let trials): told.append("submitted \(job) \(trials)")
    case .found(let trials): told.append("found \(trials)")
    case .started(let trial): told.append("started \(trial.index)")
    case .ended(let trial, let state): told.append("ended \(trial.index) \(state.name)")
    case .compared(let rung): told.append("compared \(rung.compared) \(rung.kept)")
    case .waiting(let trials, let reason): told.append("waiting \(trials) \(reason)")
    case .silent(let error): told.append(error == nil ? "answers" : "silent")
    }
  }

  /// Runs with `steps` between the looks at the queue, and stops after the last.
  func run(_ executor: SlurmExecutor, retries: Bool = false, _ steps: [() throws -> Void] = []) throws -> Bool {
    var next = 0
    var failure: (any Error)?
    let isComplete = try executor.run(
      retries: retries, poll: 1, observe: tell, shouldStop: { next == steps.count || failure != nil }
    ) { _ in
      do { try steps[next]() } catch { failure = error }
      next += 1
    }
    if let failure { throw failure }
    return isComplete
  }

  func train(_ index: Int) throws {
    _ = try TrialWork(sweep, sweep.trials[index]).run(threads: 1, commandLine: ["test"]) { false }
  }

  /// Tasks of the sweep's first array, by trial.
  func queue(_ states: [Int: (state: String, status: Int)], job: Int = 1, reason: String = "None") throws {
    let record = try #require(try SlurmRecord.read(from: sweep.path))
    let tasks = states.sorted { $0.key < $1.key }.map { trial, task in
      (
        job, "\(record.name)-\(trial / record.array_size)", trial % record.array_size, task.state, task.status
      )
    }
    try slurm.queue(tasks, reason: reason)
  }
}

@Suite struct SlurmExecutorTests {
  @Test("what is missing becomes one array, and is followed to its end")
  func whole() throws {
    let scene = try SlurmScene()
    try scene.train(2)
    let executor = try scene.executor { $0.partition = "p" }
    let isComplete = try scene.run(
      executor,
      [
        { try scene.queue([0: ("PENDING", 0), 1: ("PENDING", 0), 3: ("PENDING", 0)], reason: "Resources") },
        { try scene.queue([0: ("RUNNING", 0), 1: ("PENDING", 0), 3: ("PENDING", 0)]) },
        {
          try scene.train(0)
          try scene.queue([0: ("COMPLETED", 0), 1: ("RUNNING", 0), 3: ("COMPLETING", 0)])
        },
        {
          try scene.train(1)
          try scene.train(3)
          try scene.queue([:])
        },
      ])
    #expect(isComplete && executor.table.results.allSatisfy { $0.state == .completed })
    #expect(
      scene.told == [
        "submitted 1 3", "waiting 3 Resources", "started 0", "ended 0 completed", "started 1", "started 3",
        "ended 1 completed", "ended 3 completed",
      ])
    let words = try #require(scene.slurm.lines("batch-1"))
    #expect(words.contains("0-1,3") && words.contains("p") && scene.slurm.lines("batch-2") == nil)
    #expect(words.suffix(5) == ["/bin/aelog", scene.sweep.path, "0", "--threads", "1"])
    let table = String(
      decoding: try FileContents.read("\(scene.sweep.path)/results.csv", limit: 1 << 20), as: UTF8.self)
    #expect(table.split(separator: "\n").count(where: { $0.contains(",completed,") }) == 4)
    #expect(try scene.run(scene.executor()) && scene.told.isEmpty && scene.slurm.lines("batch-2") == nil)
  }

  @Test("a resumed sweep finds its tasks, whether their array was recorded or not, and submits only others")
  func found() throws {
    let scene = try SlurmScene()
    #expect(try !scene.run(scene.executor()) && scene.told == ["submitted 1 4"])
    var record = try #require(try SlurmRecord.read(from: scene.sweep.path))
    #expect(record.jobs.map(\.id) == [1] && record.jobs.map(\.trials) == ["0-3"])
    record.jobs = []
    try record.write(to: scene.sweep.path)
    try scene.queue([0: ("RUNNING", 0), 1: ("PENDING", 0), 3: ("SUSPENDED", 0)], job: 5)
    #expect(try !scene.run(scene.executor { $0.array_limit = 2 }))
    #expect(scene.told == ["found 3", "submitted 2 1"])
    let words = try #require(scene.slurm.lines("batch-2"))
    #expect(words.contains("2%2") && words.contains("afterany:5"))
    #expect(try SlurmRecord.read(from: scene.sweep.path)?.options.array_limit == 2)
  }

  @Test("beyond the largest array there are several, one after the other if the number of running tasks is limited")
  func chunks() throws {
    let scene = try SlurmScene(arraySize: 3)
    #expect(try !scene.run(scene.executor { $0.array_limit = 1 }))
    #expect(scene.told == ["submitted 1 3", "submitted 2 1"])
    #expect(
      scene.slurm.lines("batch-1")?.contains("0-2%1") == true && scene.slurm.lines("batch-1")?.contains("0") == true)
    let second = try #require(scene.slurm.lines("batch-2"))
    #expect(second.contains("0%1") && second.contains("afterany:1") && second.suffix(3).first == "3")
    try scene.train(3)
    try scene.queue([2: ("RUNNING", 0), 3: ("COMPLETED", 0)])
    #expect(try !scene.run(scene.executor()) && scene.told == ["found 1", "submitted 3 2"])
  }

  /// The state of a trial that left nothing, after a task that ended so.
  private func ending(_ state: String, _ status: Int, stopped: Bool = false, accounting: String? = nil) throws
    -> TrialState
  {
    let scene = try SlurmScene()
    if stopped {
      _ = try TrialWork(scene.sweep, scene.sweep.trials[0]).run(threads: 1, commandLine: []) { true }
    }
    let executor = try scene.executor()
    let steps: [() throws -> Void] = [
      { try scene.queue([0: ("RUNNING", 0)]) },
      {
        try scene.queue(state.isEmpty ? [:] : [0: (state, status)])
        if let accounting {
          try scene.slurm.write(
            "past", "1_0|\(accounting)|\(try SlurmRecord.read(from: scene.sweep.path)?.name ?? "")-0\n")
        }
      }, {}, {}, {},
    ]
    _ = try scene.run(executor, steps)
    #expect(scene.sweep.recordedState(of: scene.sweep.trials[0]) == executor.table.results[0].state)
    #expect((scene.slurm.lines("accounted") ?? []).count <= 4)
    return executor.table.results[0].state
  }

  @Test("a task that could not say how it ended has failed, unless it was interrupted")
  func endings() throws {
    #expect(try ending("FAILED", 9) == .failed("ended by signal 9"))
    #expect(try ending("FAILED", 125 << 8) == .failed("status 125"))
    #expect(try ending("FAILED", 9, stopped: true) == .failed("ended by signal 9"))
    for state in ["TIMEOUT", "OUT_OF_MEMORY"] {
      guard case .failed(let reason) = try ending(state, 9) else { return _ = #expect(Bool(false), "\(state)") }
      #expect(reason.contains(state))
    }
    #expect(try ending("TIMEOUT", 15, stopped: true) == .interrupted)
    #expect(try ending("FAILED", 75 << 8) == .waiting && ending("FAILED", 143 << 8, stopped: true) == .interrupted)
    for state in ["CANCELLED", "NODE_FAIL", "PREEMPTED", "DEADLINE", "REVOKED", "COMPLETED"] {
      #expect(try ending(state, 15) == .waiting)
    }
    #expect(try ending("", 0) == .waiting)
    #expect(try ending("", 0, accounting: "FAILED|1:0") == .failed("status 1"))
    #expect(try ending("", 0, accounting: "CANCELLED by 3|0:15") == .waiting)
    #expect(try ending("", 0, accounting: "nonsense") == .waiting)
  }

  @Test(
    "a trial whose process never began has not failed; Slurm's state is reported each time",
    arguments: [
      ("FAILED", 53, "FAILED, signal 53"), ("FAILED", 127 << 8, "FAILED, status 127"), ("BOOT_FAIL", 0, "BOOT_FAIL"),
    ])
  func unlaunched(state: String, status: Int, words: String) throws {
    for _ in 0..<2 {
      let error = #expect(throws: SlurmError.self) { _ = try ending(state, status) }
      #expect(
        error.map { "\($0)" }?.contains("could not begin 1 trial (\(words)") == true, "\(String(describing: error))")
    }
    let scene = try SlurmScene()
    let executor = try scene.executor()
    _ = try? scene.run(
      executor, [{ try scene.queue([0: ("RUNNING", 0)]) }, { try scene.queue([0: (state, status)]) }, {}, {}, {}])
    #expect(scene.sweep.recordedState(of: scene.sweep.trials[0]) == .waiting)
    #expect(try !scene.run(scene.executor()) && scene.told == ["submitted 2 4"])
  }

  @Test("a copied sweep has none of the original's tasks; one that was moved has")
  func copied() throws {
    let scene = try SlurmScene()
    #expect(try !scene.run(scene.executor()))
    try scene.queue([0: ("RUNNING", 0), 1: ("PENDING", 0)])
    let copy = scene.sweep.path + "-copy"
    try FileManager.default.copyItem(atPath: scene.sweep.path, toPath: copy)
    #expect(throws: SlurmError.notSubmitted(sweep: copy)) {
      try SlurmExecutor.cancel(SweepDirectory(copy), tools: scene.slurm.tools)
    }
    #expect(try SlurmRecord.read(from: copy) == nil && scene.slurm.lines("cancelled") == nil)
    #expect(try SlurmExecutor.checkNoneQueued(SweepDirectory(copy), tools: scene.slurm.tools) == nil)
    let moved = scene.sweep.path + "-moved"
    try FileManager.default.moveItem(atPath: scene.sweep.path, toPath: moved)
    #expect(try SlurmExecutor.cancel(SweepDirectory(moved), tools: scene.slurm.tools) == 2)
    #expect(scene.slurm.lines("cancelled") == ["1"])
  }

  @Test("missing images stop the sweep before it compares, and remove waiting tasks from the queue")
  func noImages() throws {
    let scene = try SlurmScene()
    let (executor, path) = (try scene.executor(), scene.sweep.workPath(scene.sweep.trials[0]))
    #expect(throws: SweepError.inputRefused(trial: scene.sweep.trials[0].name, reason: "no directory")) {
      try scene.run(
        executor,
        [
          { try scene.queue([0: ("RUNNING", 0), 1: ("PENDING", 0)]) },
          {
            try Directory.create(path)
            try AtomicFile.replace("\(path)/output", bytes: Array("error: no directory\n".utf8))
            try scene.queue([0: ("FAILED", 66 << 8), 1: ("PENDING", 0)])
          }, {}, {}, {},
        ])
    }
    #expect(scene.slurm.lines("cancelled") == ["--state=PENDING 1"])
    #expect(scene.sweep.states().allSatisfy { $0.state == .waiting })
  }

  @Test("a trial that failed while no process followed it is recorded, and submitted again only if asked for")
  func judged() throws {
    let scene = try SlurmScene()
    #expect(try !scene.run(scene.executor()))
    for trial in 1...3 { try scene.train(trial) }
    try Directory.create(scene.sweep.runPath(scene.sweep.trials[0]))
    try scene.queue([0: ("OUT_OF_MEMORY", 9)])
    #expect(try scene.run(scene.executor()) && scene.told.isEmpty)
    guard case .failed = scene.sweep.recordedState(of: scene.sweep.trials[0]) else { return _ = #expect(Bool(false)) }
    #expect(try !scene.run(scene.executor(), retries: true) && scene.told == ["submitted 2 1"])
    #expect(scene.slurm.lines("batch-2")?.last == "--retry")
  }

  @Test("sbatch's refusal is reported in its words; the sweep resumes when sbatch no longer refuses")
  func refused() throws {
    let scene = try SlurmScene()
    try scene.slurm.write(
      "words", "sbatch: error: invalid partition specified: x\nsbatch: error: Batch job submission failed\n")
    let words = "invalid partition specified: x; Batch job submission failed"
    #expect(throws: SlurmError.refused(program: "sbatch", words: words)) {
      try scene.run(scene.executor { $0.partition = "x" })
    }
    try scene.slurm.remove("words")
    try scene.slurm.write("answer", "Submitted batch job\n")
    #expect(throws: SlurmError.unreadable(program: "sbatch", got: "Submitted batch job\n", want: "the number of a job"))
    {
      try scene.run(scene.executor())
    }
    try scene.slurm.remove("answer")
    #expect(try !scene.run(scene.executor { $0.partition = "y" }) && scene.told == ["submitted 2 4"])
    #expect(scene.slurm.lines("batch-2")?.contains("y") == true)
  }

  @Test("a queue that does not answer for a while is asked again; nonsense ends the following")
  func silent() throws {
    let scene = try SlurmScene()
    let executor = try scene.executor()
    let down: () throws -> Void = { try scene.slurm.write("down", "Unable to contact slurm controller\n") }
    let isComplete = try scene.run(
      executor,
      [
        { try scene.queue([0: ("RUNNING", 0)]) }, down, {}, { try scene.slurm.remove("down") },
      ])
    #expect(!isComplete && Array(scene.told.filter { !$0.contains("ended") }.dropFirst(2)) == ["silent", "answers"])
    try scene.slurm.write("queue", "garbage\n")
    #expect(throws: SlurmError.self) { try scene.run(scene.executor()) }
  }

  @Test("when a trial can't write, those that wait are taken out of the queue")
  func full() throws {
    let scene = try SlurmScene()
    let executor = try scene.executor()
    #expect(throws: SweepError.self) {
      try scene.run(
        executor, [{ try scene.queue([0: ("FAILED", 74 << 8), 1: ("PENDING", 0), 2: ("RUNNING", 0)]) }, {}, {}, {}])
    }
    #expect(scene.slurm.lines("cancelled") == ["--state=PENDING 1"])
    #expect(try scene.executor().table.results.count == 4)
  }

  @Test("one follower at a time; tasks are cancelled on request, and keep trials from being run here")
  func cancelled() throws {
    let scene = try SlurmScene()
    #expect(throws: SlurmError.notSubmitted(sweep: scene.sweep.path)) {
      try SlurmExecutor.cancel(scene.sweep, tools: scene.slurm.tools)
    }
    #expect(try SlurmExecutor.checkNoneQueued(scene.sweep, tools: scene.slurm.tools) == nil)
    let executor = try scene.executor()
    #expect(throws: FileError.self) { try scene.executor() }
    #expect(try !scene.run(executor))
    try scene.queue([0: ("RUNNING", 0), 1: ("PENDING", 0), 3: ("COMPLETED", 0)])
    #expect(throws: SlurmError.queued(trials: 2, sweep: scene.sweep.path)) {
      try SlurmExecutor.checkNoneQueued(scene.sweep, tools: scene.slurm.tools)
    }
    #expect(try SlurmExecutor.cancel(scene.sweep, tools: scene.slurm.tools) == 2)
    #expect(scene.slurm.lines("cancelled") == ["1"])
  }

  @Test("a record that is damaged anywhere is refused or means the same")
  func damaged() throws {
    let scene = try SlurmScene()
    #expect(try !scene.run(scene.executor { $0.memory = "1G" }))
    let path = SlurmRecord.path(of: scene.sweep.path)
    let whole = try FileContents.read(path, limit: 1 << 20)
    for length in 0..<whole.count - 1 {
      try AtomicFile.replace(path, bytes: Array(whole.prefix(length)))
      if let read = try? SlurmRecord.read(from: scene.sweep.path) { #expect(read.jobs.count == 1, "\(length)") }
    }
    for (part, other) in [("1001", "0"), ("1001", "-5"), ("1001", "1e99"), ("1G", ""), ("aelog-sweep", "a,b")] {
      try AtomicFile.replace(
        path, bytes: Array(String(decoding: whole, as: UTF8.self).replacing(part, with: other).utf8))
      #expect(throws: SlurmError.self, "\(part) \(other)") { try SlurmRecord.read(from: scene.sweep.path) }
    }
  }
}
