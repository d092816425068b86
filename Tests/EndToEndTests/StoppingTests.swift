// StoppingTests.swift
// Ctrl-C and kill in the middle of training.

import EventFiles
import Foundation
import TestSupport
import Testing

@Suite struct StoppingTests {
  /// A run that would take hours, and the directory that it writes to.
  private func start(in directory: String, _ arguments: [String] = [], signalsBlocked: Bool = false) throws
    -> BuiltProgram
  {
    _ = try SmallCollection().write(to: "\(directory)/bars")
    let program = try BuiltProgram(
      ["train", "--data", "bars", "--batch-size", "20", "--epochs", "1000000", "--name", "long"] + arguments,
      in: directory, signalsBlocked: signalsBlocked)
    try program.wait { try !record(in: directory).isEmpty && eventBytes(in: directory) > 8_000 }
    return program
  }

  private func record(in directory: String) throws -> String {
    let path = "\(directory)/runs/long/run.json"
    return exists(path) ? String(decoding: try bytes(path), as: UTF8.self) : ""
  }

  private func eventBytes(in directory: String) throws -> Int {
    let run = "\(directory)/runs/long"
    return try filesBelow(run).filter { $0.hasPrefix("events.out") }.reduce(0) { try $0 + bytes("\(run)/\($1)").count }
  }

  /// A hang-up that is ignored stays so; the tests themselves may run under nohup.
  private static let signals: [Int32] = {
    let former = signal(SIGHUP, SIG_IGN)
    signal(SIGHUP, former)
    let isIgnored = unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    return [SIGINT, SIGTERM] + (isIgnored ? [] : [SIGHUP])
  }()

  @Test("the first signal leaves a whole, readable run", arguments: signals, [false, true])
  func once(signal: Int32, signalsBlocked: Bool) throws {
    try withTemporaryDirectory { directory in
      let program = try start(in: directory, signalsBlocked: signalsBlocked)
      program.send(signal)
      let ending = try program.wait()
      #expect(ending.status == 128 + signal, "\(ending)")
      #expect(ending.errors == "interrupted; resume with aelog train --resume runs/long\n")
      #expect(ending.output.contains("tensorboard --logdir runs\n"))
      #expect(!ending.output.contains("\n  test "))
      #expect(try record(in: directory).contains("interrupted"))

      let run = "\(directory)/runs/long"
      #expect((1...4).contains(filesBelow(run).filter { $0.hasPrefix("checkpoints/step-") }.count))
      #expect(filesBelow(run).allSatisfy { !$0.hasPrefix(".") && !$0.contains("/.") })
      for name in filesBelow(run) where name.contains("tfevents") {
        var reader = try EventFileReader(path: "\(run)/\(name)")
        #expect(try reader.rest().count > 1)
        #expect(reader.unfinishedBytes == 0)
      }
      let picture = try BuiltProgram.run(["reconstruct", "--run", "runs/long", "--out", "x.png"], in: directory)
      #expect(picture.status == 0, "\(picture)")
    }
  }

  @Test("--quiet says no more than that it was interrupted; --json says it in its last line")
  func voices() throws {
    try withTemporaryDirectory { directory in
      let quiet = try start(in: directory, ["--quiet"])
      quiet.send(SIGTERM)
      let ending = try quiet.wait()
      #expect(ending.output.isEmpty && ending.errors.filter(\.isNewline).count == 1)
    }
    try withTemporaryDirectory { directory in
      let json = try start(in: directory, ["--json"])
      json.send(SIGTERM)
      #expect(try json.wait().output.contains(#""interrupted":true,"test_loss":null"#))
    }
  }

  @Test("a second signal ends the process at once")
  func twice() throws {
    try withTemporaryDirectory { directory in
      let program = try start(in: directory)
      // Stopped in between, so that both signals are pending when it continues.
      program.send(SIGSTOP)
      program.send(SIGINT)
      program.send(SIGTERM)
      program.send(SIGCONT)
      let ending = try program.wait()
      #expect([128 + SIGINT, 128 + SIGTERM].contains(ending.status), "\(ending)")
      #expect(ending.errors.isEmpty)
      #expect(try record(in: directory).contains("running"))
    }
  }

  @Test("a run that is being trained is held: nobody else writes into it")
  func held() throws {
    try withTemporaryDirectory { directory in
      let program = try start(in: directory)
      while !FileManager.default.fileExists(atPath: "\(directory)/runs/long/checkpoints/step-00000000.safetensors") {
        usleep(1_000)
      }
      for command in [["export", "--run", "runs/long"], ["train", "--resume", "runs/long"]] {
        let other = try BuiltProgram.run(command, in: directory)
        #expect(other.isRefusal(mentioning: "in use by process \(program.processNumber)"), "\(other)")
        #expect(other.status == 75)
      }
      program.send(SIGINT)
      #expect(try program.wait().status == 130)
      #expect(try BuiltProgram.run(["export", "--run", "runs/long"], in: directory).status == 0)
    }
  }
}
