// LocalExecutorTests.swift
// Tests trials as processes: how many run at a time, how they end, and when no more are begun. A script stands in for aelog.

import ByteStreams
import Foundation
import TestSupport
import Testing

@testable import Sweeps

@Suite struct LocalExecutorTests {
  private static let yaml = "options: {filters: 4, batch-size: [1, 2, 3, 4, 5]}"

  /// A sweep of five trials, and an executor whose trials run this script with the index as `$i` and a directory as `$d`.
  private func withExecutor(
    _ script: String, jobs: Int = 2, yaml: String = yaml,
    _ body: (SweepDirectory, LocalExecutor, _ directory: String) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      let specification = try SweepSpecification(yaml: Array(yaml.utf8), path: "s")
      let sweep = try SweepDirectory(making: "\(directory)/sweep", for: specification)
      let program = "\(directory)/stand-in"
      try Scripts.install([("stand-in", "#!/bin/sh\ni=$3\nd='\(directory)'\n\(script)\n")], in: directory)
      try body(sweep, LocalExecutor(sweep, jobs: jobs, threads: 1, program: program), directory)
    }
  }

  private func run(
    _ executor: LocalExecutor, shouldStop: () -> Bool = { false }, _ observe: (LocalExecutor.Event) -> Void
  ) throws -> Bool {
    try executor.run(
      retries: false, observe: observe, shouldStop: shouldStop, refresh: {})
  }

  @Test(
    "at most the asked number run at a time; the last error line is the reason of a failure", arguments: [1, 2, 5, 9])
  func concurrentTrials(jobs: Int) throws {
    try withExecutor("sleep 0.1; echo \"error: broken $i\" >&2; exit 1", jobs: jobs) { sweep, executor, _ in
      var (now, most, ended) = (0, 0, [TrialState]())
      let isComplete = try run(executor) { (event: SweepEvent) in
        switch event {
        case .started:
          now += 1
          most = max(most, now)
        case .ended(_, let state):
          now -= 1
          ended.append(state)
        default: Issue.record("\(event)")
        }
      }
      #expect(isComplete && now == 0 && most == min(jobs, 5))
      #expect(Set(ended.map { "\($0)" }) == Set((0..<5).map { "failed(\"broken \($0)\")" }))
      #expect(sweep.states().map(\.state) == (0..<5).map { .failed("broken \($0)") })
    }
  }

  @Test("the last trial takes over the threads of ended trials") func sparedThreads() throws {
    // It waits to be told, but not for ever.
    let script = "[ $i = 4 ] && echo \"$* $(timeout -s KILL 20 head -n 1)\" >$d/told; exit 1"
    try withExecutor(script) { sweep, executor, directory in
      let isComplete = try run(executor) { _ in }
      try #require(isComplete)
      let told = String(decoding: try FileContents.read("\(directory)/told"), as: UTF8.self)
      #expect(told == "sweep-trial \(sweep.path) 4 --threads 1 --threads-from-stdin 2\n")
    }
  }

  @Test("a trial that is killed has failed by that signal") func killed() throws {
    try withExecutor("kill -9 $$") { sweep, executor, _ in
      let isComplete = try run(executor) { _ in }
      #expect(isComplete)
      #expect(sweep.states().map(\.state) == Array(repeating: .failed("ended by signal 9"), count: 5))
    }
  }

  @Test("if a trial can't write, no more are begun, and running trials are stopped") func refused() throws {
    let script = """
      [ $i = 1 ] && { echo 'error: no space' >&2; exit 74; }
      trap 'touch $d/stopped; exit 143' TERM
      touch $d/running
      while true; do sleep 0.05; done
      """
    try withExecutor(script) { sweep, executor, directory in
      var started: [Int] = []
      #expect(throws: SweepError.deviceRefuses(trial: sweep.trials[1].name, reason: "no space")) {
        try run(executor) { if case .started(let trial) = $0 { started.append(trial.index) } }
      }
      #expect(started == [0, 1] && sweep.states().allSatisfy { $0.state == .waiting })
      _ = directory
    }
  }

  @Test("when asked to stop, it stops the trials and returns false") func stopped() throws {
    let script = "trap 'echo $i >>$d/stopped; exit 143' TERM; touch $d/running-$i; while true; do sleep 0.05; done"
    try withExecutor(script) { sweep, executor, directory in
      func isRunning(_ index: Int) -> Bool { FileManager.default.fileExists(atPath: "\(directory)/running-\(index)") }
      #expect(try run(executor, shouldStop: { isRunning(0) && isRunning(1) }, { _ in }) == false)
      let stopped = String(decoding: try FileContents.read("\(directory)/stopped"), as: UTF8.self)
      #expect(stopped.split(separator: "\n").sorted() == ["0", "1"])
      #expect(sweep.states().allSatisfy { $0.state == .waiting })
      #expect(throws: Never.self) { try DirectoryLock(sweep.path).release() }
    }
  }

  @Test("a trial that another process has is begun again") func taken() throws {
    try withExecutor("[ -e $d/asked-$i ] && exit 1; touch $d/asked-$i; exit 75") { sweep, executor, _ in
      var starts: [Int: Int] = [:]
      _ = try run(executor) { if case .started(let trial) = $0 { starts[trial.index, default: 0] += 1 } }
      #expect(starts == [0: 2, 1: 2, 2: 2, 3: 2, 4: 2])
      #expect(sweep.states().allSatisfy { $0.state == .failed("status 1") })
    }
  }

  @Test("trials that can't read stop the sweep, and are no failures") func unreadable() throws {
    try withExecutor("echo 'error: no directory' >&2; exit 66", jobs: 1) { sweep, executor, _ in
      #expect(throws: SweepError.inputRefused(trial: sweep.trials[0].name, reason: "no directory")) {
        try run(executor) { _ in }
      }
      #expect(sweep.states().allSatisfy { $0.state == .waiting })
    }
  }

  @Test("a killed trial fails at once, with halving the second time") func killedTwice() throws {
    for (halving, starts) in [("", 5), ("\nhalving: {factor: 2, rungs: [1]}", 10)] {
      try withExecutor("echo $i >>$d/begun; kill -9 $$", yaml: Self.yaml + halving) { sweep, executor, directory in
        #expect(try run(executor) { _ in })
        let begun = String(decoding: try FileContents.read("\(directory)/begun"), as: UTF8.self)
        #expect(begun.split(separator: "\n").count == starts)
        #expect(sweep.states().map(\.state) == Array(repeating: .failed("ended by signal 9"), count: 5))
      }
    }
  }

  @Test("trials of an executor that was killed count for the jobs") func orphans() throws {
    try withExecutor("echo $i >>$d/begun; exit 1", jobs: 2) { sweep, executor, directory in
      try Directory.create(sweep.workPath(sweep.trials[2]))
      let orphan = try DirectoryLock(sweep.workPath(sweep.trials[2]))
      var (now, most) = (1, 0)
      var (ended, isReleased) = (0, false)
      let isComplete = try executor.run(
        retries: false,
        observe: { event in
          switch event {
          case .started:
            now += 1
            most = max(most, now)
          case .ended:
            now -= 1
            ended += 1
          default: break
          }
        }, shouldStop: { false },
        refresh: {
          guard !isReleased, ended == 4 else { return }
          orphan.release()
          isReleased = true
          now -= 1
        })
      #expect(isComplete && most == 2)
      let begun = String(decoding: try FileContents.read("\(directory)/begun"), as: UTF8.self)
      #expect(begun.split(separator: "\n").last == "2")
    }
  }

  @Test("a trial leaves no descriptor open") func descriptors() throws {
    let yaml = "options: {filters: 4, batch-size: [\((1...40).map(String.init).joined(separator: ", "))]}"
    try withExecutor("exit 1", yaml: yaml) { sweep, executor, _ in
      let own = "/proc/self/fd"
      func open() throws -> Int {
        // Other tests of this process have theirs: only those of this sweep are counted, and its trials' pipes grow them by 80.
        try FileManager.default.contentsOfDirectory(atPath: own).count { name in
          (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(own)/\(name)"))?.hasPrefix(sweep.path) ?? false
        }
      }
      let before = try open()
      #expect(try run(executor) { _ in })
      // The executor gives its lock back.
      #expect(try open() == before - 1)
    }
  }

  @Test("a second one is refused") func second() throws {
    try withExecutor("exit 0") { sweep, executor, directory in
      #expect(throws: FileError.inUse(path: sweep.path, holder: ProcessInfo.processInfo.processIdentifier)) {
        try LocalExecutor(sweep, jobs: 1, threads: 1, program: "\(directory)/stand-in")
      }
      _ = executor
    }
  }
}
