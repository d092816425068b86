// Summaries.swift
// Reports to logged values: logging is a function of a value.

import Embeddings
import EventFiles
import Networks
import Training

extension StepReport {
  func summaries(imagesPerSecond: Double) -> [SummaryValue] {
    [
      MetricTag.totalLoss.scalar(totalLoss), MetricTag.reconstructionLoss.scalar(reconstructionLoss),
      MetricTag.learningRate.scalar(learningRate), MetricTag.gradientNorm.scalar(gradientNorm),
      MetricTag.speed.scalar(imagesPerSecond),
    ]
  }
}

extension Evaluation {
  var validationSummaries: [SummaryValue] {
    [MetricTag.reconstructionLoss.scalar(reconstructionLoss), MetricTag.rmse.scalar(rmse)]
  }

  var testSummaries: [SummaryValue] {
    [MetricTag.testLoss.scalar(reconstructionLoss), MetricTag.testRMSE.scalar(rmse)]
  }
}

extension LatentQuality {
  /// After an epoch. What can't be measured has no value, rather than one that means nothing.
  var validationSummaries: [SummaryValue] {
    [
      votes.map { MetricTag.neighborAccuracy(images: images).scalar($0.accuracy) },
      trustworthiness.map { MetricTag.trustworthiness(images: images).scalar($0) },
      silhouette.map { MetricTag.silhouette(images: images).scalar($0) },
    ].compactMap(\.self)
  }

  /// After the last epoch.
  /// - Parameter confusion: nil where there is but one class.
  func testSummaries(_ confusion: ClassConfusion?) -> [SummaryValue] {
    let table = MetricTag.testConfusion(images: images)
    return [
      votes.map { MetricTag.testNeighborAccuracy(images: images).scalar($0.accuracy) },
      trustworthiness.map { MetricTag.testTrustworthiness(images: images).scalar($0) },
      silhouette.map { MetricTag.testSilhouette(images: images).scalar($0) },
      confusion.map { .text(table.tag, $0.markdown, description: table.description) },
    ].compactMap(\.self)
  }

  var record: RunRecord.CodeRecord {
    .init(
      images: images, distinct: distinct, tied: tied, neighbour_accuracy: votes?.accuracy, silhouette: silhouette,
      trustworthiness: trustworthiness)
  }
}

extension ParameterSlab {
  /// A histogram of every kernel and bias.
  func summaries() throws -> [SummaryValue] {
    try parameters.map {
      let series = try MetricTag.weights($0)
      return .histogram(series.tag, Histogram(of: numbers(of: $0, in: values)), description: series.description)
    }
  }
}
