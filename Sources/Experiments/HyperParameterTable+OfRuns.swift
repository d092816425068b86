// HyperParameterTable+OfRuns.swift
// The columns that every run of aelog asks of the HParams dashboard, whatever its model.

import EventFiles

extension HyperParameterTable {
  /// The same in every run of a comparison, since the dashboard takes one run's table for all: each option of either family, those
  /// that differ first, and the metrics, of which the dashboard shows five at first.
  init(_ comparison: RunComparison) {
    let names: [(String, Column.Kind)] = [
      ("model", .text), ("filters", .text), ("downsampling", .text), ("hidden-units", .text), ("epochs", .number),
      ("batch-size", .number), ("learning-rate", .number), ("learning-rate-decay", .number), ("decay-steps", .number),
      ("weight-decay", .number), ("dropout", .number), ("noise-factor", .number), ("seed", .number),
      ("kernels", .text), ("data", .text),
    ]
    self.init(
      hyperParameters: names.map { name, kind in
        Column(name.replacing("-", with: "_"), kind, differs: comparison.differing.contains(name))
      },
      metrics: Self.metrics(comparison))
  }

  /// Runs that nobody compares yet have the five alone that are shown at first.
  private static func metrics(_ comparison: RunComparison) -> [Metric] {
    if comparison == .default { return test + validation }
    return comparison.isByValidation ? validation + size + test + cost : test + validation + size + cost
  }

  private static func evaluation(_ series: MetricTag, _ title: String) -> Metric {
    Metric(series.tag, run: RunLog.evaluationName, title: title)
  }

  private static let test = [evaluation(.testLoss, "test loss"), evaluation(.testRMSE, "test RMSE")]
  private static let validation = [
    evaluation(.reconstructionLoss, "validation loss"),
    // The number of images is in the description alone.
    evaluation(.neighborAccuracy(images: 0), "kNN accuracy"), evaluation(.rmse, "validation RMSE"),
  ]
  private static let size = [
    Metric(MetricTag.bottleneck.tag, title: "bottleneck"), Metric(MetricTag.weightCount.tag, title: "weights"),
  ]
  private static let cost = [
    Metric(MetricTag.runSpeed.tag, title: "images/s"), Metric(MetricTag.seconds.tag, title: "seconds"),
    Metric(MetricTag.epochs.tag, title: "epochs trained"), Metric(MetricTag.reconstructionLoss.tag, title: "training loss"),
  ]
}
