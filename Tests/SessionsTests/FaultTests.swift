// FaultTests.swift
// Power failures, removed directories, clocks set back, overflowing numbers: which files are left, and how a run resumes.

import ByteStreams
import Datasets
import EventFiles
import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct FaultTests {

  /// A whole run of `tinyConfiguration`, and copies of it as it was after 8 of its 18 steps.
  private func withRun(
    _ body: (_ directory: String, _ data: DatasetSplits, _ whole: RunContents, _ cutOff: (String) throws -> String)
      throws
      -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      let source = try TinyCollection().write(to: directory)
      let data = try source.load(seed: 0, threads: 1)
      let session = try TrainingSession(
        tinyOptions(tinyConfiguration(), source, logdir: "\(directory)/whole"), data: data)
      let path = session.runPath
      _ = try session.run { progress in
        if case .step(let report, _) = progress, report.step == 8 {
          try session.log.sync()
          try copyRun(path, "\(directory)/cut")
        }
      }
      try body(directory, data, RunContents(path)) { name in
        try copyRun("\(directory)/cut", "\(directory)/\(name)/run")
        return "\(directory)/\(name)/run"
      }
    }
  }

  private func expectSame(_ run: String, _ whole: RunContents, _ what: String) throws {
    let resumed = try RunContents(run)
    #expect(resumed.values == whole.values && resumed.checkpoint == whole.checkpoint, "\(what)")
    #expect(resumed.test == whole.test && resumed.files == whole.files, "\(what)")
    #expect(try problems(in: Directory.parent(of: run)) == [], "\(what)")
  }

  @Test("a process whose run was taken says so, whatever failed first, and leaves the run's files as they are")
  func takenRun() throws {
    struct Other: Error {}
    for failure in [nil, Other()] {
      try withTemporaryDirectory { directory in
        let source = try TinyCollection().write(to: directory)
        let data = try source.load(seed: 0, threads: 1)
        let session = try TrainingSession(tinyOptions(tinyConfiguration(), source, logdir: directory), data: data)
        var record: [UInt8] = []
        let lock = "\(session.runPath)/.aelog.lock"
        let error = #expect(throws: FileError.self) {
          try session.run { progress in
            guard case .step(let report, _) = progress, report.step == 1 else { return }
            record = try FileContents.read("\(session.runPath)/run.json")
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: lock))
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: Data("12 far.away\n".utf8))
            try file.close()
            if let failure { throw failure }
          }
        }
        guard case .inUseElsewhere(session.runPath, 12, "far.away", _) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(try FileContents.read("\(session.runPath)/run.json") == record)
        #expect(try FileContents.read(lock) == Array("12 far.away\n".utf8))
      }
    }
  }

  @Test("a lost run.json is restored from the checkpoint, with a warning") func lostRecord() throws {
    try withRun { _, data, whole, cutOff in
      let bytes = try FileContents.read("\(cutOff("sound"))/run.json")
      let damages: [[UInt8]?] = [nil, [], Array(bytes[..<100]), [UInt8](repeating: 0, count: bytes.count)]
      for (number, damage) in damages.enumerated() {
        let run = try cutOff("record-\(number)")
        if let damage {
          try AtomicFile.replace("\(run)/run.json", bytes: damage)
        } else {
          try FileContents.remove("\(run)/run.json")
        }
        let outcome = try resumeRun(run, data: data)
        #expect(outcome.warnings.count == 1 && outcome.warnings[0].contains("run.json"), "\(outcome.warnings)")
        try expectSame(run, whole, "record \(number)")
        let record = try RunRecord.read(from: run)
        #expect(record.status == .completed && record.configuration == tinyConfiguration() && record.name == "run")
      }
      // Without a checkpoint nothing holds the configuration.
      let run = try cutOff("nothing")
      for name in try Directory.list("\(run)/checkpoints") { try FileContents.remove("\(run)/checkpoints/\(name)") }
      try AtomicFile.replace("\(run)/run.json", bytes: [])
      #expect(throws: RunError.badRecord(path: "\(run)/run.json")) { try InterruptedRun(run) }
    }
  }

  @Test("a power failure leaves zeros and truncated records at the ends of files, and empty checkpoints")
  func powerFailure() throws {
    try withRun { _, data, whole, cutOff in
      let zeros = [UInt8](repeating: 0, count: 5000)
      for (number, damage) in [zeros, [9, 0, 0, 0, 0, 0], [9, 0, 0, 0, 0, 0] + zeros].enumerated() {
        for cut in [0, 5] {
          let run = try cutOff("power-\(number)-\(cut)")
          for part in [run, "\(run)/eval"] {
            let name = try #require(try Directory.list(part).first { $0.contains("tfevents") })
            let sink = try FileSink("\(part)/\(name)", .append)
            // Records after the last checkpoint may be truncated.
            let status = try #require(try FileStatus.of("\(part)/\(name)"))
            if part == run { try sink.truncate(to: status.size - cut) }
            let end = try FileSink("\(part)/\(name)", .append)
            try end.write(damage)
            try end.close()
            try sink.close()
          }
          for step in [7, 8] {
            let name = Checkpoint.fileName(step: step)
            try AtomicFile.replace("\(run)/checkpoints/\(name)", bytes: step == 7 ? [] : zeros)
          }
          let outcome = try resumeRun(run, data: data)
          #expect(outcome.warnings.count == 2, "\(outcome.warnings)")
          try expectSame(run, whole, "\(number), \(cut)")
        }
      }
    }
  }

  @Test("files with times in the future are followed all the same") func clockSetBack() throws {
    try withRun { _, data, whole, cutOff in
      let run = try cutOff("clock")
      for part in [run, "\(run)/eval"] {
        let name = try #require(try Directory.list(part).first { $0.contains("tfevents") })
        let rest = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst(4).joined(separator: ".")
        try FileManager.default.moveItem(
          atPath: "\(part)/\(name)", toPath: "\(part)/events.out.tfevents.4000000000.\(rest)")
      }
      let later = try RunWriter("\(run)/eval", resumingAt: 7)
      try later.scalar("loss/rmse", 9, step: 7, at: WallTime(seconds: 4e9))
      try later.close()
      try resumeRun(run, data: data)
      #expect(try Directory.list(run).filter { $0.contains("tfevents.40000000") }.count == 2)
      try expectSame(run, whole, "clock")
    }
  }

  @Test("a directory that is removed during the run is an error, and is not made again", arguments: [true, false])
  func removed(isReplaced: Bool) throws {
    try withTemporaryDirectory { directory in
      let source = try TinyCollection().write(to: directory)
      let session = try TrainingSession(
        tinyOptions(tinyConfiguration(), source, logdir: "\(directory)/runs"), data: source.load(seed: 0, threads: 1))
      let error = #expect(throws: FileError.self) {
        try session.run { progress in
          guard case .step(let report, _) = progress, report.step == 8 else { return }
          try FileManager.default.removeItem(atPath: "\(directory)/runs")
          if isReplaced { try Directory.create(session.runPath) }
        }
      }
      guard case .gone(let path) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(path.hasPrefix(session.runPath) && Directory.exists("\(directory)/runs") == isReplaced)
    }
  }

  @Test("numbers that overflow end the run; its checkpoints are sound, and it resumes from them")
  func overflow() throws {
    try withRun { directory, data, whole, _ in
      let options = tinyOptions(tinyConfiguration(), .files("\(directory)/tiny"), logdir: "\(directory)/overflow")
      for everyStep in [false, true] {
        var options = options
        if everyStep { options.checkpointEvery = 1 }
        let session = try TrainingSession(options, data: data)
        let (model, path) = (session.training.autoencoder, session.runPath)
        let error = #expect(throws: TrainingError.self) {
          try session.run { progress in
            guard case .step(let report, _) = progress, report.step == 8 else { return }
            let parameter = model.slab.parameters[0]
            model.setWeights(parameter, to: [Float](repeating: .nan, count: parameter.count))
          }
        }
        let text = "\(try #require(error))"
        #expect(text.contains(everyStep ? "step 8" : "step 9") && text.contains("encoder/"), "\(text)")
        let record = try RunRecord.read(from: path)
        #expect(record.status == .failed && record.error == text)
        #expect(try CheckpointFolder(ofRun: path).steps().first == (everyStep ? 7 : 6))
        try resumeRun(path, data: data)
        let resumed = try RunContents(path)
        #expect(resumed.checkpoint?.tensors == whole.checkpoint?.tensors && resumed.test == whole.test)
        #expect(resumed.values == whole.values)
      }
    }
  }
}
