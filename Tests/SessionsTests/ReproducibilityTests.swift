// ReproducibilityTests.swift
// The same seed leaves the same bits, whatever the number of threads.

import ArrayFiles
import ByteStreams
import EventFiles
import Networks
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct ReproducibilityTests {
  @Test(
    "one, two, three and seven threads log the same values and leave the same weights",
    arguments: [
      Architecture.convolutional(filters: [4, 3], downsampling: .pool),
      .convolutional(filters: [3], downsampling: .stride), .fullyConnected(hiddenUnits: [40, 8]),
    ], [0, 0.2])
  func threads(architecture: Architecture, perturbed: Double) throws {
    var configuration = tinyConfiguration(architecture)
    configuration.epochs = 2
    (configuration.noiseFactor, configuration.dropout) = (perturbed, perturbed)
    let runs = try [1, 2, 3, 7].map { threads in
      try withTemporaryDirectory { directory in
        try Leftovers(
          of: trained(configuration, on: TinyCollection(learning: 100), in: directory, threads: threads), in: directory)
      }
    }
    for run in runs.dropFirst() {
      #expect(run.values == runs[0].values)
      #expect(run.test == runs[0].test)
      #expect(run.tensors == runs[0].tensors)
      #expect(run.files == runs[0].files)
    }
    #expect(runs[0].values.count > 100 && runs[0].files.allSatisfy { $0.count > 100 })
  }

  @Test("another seed leaves other values") func seeds() throws {
    let runs = try [UInt64(1), 2].map { seed in
      try withTemporaryDirectory { directory in
        var configuration = tinyConfiguration()
        configuration.seed = seed
        return try Leftovers(of: trained(configuration, in: directory), in: directory)
      }
    }
    #expect(runs[0].values != runs[1].values && runs[0].tensors != runs[1].tensors)
  }

  /// Everything that a run leaves but times, speed and the path of its data.
  struct Leftovers {
    let values: [Value]
    let tensors: [SafetensorsFile.Tensor]
    let test: Evaluation?
    let files: [[UInt8]]

    struct Value: Equatable {
      let step: Int
      let value: SummaryValue
    }

    init(of outcome: TrainingOutcome, in directory: String) throws {
      values = try [outcome.runPath, "\(outcome.runPath)/eval"].flatMap { try LoggedRun($0).values }
        .filter { logged in
          // These hold times, or the path of the data.
          let tag = logged.value.tag.name
          return !RunContents.clockTags.contains(tag) && !tag.hasPrefix("_hparams_")
        }
        .map { Value(step: $0.step, value: $0.value) }
      tensors = try SafetensorsFile(path: try #require(outcome.checkpointPath)).tensors
      test = outcome.test
      files = try ["metadata.tsv", "sprite.png", "tensors.tsv"].map {
        try FileContents.read("\(outcome.runPath)/embedding/\($0)")
      }
    }
  }
}
