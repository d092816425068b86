// ReadingArguments.swift
// Command-line options that say how a collection is read: size, channels, and the split into three parts.

package import ArgumentParser
package import Datasets

extension PictureFit: ExpressibleByArgument {}
extension ColorChoice: ExpressibleByArgument {}

/// How the images of `--data` are read.
package struct ReadingArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Height and width of all images in pixels; needed if pictures have several sizes. Larger pictures are averaged over areas, "
        + "smaller ones interpolated. (default: as they are)", valueName: "h>x<w"),
    transform: ReadingArguments.size(from:))
  package var size: [Int]?

  @Option(
    help: ArgumentHelp(
      "How --size treats other shapes: crop keeps the middle, pad adds black borders, stretch changes the ratio of the sides. "
        + "(default: crop)", valueName: "rule"))
  package var fit: PictureFit?

  @Option(
    help: ArgumentHelp(
      "Read all images as gray or as color. (default: gray if all are gray)", valueName: "colors"))
  package var channels: ColorChoice?

  @Flag(help: "Leave out files that are no pictures, and broken ones, instead of refusing them.")
  package var skipBroken = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Fraction of the images of each class for validation, if the collection has no such part. (default: a twelfth)",
      valueName: "fraction"), transform: { try ReadingArguments.fraction(from: $0) })
  package var validation: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Fraction of the images of each class for testing, if the collection has no such part. (default: a sixth)",
      valueName: "fraction"), transform: { try ReadingArguments.fraction(from: $0) })
  package var test: Double?

  package init() {}

  package var options: ReadingOptions {
    var options = ReadingOptions()
    options.size = size
    options.fit = fit
    options.channels = channels
    options.skipBroken = skipBroken ? true : nil
    options.validation = validation
    options.test = test
    return options
  }

  package func validate() throws {
    if fit != nil, size == nil { throw ValidationError("--fit belongs to --size; give a size, as in --size 32x32") }
    if (validation ?? 0) + (test ?? 0) >= 1 {
      throw ValidationError("--validation and --test leave no training images; give fractions with a sum below 1")
    }
  }

  private static func size(from text: String) throws -> [Int] {
    guard let size = ReadingOptions.size(from: text) else {
      throw ValidationError(
        "got '\(text)', want height and width from 1 to \(ReadingOptions.sides.upperBound), as in 32x32")
    }
    return size
  }

  private static func fraction(from text: String) throws -> Double {
    guard let fraction = ReadingOptions.fraction(from: text) else {
      throw ValidationError("got '\(text)', want a fraction between 0 and 1, as in 0.1")
    }
    return fraction
  }
}
