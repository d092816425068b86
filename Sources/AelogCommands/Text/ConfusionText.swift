// ConfusionText.swift
// Describes the quality of latent codes for people: neighbor accuracy, and the classes that are confused.

import ByteStreams
import Embeddings
package import ProjectorExport

/// Lines about the quality of latent codes.
package enum ConfusionText {
  /// The maximum number of classes for a full table; for more classes, the most confused pairs are listed.
  private static let tableLimit = 16
  private static let pairLimit = 10

  /// Returns "92.3 % have the class of most of their 5 nearest codes; trust 0.9959, silhouette 0.0817", followed by the
  /// number of distinct codes if equal codes affect these measures.
  package static func summary(_ quality: LatentQuality) -> String {
    let images = Quantity.grouped(quality.images)
    if quality.distinct == 1 { return "all \(images) codes are equal, so there is nothing to measure" }
    let votes = quality.votes.map {
      "\(Quantity.percent($0.accuracy)) have the class of most of their \(LatentQuality.neighbors) nearest codes"
    }
    let figures = [
      quality.trustworthiness.map { "trust \(Quantity.loss($0))" },
      quality.silhouette.map { "silhouette \(Quantity.loss($0))" },
    ].compactMap(\.self)
    let distinct = "\(Quantity.grouped(quality.distinct)) of \(images) codes are distinct"
    let ties =
      quality.tied == 0
      ? nil
      : quality.trustworthiness == nil
        ? "only \(distinct), too few to tell neighbors apart"
        : "\(distinct), \(Quantity.grouped(quality.tied)) have ties for the last neighbor"
    return [votes, figures.isEmpty ? nil : figures.joined(separator: ", "), ties].compactMap(\.self)
      .joined(separator: "; ")
  }

  /// Returns the confusion table, a row per class and a column per predicted class; if that is too wide, the most confused
  /// pairs.
  package static func lines(
    of confusion: ClassConfusion, style: TextStyle, in room: TableRoom = .unlimited
  ) -> [String] {
    let names = confusion.names.map(DisplayName.escaped)
    guard names.count <= tableLimit else { return pairs(confusion) }
    var table = TextTable([.init("taken for", .left)] + names.map { .init($0, .right) }, in: room, leastGap: 1)
    for (row, counts) in confusion.counts.enumerated() {
      table.append([names[row]] + counts.map { $0 == 0 ? "·" : Quantity.grouped($0) })
    }
    if room.cuts, !table.isWhole { return pairs(confusion).map { TextTable.fitted($0, room.columns) } }
    return [style.strong(table.header), table.rule] + table.lines
  }

  private static func pairs(_ confusion: ClassConfusion) -> [String] {
    confusion.mixedUp.prefix(pairLimit).enumerated().map { place, pair in
      (place == 0 ? "  mixed up  " : "            ")
        + "\(DisplayName.escaped(pair.first)) and \(DisplayName.escaped(pair.second)): \(Quantity.grouped(pair.images))"
    }
  }
}
