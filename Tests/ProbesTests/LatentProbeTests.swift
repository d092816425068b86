// LatentProbeTests.swift
// The measures of the codes after each epoch follow their definitions, for the images that their descriptions name.

import ByteStreams
import Datasets
import Embeddings
import EventFiles
import Networks
import Parallel
import PNG
import PointMatrices
import ProjectorFiles
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import ProjectorExport
@testable import Runs
@testable import Sessions

@Suite struct LatentProbeTests {
  static let collection = TinyCollection(learning: 240, test: 43)

  static func configuration() -> TrainingConfiguration {
    var configuration = tinyConfiguration()
    configuration.batchSize = 44
    return configuration
  }

  @Test("the measures are logged after each epoch, and those of the test images at the end") func logged() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(Self.configuration(), on: Self.collection, in: directory)
      let evaluation = try LoggedRun("\(outcome.runPath)/eval")
      let epochs = evaluation.steps("loss/rmse")
      for tag in ["quality/neighbour_accuracy", "quality/trustworthiness", "quality/silhouette", "quality/votes"] {
        #expect(evaluation.steps(tag) == epochs && epochs.count == 4, "\(tag)")
        let description = evaluation.values.first { $0.value.tag.name == tag }?.value.description ?? ""
        #expect(description.contains("20 validation images"), "\(tag): \(description)")
      }
      let model = try TrainedModel.load(runDirectory: outcome.runPath, threads: 1)
      let data = try model.loadData(threads: 1)
      let results = try RunRecord.read(from: outcome.runPath).results
      let pool = WorkerPool(threads: 1)
      for (part, record) in [(data.validation, results.validation_code), (data.test, results.test_code)] {
        // The sample keeps its order, which decides between equal distances.
        let part = part.balancedSample(part.count)
        let codes = PointMatrix(
          count: part.count, dimensions: 4,
          values: part.withPixels { model.autoencoder.encode($0, numbers: 0..<part.count) })
        let record = try #require(record)
        #expect(record.images == part.count && part.count >= 20 && record.dead_units == DeadUnits(of: codes).count)
        let labels = part.labels.map { Int($0) }
        let votes = NeighborVotes(Neighbors(of: codes, k: 5, pool: pool), labels: labels, classes: 4)
        #expect(record.neighbour_accuracy == votes.accuracy)
        let silhouette = try #require(PairMeasures.silhouette(codes, labels: labels, pool: pool))
        #expect(record.silhouette == silhouette)
        let trust = PairMeasures.trustworthiness(
          of: Neighbors(of: codes, k: 5, pool: pool), original: part.pixelPoints(part.count), pool: pool)
        #expect(record.trustworthiness == trust)
      }
      let code = try #require(results.validation_code)
      #expect(evaluation.scalars("quality/neighbour_accuracy").last == Float(try #require(code.neighbour_accuracy)))
      #expect(evaluation.scalars("quality/silhouette").last == Float(try #require(code.silhouette)))
      let trust = try #require(results.test_code?.trustworthiness)
      #expect(evaluation.scalars("test/trustworthiness") == [Float(trust)])
      #expect(outcome.testQuality?.images == 43 && outcome.confusion?.counts.flatMap(\.self).reduce(0, +) == 43)
    }
  }

  @Test("too few images have no neighbors, and one class cannot be mixed up") func few() throws {
    try withTemporaryDirectory { directory in
      let few = try trained(tinyConfiguration(), on: TinyCollection(test: 9), in: directory)
      let tags = try LoggedRun("\(few.runPath)/eval").tags
      #expect(!tags.contains { $0.hasPrefix("quality/n") || $0.hasPrefix("test/n") || $0 == "test/votes" })
      #expect(few.testQuality == nil && tags.contains("quality/embedding"))
    }
    try withTemporaryDirectory { directory in
      let one = try trained(
        Self.configuration(), on: TinyCollection(learning: 240, test: 43, classes: 1), in: directory)
      let tags = try LoggedRun("\(one.runPath)/eval").tags
      #expect(tags.contains("quality/trustworthiness") && !tags.contains("quality/neighbour_accuracy"))
      #expect(!tags.contains("quality/votes") && one.confusion == nil && one.testQuality?.votes == nil)
      let results = try RunRecord.read(from: one.runPath).results
      #expect(results.test_code?.neighbour_accuracy == nil && results.test_code?.silhouette == nil)
    }
  }

  @Test("codes that are not finite are not measured, but codes of any size are") func notFinite() throws {
    let pool = WorkerPool(threads: 1)
    let labels = (0..<15).map { $0 % 2 }
    for value in [Float.nan, .infinity] {
      var values = (0..<30).map { Float($0) }
      values[11] = value
      let codes = PointMatrix(count: 15, dimensions: 2, values: values)
      #expect(LatentQuality(codes: codes, labels: labels, pool: pool) { _ in 0 } == nil)
    }
    let measured = try [Float(1), 0x1p-90, 0x1p110].map { scale in
      let codes = PointMatrix(count: 15, dimensions: 2, values: (0..<30).map { Float($0 * $0) * scale })
      return try #require(LatentQuality(codes: codes, labels: labels, pool: pool) { _ in 0.5 })
    }
    for other in measured.dropFirst() {
      #expect(other.votes == measured[0].votes && other.silhouette == measured[0].silhouette)
    }
  }

  @Test("if all codes are equal, nothing is logged and the record says so") func equal() throws {
    try withTemporaryDirectory { directory in
      let collection = TinyCollection(learning: 240, test: 43, isUniform: true)
      let outcome = try trained(Self.configuration(), on: collection, in: directory)
      let tags = try LoggedRun("\(outcome.runPath)/eval").tags
      #expect(
        !tags.contains { $0.hasPrefix("quality/n") || $0.hasPrefix("test/n") || $0.hasPrefix("test/t") }, "\(tags)")
      #expect(!tags.contains { $0.hasPrefix("test/s") || $0 == "test/votes" } && tags.contains("test/loss"))
      let results = try RunRecord.read(from: outcome.runPath).results
      for (record, images) in [(results.validation_code, 20), (results.test_code, 43)] {
        #expect(record == RunRecord.LatentRecord(images: images, distinct: 1, tied: images, dead_units: 4))
      }
      #expect(outcome.testQuality?.distinct == 1 && outcome.confusion == nil)
      #expect(outcome.warnings.contains { $0.hasPrefix("no embedding: all ") }, "\(outcome.warnings)")
    }
  }

  @Test("the heading of a picture of codes names dead units") func heading() {
    func title(_ values: [Float], _ layout: EmbeddingLayout = .pca) -> String {
      let codes = PointMatrix(count: 3, dimensions: values.count / 3, values: values)
      return EmbeddingPicture.title(layout, of: codes, .test, epoch: 7)
    }
    let plain = "the codes of 3 test images, epoch 7"
    let components = "principal components of " + plain
    #expect(title([1, 2, 2, 4, 2, 1, 1, 5, 3, 3, 3, 6]) == components)
    #expect(title([1, 2, 0, 4, 2, 1, 0, 5, 3, 3, 0, 6]) == components + ", 1 of 4 units dead")
    // Codes of two and three numbers are drawn as they are.
    #expect(title([1, 2, 2, 1, 3, 3]) == "numbers of " + plain)
    #expect(title([1, 2, 0, 2, 1, 0, 3, 3, 0]) == "numbers of " + plain + ", 1 of 3 units dead")
    #expect(title([1, 0, 2, 0, 3, 0], .tsne) == "t-SNE of " + plain + ", 1 of 2 units dead")
  }

  @Test("equal points are refused, whatever their value") func equalPoints() throws {
    for (value, error) in [
      (Float(0), ProjectorError.allZero(points: 4, dimensions: 3)), (5, .allEqual(points: 4, dimensions: 2)),
    ] {
      let points = PointMatrix(count: 4, dimensions: 2, values: [Float](repeating: value, count: 8))
      #expect(throws: error) { try points.table }
    }
    #expect(try PointMatrix(count: 2, dimensions: 2, values: [5, 5, 5, 6]).table.points == 2)
    #expect(
      "\(ProjectorError.allEqual(points: 4, dimensions: 2))".contains("all 4 points of the 4×2 embedding are equal"))
  }

  @Test("neighbors that only the order of the images decides are not counted", arguments: [3, 60, 99, 101, 200])
  func ties(alone: Int) throws {
    // `alone` codes differ from all others; the rest of the 200 have one of two values.
    let numbers = (0..<200).map { $0 < alone ? 1000 + Float($0 * $0) + 0.375 * Float($0) : Float($0 % 2) }
    let codes = PointMatrix(count: 200, dimensions: 1, values: numbers)
    let quality = try #require(
      LatentQuality(codes: codes, labels: (0..<200).map { $0 % 2 }, pool: WorkerPool(threads: 2)) { _ in 0.75 })
    // With only three such codes, each has a hundred others at the same distance.
    #expect(quality.distinct == min(200, alone + 2) && quality.tied == (alone == 3 ? 200 : 200 - alone))
    #expect(quality.silhouette != nil)
    #expect((quality.votes == nil) == (alone < 100) && quality.trustworthiness == (alone < 100 ? nil : 0.75))
    #expect(quality.validationSummaries.count == (alone < 100 ? 1 : 3))
  }

  @Test("the sample is balanced, and small if images are large") func sample() {
    let labels = (0..<9000).map { UInt8($0 < 8000 ? 1 : 7) }
    let images = ImageDataset(
      shape: ImageShape(height: 1, width: 1, channels: 1), pixels: labels,
      labels: labels.map { UInt16($0) })
    let sample = LatentSample(images, pool: WorkerPool(threads: 2))
    #expect(sample.images.count == 2000 && sample.images.labels.filter { $0 == 7 }.count == 1000)
  }

  @Test("a table names classes, omits those that do not occur, and is safe in Markdown") func table() {
    let confusion = ClassConfusion(
      NeighborVotes(confusion: [[5, 0, 1], [0, 0, 0], [3, 0, 9]]), classNames: ["a|b", "unseen", "*c*"])
    #expect(confusion.names == ["a|b", "*c*"] && confusion.counts == [[5, 1], [3, 9]])
    #expect(
      confusion.markdown == #"""
        | class | a\|b | \*c\* |
        | --- | ---: | ---: |
        | **a\|b** | **5** | 1 |
        | **\*c\*** | 3 | **9** |
        """#)
    #expect(confusion.mixedUp.map { "\($0.first) \($0.second) \($0.images)" } == ["a|b *c* 4"])
    #expect(ClassConfusion(NeighborVotes(confusion: [[1, 1], [0, 2]]), classNames: []).names == ["0", "1"])
  }
}
