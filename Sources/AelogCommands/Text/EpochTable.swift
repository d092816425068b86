// EpochTable.swift
// A line an epoch: losses, error, speed, time.

import Networks
package import Training

/// The table that grows while training runs; its columns are as wide as they will ever need to be.
package struct EpochTable {
  private let epochs: Int
  private var empty: TextTable
  /// How wide it may be, which changes with the terminal.
  package var room: TableRoom {
    get { empty.room }
    set { empty.room = newValue }
  }

  package init(epochs: Int, in room: TableRoom = .unlimited) {
    self.epochs = epochs
    empty = TextTable(
      [
        .init("epoch", .right, minimumWidth: "\(epochs)/\(epochs)".count),
        .init("train loss", .right, minimumWidth: 6, short: "train", rank: 3),
        .init("validation loss", .right, minimumWidth: 6, short: "validation"),
        .init("RMSE", .right, minimumWidth: 6, rank: 2),
        .init("images/s", .right, minimumWidth: 9, rank: 4),
        .init("time", .right, minimumWidth: 11, rank: 1),
      ], in: room)
  }

  package var header: [String] { [empty.header, empty.rule] }

  /// - Parameters:
  ///   - imagesPerSecond: of the epoch's training steps; nil before the first.
  ///   - seconds: since training began.
  package func line(_ report: EpochReport, imagesPerSecond: Double?, seconds: Double) -> String {
    var table = empty
    table.append([
      "\(report.epoch)/\(epochs)", report.trainingLoss.map(Quantity.loss) ?? "–",
      Quantity.loss(report.validation.reconstructionLoss), Quantity.loss(report.validation.rmse),
      imagesPerSecond.map(Quantity.rate) ?? "–", Quantity.duration(seconds),
    ])
    return table.lines[0]
  }
}
