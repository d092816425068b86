// DataOptions.swift
// The options that choose the images.

package import ArgumentParser
package import Datasets

/// Where the images come from.
package struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Images: the word digits (drawn by the program), or a directory with the four IDX files of MNIST or of a "
        + "collection stored like it, gzipped or not.",
      valueName: "path"),
    completion: .directory)
  package var data = "digits"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Chooses which digits are drawn; --seed does not, so that runs compare.", valueName: "natural"))
  package var dataSeed: UInt64 = 0

  package init() {}

  package var source: DataSource { DataSource(argument: data) }

  package func validate() throws {
    if data.isEmpty { throw ValidationError("--data: the path is empty; give a directory, or the word digits") }
  }
}
