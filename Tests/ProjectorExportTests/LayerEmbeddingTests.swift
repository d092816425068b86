// LayerEmbeddingTests.swift
// The column of an embedding's errors says whether a denoising model saw clean images.

import ByteStreams
import Datasets
import Networks
import TestSupport
import Testing
import TinyRuns
import Training

@testable import ProjectorExport
@testable import Runs
@testable import Sessions

@Suite struct LayerEmbeddingTests {
  private func rows(_ run: String) throws -> [[String]] {
    String(decoding: try FileContents.read("\(run)/embedding/metadata.tsv"), as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: "\t").map(String.init) }
  }

  @Test(
    "the errors are those of clean images, and the column of a denoising model tells it",
    arguments: [(0.0, "reconstruction_error"), (0.3, "reconstruction_error_clean_input")])
  func columnOfErrors(noiseFactor: Double, name: String) throws {
    try withTemporaryDirectory { directory in
      var configuration = tinyConfiguration()
      configuration.noiseFactor = noiseFactor
      let (outcome, data) = try LatentSnapshotsTests.trainedRun(configuration, every: 3, in: directory)
      let model = try TrainedModel.load(runDirectory: outcome.runPath, threads: 1)
      let clean = data.test.withPixels { model.autoencoder.errors($0, numbers: 0..<data.test.count) }
      let own = try rows(outcome.runPath)
      #expect(own[0] == ["label", "index", name])
      for row in own.dropFirst() { #expect(Float(row[2]) == Int(row[1]).map { Float(clean[$0]) }) }
      #expect(try rows("\(outcome.runPath)/epoch_0003") == own)
      _ = try EmbeddingExport.write(model, ShownImages(data), into: outcome.runPath)
      #expect(try rows(outcome.runPath) == own)
    }
  }
}
