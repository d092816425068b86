// Summaries.swift
// Reports to logged values: logging is a function of a value.

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

extension ParameterSlab {
  /// A histogram of every kernel and bias.
  func summaries() throws -> [SummaryValue] {
    try parameters.map {
      let series = try Series.weights($0)
      return .histogram(series.tag, Histogram(of: numbers(of: $0, in: values)), description: series.description)
    }
  }
}
