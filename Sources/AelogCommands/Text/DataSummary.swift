// DataSummary.swift
// What a collection of images holds, in a few lines.

import ByteStreams
package import Datasets

/// Counts, shape and classes of a collection.
package struct DataSummary {
  private let splits: DatasetSplits

  package init(_ splits: DatasetSplits) { self.splits = splits }

  /// Names and figures, aligned.
  package var lines: [String] {
    let parts = [("training", splits.training), ("validation", splits.validation), ("test", splits.test)]
    var counts = TextTable([.init("", .left), .init("", .right)])
    for (name, part) in parts { counts.append([name, Quantity.grouped(part.count)]) }
    return [
      "  data         \(DisplayName.escaped(splits.name)), \(splits.shape) (height × width × channels)",
      "  classes      \(splits.classNames.count): \(classes)",
    ] + zip(counts.lines, parts).map { "\($0) \($1.1.count == 1 ? "image" : "images")" }
      + splits.notes.map { "  note         \($0)" }
  }

  /// In one line, for the top of a training run.
  package var line: String {
    "\(DisplayName.escaped(splits.name)), \(splits.shape): \(Quantity.grouped(splits.training.count)) training, "
      + "\(Quantity.grouped(splits.validation.count)) validation, \(Quantity.counted(splits.test.count, "test image"))"
  }

  /// The first twenty names.
  private var classes: String {
    let shown = splits.classNames.prefix(20).map(DisplayName.escaped).joined(separator: " ")
    return splits.classNames.count > 20 ? shown + " …" : shown
  }
}
