// TrialWorkTests.swift
// Tests a sweep's directory, and trials one by one: begun, interrupted, resumed, refused.

import ByteStreams
import Datasets
import Foundation
import Parallel
import Runs
import Sessions
import Tensors
import TestSupport
import Testing
import Training

@testable import Sweeps

@Suite struct TrialWorkTests {
  /// Images of 8×8 pixels in IDX files.
  static func collection(in directory: String) throws -> String {
    func number(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for (part, count) in [("train", 240), ("t10k", 60)] {
      let pixels = (0..<count * 64).map { UInt8(truncatingIfNeeded: ($0 / 64 + $0 % 8) % 10 * 25) }
      try AtomicFile.replace(
        "\(directory)/\(part)-images-idx3-ubyte", bytes: number(0x803) + number(count) + number(8) + number(8) + pixels)
      try AtomicFile.replace(
        "\(directory)/\(part)-labels-idx1-ubyte",
        bytes: number(0x801) + number(count) + (0..<count).map { UInt8($0 % 10) })
    }
    return directory
  }

  private func withSweep(_ body: (SweepDirectory) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      var specification = try SweepSpecification(
        yaml: Array("options: {filters: [[4], [3, 2]], epochs: 2, batch-size: 20}\nrepeats: 2".utf8), path: "s")
      specification.data = .files(try Self.collection(in: "\(directory)/images"))
      try body(try SweepDirectory(making: "\(directory)/runs/sweep", for: specification))
    }
  }

  private func run(_ sweep: SweepDirectory, _ index: Int, stopAt step: Int? = nil) throws -> TrainingOutcome? {
    let work = try TrialWork(sweep, sweep.trials[index])
    var steps = 0
    return try work.run(threads: 1, commandLine: ["test"]) { progress in
      if case .step = progress { steps += 1 }
    } shouldStop: {
      steps == step
    }
  }

  @Test("a trial is trained once, under its name; an interrupted trial resumes and reaches the same end")
  func states() throws {
    try withSweep { sweep in
      #expect(try SweepDirectory(sweep.path).trials == sweep.trials)
      #expect(try SweepDirectory("\(sweep.path)/sweep.yaml").specification == sweep.specification)
      #expect(sweep.trials.map { sweep.state(of: $0) } == Array(repeating: .waiting, count: 4))
      #expect(try run(sweep, 0)?.wasInterrupted == false)
      #expect(try run(sweep, 0) == nil)
      #expect(sweep.state(of: sweep.trials[0]) == .completed)
      #expect(try run(sweep, 1, stopAt: 5)?.wasInterrupted == true)
      #expect(sweep.state(of: sweep.trials[1]) == .interrupted)
      let resumed = try #require(try run(sweep, 1))
      #expect(!resumed.wasInterrupted && resumed.steps == 22)
      #expect(
        try Directory.list(sweep.path)
          == [".trials", "convolutional-4_seed-0", "convolutional-4_seed-1", "sweep.yaml"])
      let record = try RunRecord.read(from: sweep.runPath(sweep.trials[1]))
      #expect(record.configuration.seed == 1 && record.resumptions?.count == 1)
    }
  }

  @Test("a trial that was interrupted before it wrote anything is begun again")
  func nothingYet() throws {
    try withSweep { sweep in
      let path = sweep.runPath(sweep.trials[2])
      try Directory.create(path)
      try AtomicFile.replace("\(path)/.aelog-1-1-x.tmp", bytes: [1])
      #expect(sweep.state(of: sweep.trials[2]) == .interrupted)
      #expect(try run(sweep, 2)?.wasInterrupted == false)
      #expect(try Directory.list(path).contains { $0.hasSuffix(".tmp") } == false)
    }
  }

  @Test("two processes can't hold one trial")
  func held() throws {
    try withSweep { sweep in
      let work = try TrialWork(sweep, sweep.trials[0])
      #expect(sweep.state(of: sweep.trials[0]) == .running)
      #expect(throws: FileError.self) { try TrialWork(sweep, sweep.trials[0]) }
      _ = try work.run(threads: 1, commandLine: []) { true }
      #expect(sweep.state(of: sweep.trials[0]) == .interrupted)
    }
  }

  /// The reason of a failure.
  private func reason(_ state: TrialState) -> String? { if case .failed(let reason) = state { reason } else { nil } }

  @Test("missing images are no failure of the trial that meets them, begun or not")
  func noImages() throws {
    try withSweep { sweep in
      _ = try run(sweep, 1, stopAt: 5)
      let file = "\(sweep.specification.data.argument)/t10k-labels-idx1-ubyte"
      let labels = try FileContents.read(file)
      try FileContents.remove(file)
      for trial in 0...1 {
        let error = #expect(throws: SweepError.self) { try run(sweep, trial) }
        guard case .noImages(let reason) = error else { return _ = Issue.record("\(String(describing: error))") }
        #expect(reason.contains("t10k-labels-idx1-ubyte"))
      }
      #expect(sweep.trials.map { sweep.state(of: $0) } == [.waiting, .interrupted, .waiting, .waiting])
      try AtomicFile.replace(file, bytes: labels)
      #expect(try run(sweep, 1)?.steps == 22 && sweep.state(of: sweep.trials[1]) == .completed)
    }
  }

  @Test("a file or link in place of a trial's run makes the trial fail under its own name", arguments: [true, false])
  func inTheWay(isLink: Bool) throws {
    try withSweep { sweep in
      let (trial, path) = (sweep.trials[0], sweep.runPath(sweep.trials[0]))
      if isLink {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(path)-nowhere")
      } else {
        try AtomicFile.replace(path, bytes: [1])
      }
      #expect(throws: SweepError.trialInTheWay(name: trial.name, path: path)) { try run(sweep, 0) }
      #expect(reason(sweep.state(of: trial))?.contains("move it away") == true)
      try FileManager.default.removeItem(atPath: path)
      #expect(try run(sweep, 0)?.wasInterrupted == false && sweep.state(of: trial) == .completed)
      #expect(try Directory.list(sweep.path) == [".trials", trial.name, "sweep.yaml"])
    }
  }

  @Test("a name that is taken, and a directory that is no sweep's")
  func refused() throws {
    try withSweep { sweep in
      #expect(throws: FileError.alreadyExists(path: sweep.path)) {
        try SweepDirectory(making: sweep.path, for: sweep.specification)
      }
      #expect(throws: FileError.self) { try SweepDirectory("\(sweep.path)/nowhere") }
      #expect(throws: RunError.self) {
        try SweepDirectory(making: "\(sweep.path)/a b", for: sweep.specification)
      }
    }
  }
}
