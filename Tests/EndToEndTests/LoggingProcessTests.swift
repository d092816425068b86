// LoggingProcessTests.swift
// Tests of a run's file after its program slept, was stopped, killed or forked, or had its disk filled.

import EventFiles
import Foundation
import TestSupport
import Testing

@Suite struct LoggingProcessTests {
  private struct Outcome {
    let ending: Ending
    /// Steps of the scalars, in the order of the file.
    let steps: [Int64]
    let tornBytes: Int
    /// Beside the event file.
    let otherNames: [String]
  }

  private func start(_ behavior: String, in directory: String, shell: String? = nil) throws -> BuiltProgram {
    try BuiltProgram(["\(behavior)", "run"], program: "logging-process", in: directory, shell: shell)
  }

  private func outcome(_ program: BuiltProgram, in directory: String, run: String = "run") throws -> Outcome {
    let ending = try program.wait()
    let path = "\(directory)/\(run)"
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    let (steps, torn) = try content(of: path)
    return Outcome(
      ending: ending, steps: steps, tornBytes: torn, otherNames: names.filter { !$0.contains("tfevents") })
  }

  /// The steps of the scalars, and the bytes of a torn record.
  private func content(of path: String) throws -> (steps: [Int64], tornBytes: Int) {
    let files = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.contains("tfevents") }
    var reader = try EventFileReader(path: "\(path)/\(#require(files.first))")
    let events = try reader.rest()
    #expect(files.count == 1)
    #expect(events.prefix(2).map(\.content) == [.fileVersion("brain.Event:2"), .sessionLog(SessionLog(.start))])
    return (events.dropFirst(2).map { $0.step.value }, reader.unfinishedBytes)
  }

  private func waitUntilReady(_ program: BuiltProgram) throws {
    try program.wait { try program.outputSoFar() == "ready\n" }
  }

  @Test func whatWaitsIsWrittenInTimeWithoutAnotherCall() throws {
    try withTemporaryDirectory { directory in
      let program = try start("timed", in: directory)
      try waitUntilReady(program)
      try program.wait { try content(of: "\(directory)/run").steps == [0, 1, 2] }
      // The thread that has written them sleeps for good: it is not switched to.
      let before = try #require(try switches(of: program.processNumber))
      usleep(1_000_000)
      #expect(try switches(of: program.processNumber) == before)
      program.send(SIGKILL)
      #expect(try outcome(program, in: directory).tornBytes == 0)
    }
  }

  /// How often the thread that a process began last, which is the one that writes in time, gave the processor away; nil
  /// where there is but one thread. (A sanitizer's own thread, which never sleeps for long, is there before it.)
  private func switches(of process: Int32) throws -> Int? {
    let tasks = "/proc/\(process)/task"
    let all = try FileManager.default.contentsOfDirectory(atPath: tasks).compactMap { Int($0) }
    guard all.count > 1, let last = all.max() else { return nil }
    let status = try String(contentsOfFile: "\(tasks)/\(last)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
    return line.flatMap { Int($0.split(separator: "\t")[1]) }
  }

  @Test("a signal that ends the process", arguments: [SIGINT, SIGTERM])
  func signals(signal: Int32) throws {
    try withTemporaryDirectory { directory in
      let program = try start("sleep", in: directory)
      try waitUntilReady(program)
      #expect(try content(of: "\(directory)/run").steps == [])
      program.send(signal)
      let outcome = try outcome(program, in: directory)
      #expect(outcome.ending.status == 128 + signal && outcome.ending.errors.isEmpty, "\(outcome.ending)")
      #expect(outcome.steps == [0, 1, 2] && outcome.tornBytes == 0 && outcome.otherNames.isEmpty)
    }
  }

  @Test("in the middle of logging", arguments: [SIGTERM, SIGKILL])
  func inTheMiddle(signal: Int32) throws {
    try withTemporaryDirectory { directory in
      let program = try start("forever", in: directory)
      try waitUntilReady(program)
      program.send(signal)
      let outcome = try outcome(program, in: directory)
      #expect(outcome.ending.status == 128 + signal && outcome.ending.errors.isEmpty, "\(outcome.ending)")
      #expect(outcome.steps.count >= 98_000 && outcome.steps == (0..<Int64(outcome.steps.count)).map { $0 })
      // A write call that was cut short may have torn the record at its end, if it was killed.
      #expect(outcome.tornBytes < 42 && (signal == SIGKILL || outcome.tornBytes == 0))
    }
  }

  @Test("a program that forgets to close", arguments: [("return", Int32(0)), ("exit", 3)])
  func forgetting(behavior: String, status: Int32) throws {
    try withTemporaryDirectory { directory in
      let outcome = try outcome(start(behavior, in: directory), in: directory)
      #expect(outcome.ending.status == status && outcome.ending.errors.isEmpty, "\(outcome.ending)")
      #expect(outcome.steps == [0, 1, 2] && outcome.otherNames.isEmpty)
    }
  }

  @Test func aSignalWaitsForFilesThatChangeTogetherAndRemovesTheUnfinished() throws {
    try withTemporaryDirectory { directory in
      let program = try start("change", in: directory)
      try waitUntilReady(program)
      program.send(SIGTERM)
      let outcome = try outcome(program, in: directory)
      #expect(outcome.ending.status == 128 + SIGTERM && outcome.otherNames == ["changed"], "\(outcome)")
    }
  }

  @Test func aProgramWithItsOwnHandlerKeepsIt() throws {
    try withTemporaryDirectory { directory in
      let outcome = try outcome(start("handler", in: directory), in: directory)
      #expect(outcome.ending.status == 0 && outcome.steps == [0, 1, 2, 3, 4], "\(outcome.ending)")
    }
  }

  @Test func aForkedProcessLeavesTheRunToItsParent() throws {
    try withTemporaryDirectory { directory in
      let outcome = try outcome(start("fork", in: directory), in: directory)
      let refusal = "child: \(EventFileError.forked(path: "run"))\n"
      #expect(outcome.ending.output == refusal + refusal + "events of the child in time: 4\n", "\(outcome.ending)")
      #expect(outcome.ending.status == 0 && outcome.steps == [0, 1, 2, 3, 4] && outcome.otherNames == ["child"])
      #expect(try content(of: "\(directory)/run/child").steps == [0, 1])
    }
  }

  /// The limit on the size of files stands in for the disk's end.
  @Test func aFullDiskIsToldOnceABufferAndLosesNothingEarlier() throws {
    try withTemporaryDirectory { directory in
      let outcome = try outcome(start("full", in: directory), in: directory)
      let lines = outcome.ending.lines.filter { !$0.isEmpty }
      #expect(outcome.ending.status == 0 && outcome.ending.errors.isEmpty, "\(outcome.ending)")
      #expect(lines.count == 3)
      #expect(
        lines.allSatisfy { $0.contains("records are lost, the earlier ones are whole: cannot write") }, "\(lines)")
      let before = outcome.steps.dropLast(2)
      #expect(before.count > 4000 && Array(before) == (1...Int64(before.count)).map { $0 })
      #expect(outcome.steps.suffix(2) == [20_000, 20_001] && outcome.tornBytes == 0)
    }
  }

  @Test func aFailureBetweenTwoCallsIsToldToTheNext() throws {
    try withTemporaryDirectory { directory in
      let outcome = try outcome(start("full-in-time", in: directory), in: directory, run: "run/timed")
      #expect(outcome.ending.lines.count == 2 && outcome.ending.output.hasPrefix("step 10: 10 records are lost"))
      #expect(outcome.ending.status == 0 && outcome.steps == [10, 11] && outcome.tornBytes == 0, "\(outcome.ending)")
    }
  }

  @Test func aFailureAtTheEndIsToldOnTheErrorStream() throws {
    try withTemporaryDirectory { directory in
      let outcome = try outcome(start("full-at-exit", in: directory), in: directory)
      #expect(outcome.ending.errors.hasPrefix("100 records are lost") && outcome.ending.errors.hasSuffix("\n"))
      #expect(outcome.ending.status == 0 && outcome.steps == [] && outcome.tornBytes == 0, "\(outcome.ending)")
    }
  }
}
