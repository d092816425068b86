// DataOptions.swift
// The options that choose the images.

package import ArgumentParser
package import Datasets

/// Where the images come from.
package struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Images: the word digits (drawn by the program), or a directory with the four IDX files of MNIST or of a "
        + "collection stored like it, gzipped or not. (default: digits)",
      valueName: "path"),
    completion: .directory)
  package var data: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Chooses which digits are drawn; --seed does not, so that runs compare. (default: 0)", valueName: "natural"))
  package var dataSeed: UInt64?

  package init() {}

  /// What was given, or the drawn digits.
  package var source: DataSource { given ?? .digits }
  package var given: DataSource? { data.map(DataSource.init(argument:)) }

  package func validate() throws {
    if data?.isEmpty ?? false {
      throw ValidationError("--data: the path is empty; give a directory, or the word digits")
    }
  }
}
