// TableOptions.swift
// Command-line options that say how to read text files of points and metadata whose content is ambiguous.

package import ArgumentParser
package import ArrayFiles

import ByteStreams

extension Delimiter: ExpressibleByArgument {
  package init?(argument: String) {
    guard let delimiter = Delimiter.allCases.first(where: { $0.name == argument }) else { return nil }
    self = delimiter
  }

  package static var allValueStrings: [String] { allCases.map(\.name) }
  package static var allValueDescriptions: [String: String] { [:] }
}

extension TextEncoding: ExpressibleByArgument {}

/// How text files of points and metadata are read.
package struct TableOptions: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: "The metadata file has a header line. (default: decided by row count and content)")
  package var header: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "The text file of points has a header line. (default: decided by content)")
  package var tensorsHeader: Bool?

  @Option(
    help: ArgumentHelp(
      "Columns of a text file of points to use as dimensions, by position from 0 or by name, as in 1-128 or x,y,z; or all. "
        + "The others become metadata. (default: all numeric columns except an index and labels)", valueName: "columns"),
    transform: TableOptions.columns)
  package var columns: ColumnChoice?

  @Option(
    help: ArgumentHelp(
      "Field of JSON lines, or column of a table, that holds each point's list of numbers. (default: the only one)",
      valueName: "field"))
  package var vector: String?

  @Option(
    help: ArgumentHelp("Delimiter of the metadata file. (default: detected)", valueName: "delimiter"))
  package var delimiter: Delimiter?

  @Flag(help: "Read commas in the text file of points as decimal points.")
  package var decimalComma = false

  @Option(
    help: ArgumentHelp(
      "Encoding of the text files. (default: UTF-8, or UTF-16 if detected)", valueName: "encoding"))
  package var encoding: TextEncoding?

  package init() {}

  /// The given options that apply to a text file of points.
  package var ofTensors: [String] {
    [
      ("tensors-header", tensorsHeader != nil), ("columns", columns != nil), ("decimal-comma", decimalComma),
      ("vector", vector != nil),
    ].filter(\.1).map(\.0)
  }

  /// The given options that apply to metadata in a text file.
  package var ofMetadata: [String] {
    [("header", header != nil), ("delimiter", delimiter != nil)].filter(\.1).map(\.0)
  }

  package var tensorOptions: PointTable.Options {
    var options = PointTable.Options()
    (options.encoding, options.hasHeader, options.columns) = (encoding, tensorsHeader, columns)
    options.vector = vector
    options.hasDecimalComma = decimalComma
    return options
  }

  /// - Parameter label: the class column.
  package func metadataOptions(label: String?) -> LabelTable.Options {
    var options = LabelTable.Options()
    (options.encoding, options.hasHeader, options.delimiter, options.wanted) = (encoding, header, delimiter, label)
    return options
  }

  static func columns(_ text: String) throws -> ColumnChoice {
    guard let choice = ColumnChoice(text) else {
      throw ValidationError(
        "--columns: got \(DisplayName.quoted(text)), want positions or names, as in 1-128 or x,y,z, or all")
    }
    return choice
  }
}
