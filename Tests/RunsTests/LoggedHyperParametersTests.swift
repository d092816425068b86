// LoggedHyperParametersTests.swift
// The row of the HParams dashboard after a run was resumed with more epochs.

import ByteStreams
import Datasets
import EventFiles
import Networks
import Parallel
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct LoggedHyperParametersTests {
  /// The numbers of epochs that the run's files tell, and everything else in them.
  private func logged(_ run: String) throws -> (epochs: [HyperParameter.Value], others: [Event]) {
    var found: (epochs: [HyperParameter.Value], others: [Event]) = ([], [])
    for name in try Directory.list(run) where name.contains("tfevents") {
      var reader = try EventFileReader(path: "\(run)/\(name)")
      for event in try reader.rest() {
        guard case .summary(let values) = event.content, let value = values.first,
          case .sessionStart(let start) = value.content
        else {
          found.others.append(event)
          continue
        }
        found.epochs += start.hyperParameters.filter { $0.name == "epochs" }.map(\.value)
        #expect(start.hyperParameters.first { $0.name == "batch_size" }?.value == 7)
      }
    }
    return found
  }

  @Test("the row has the epochs that the run was resumed with, and all other records stay")
  func moreEpochs() throws {
    try withTemporaryDirectory { directory in
      let data = try TinyCollection().write(to: directory)
      var configuration = TrainingConfiguration(architecture: .fullyConnected(hiddenUnits: [3]))
      (configuration.batchSize, configuration.epochs) = (7, 1)
      var options = TrainingOptions(configuration: configuration, data: data, logdir: "\(directory)/runs", threads: 1)
      options.name = "run"
      let images = try data.load(seed: 0, threads: 1)
      _ = try TrainingSession(options, data: images).run()
      let run = "\(directory)/runs/run"
      let before = try logged(run)
      #expect(before.epochs == [1])
      options.configuration.epochs = 3
      _ = try TrainingSession(resuming: InterruptedRun(run), options, data: images).run { _ in
      } shouldStop: {
        true
      }
      let after = try logged(run)
      #expect(after.epochs == [3] && Array(after.others.prefix(before.others.count)) == before.others)
      #expect(try LogDirectory(run).verify().tornTails.isEmpty)
      // Resumed without more, it is as it was trained.
      _ = try TrainingSession(resuming: InterruptedRun(run), options, data: images).run()
      #expect(try logged(run).epochs == [3] && RunRecord.read(from: run).results.epochs == 3)
    }
  }
}
