// ColumnDescription.swift
// Says in one line what the columns of a table are: dimensions, metadata, or row numbers that are skipped.

import ByteStreams

/// The columns of a table by what becomes of them.
struct ColumnDescription {
  /// Positions of the dimensions, in order.
  var dimensions: [Int] = []
  /// Names of the columns that become metadata.
  var metadata: [String] = []
  /// Titles of the columns that only number the rows.
  var counters: [String] = []

  /// Names shown before "…".
  private static let nameLimit = 5

  /// The name of a column in quotes, or its position if it has no name.
  static func title(_ place: Int, _ name: String?) -> String {
    guard let name, !name.trimmed.isEmpty else { return "column \(place)" }
    return DisplayName.quoted(name)
  }

  /// For example "columns 1–4 are numbers, "word" is metadata, column 0 is a row number and is skipped"; nil if all are numbers.
  var text: String? {
    if metadata.isEmpty, counters.isEmpty { return nil }
    var parts = [
      dimensions.count == 1 ? "column \(places) is a number" : "columns \(places) are numbers"
    ]
    if !metadata.isEmpty {
      let names = metadata.prefix(Self.nameLimit).map(DisplayName.quoted).joined(separator: ", ")
      let rest = metadata.count > Self.nameLimit ? ", …" : ""
      parts.append("\(names)\(rest) \(metadata.count == 1 ? "is" : "are") metadata")
    }
    if !counters.isEmpty {
      parts.append(
        counters.joined(separator: ", ")
          + (counters.count == 1 ? " is a row number and is skipped" : " are row numbers and are skipped"))
    }
    return parts.joined(separator: ", ")
  }

  /// Positions as ranges: "1–4, 6".
  private var places: String {
    var ranges: [ClosedRange<Int>] = []
    for place in dimensions {
      if let last = ranges.last, last.upperBound + 1 == place {
        ranges[ranges.count - 1] = last.lowerBound...place
      } else {
        ranges.append(place...place)
      }
    }
    let texts = ranges.prefix(Self.nameLimit).map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)"
    }
    return texts.joined(separator: ", ") + (ranges.count > Self.nameLimit ? ", …" : "")
  }
}
