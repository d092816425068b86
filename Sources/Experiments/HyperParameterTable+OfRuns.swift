// HyperParameterTable+OfRuns.swift
// The columns that every run of aelog asks of the HParams dashboard, whatever its model.

import EventFiles

extension HyperParameterTable {
  /// The same in every run, since the dashboard takes one run's table for all: each option of either family, five of
  /// them to be seen first, and five metrics, which are as many as the dashboard shows at first.
  static let ofRuns = HyperParameterTable(
    hyperParameters: [
      Column("model", .text, differs: true), Column("filters", .text, differs: true),
      Column("learning_rate", .number, differs: true),
      Column("batch_size", .number, differs: true), Column("epochs", .number, differs: true),
      Column("hidden_units", .text),
      Column("downsampling", .text), Column("noise_factor", .number), Column("dropout", .number),
      Column("weight_decay", .number), Column("learning_rate_decay", .number), Column("decay_steps", .number),
      Column("seed", .number), Column("data", .text),
    ],
    metrics: [
      Metric(Series.testLoss.tag, run: RunLog.evaluationName, title: "test loss"),
      Metric(Series.testRMSE.tag, run: RunLog.evaluationName, title: "test RMSE"),
      Metric(Series.reconstructionLoss.tag, run: RunLog.evaluationName, title: "validation loss"),
      Metric(Series.rmse.tag, run: RunLog.evaluationName, title: "validation RMSE"),
      Metric(Series.reconstructionLoss.tag, title: "training loss"),
    ])
}
