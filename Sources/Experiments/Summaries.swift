// Summaries.swift
// Reports to logged values: logging is a function of a value.

import Embeddings
import EventFiles
import Networks
import Training

extension StepReport {
  func summaries(imagesPerSecond: Double) -> [SummaryValue] {
    [
      Series.totalLoss.scalar(totalLoss), Series.reconstructionLoss.scalar(reconstructionLoss),
      Series.learningRate.scalar(learningRate), Series.gradientNorm.scalar(gradientNorm),
      Series.speed.scalar(imagesPerSecond),
    ]
  }
}

extension Evaluation {
  var validationSummaries: [SummaryValue] {
    [Series.reconstructionLoss.scalar(reconstructionLoss), Series.rmse.scalar(rmse)]
  }

  var testSummaries: [SummaryValue] {
    [Series.testLoss.scalar(reconstructionLoss), Series.testRMSE.scalar(rmse)]
  }
}

extension CodeQuality {
  /// After an epoch. What can't be measured has no value, rather than one that means nothing.
  var validationSummaries: [SummaryValue] {
    [
      votes.map { Series.neighbourAccuracy(images: images).scalar($0.accuracy) },
      trustworthiness.map { Series.trustworthiness(images: images).scalar($0) },
      silhouette.map { Series.silhouette(images: images).scalar($0) },
    ].compactMap(\.self)
  }

  /// After the last epoch.
  /// - Parameter confusion: nil where there is but one class.
  func testSummaries(_ confusion: ClassConfusion?) -> [SummaryValue] {
    let table = Series.testConfusion(images: images)
    return [
      votes.map { Series.testNeighbourAccuracy(images: images).scalar($0.accuracy) },
      trustworthiness.map { Series.testTrustworthiness(images: images).scalar($0) },
      silhouette.map { Series.testSilhouette(images: images).scalar($0) },
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
      let series = try Series.weights($0)
      return .histogram(series.tag, Histogram(of: numbers(of: $0, in: values)), description: series.description)
    }
  }
}
