// ReadingArguments.swift
// Command-line options that say how a collection is read: size, channels, and the split into three parts.

package import ArgumentParser
package import Datasets

extension PictureFit: ExpressibleByArgument {}
extension ColorChoice: ExpressibleByArgument {}
extension ChannelOrder: ExpressibleByArgument {}

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

  @Option(
    help: ArgumentHelp(
      "File with a label for each image of a .npy or .npz array: .npy, .npz, CSV or TSV. (default: the labels in the .npz)",
      valueName: "path"),
    completion: .file())
  package var labels: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Numbers of an array that are black and white, as in 0..16. (default: recognized: 0..1, -1..1, 0..16 or 0..255)",
      valueName: "low>..<high"),
    transform: { try ReadingArguments.scale(from: $0) })
  package var scale: ValueScale?

  @Option(
    help: ArgumentHelp(
      "Height, width and perhaps channels of the images of an N×D array, as in 8x8 or 32x32x3.", valueName: "h>x<w"),
    transform: { try ReadingArguments.imageShape(from: $0) })
  package var imageShape: [Int]?

  @Option(
    help: ArgumentHelp(
      "Whether the channels of an array come before or after height and width. (default: recognized by the extents)",
      valueName: "order"))
  package var channelOrder: ChannelOrder?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Most pixels of a picture or of an image of an array, against small files that expand to huge ones. "
        + "(default: \(ReadingOptions.defaultPixelLimit))", valueName: "n"))
  package var maxPixels: Int?

  package init() {}

  package var options: ReadingOptions {
    var options = ReadingOptions()
    options.size = size
    options.fit = fit
    options.channels = channels
    options.skipBroken = skipBroken ? true : nil
    options.validation = validation
    options.test = test
    options.labels = labels
    options.scale = scale
    options.imageShape = imageShape
    options.channelOrder = channelOrder
    options.maxPixels = maxPixels
    return options
  }

  package func validate() throws {
    if fit != nil, size == nil { throw ValidationError("--fit belongs to --size; give a size, as in --size 32x32") }
    if labels?.isEmpty ?? false { throw ValidationError("--labels: the path is empty; give a file") }
    if let maxPixels, !ReadingOptions.pixelLimits.contains(maxPixels) {
      throw ValidationError(
        "--max-pixels: got \(maxPixels), want \(ReadingOptions.pixelLimits.lowerBound) to \(ReadingOptions.pixelLimits.upperBound)"
      )
    }
    if (validation ?? 0) + (test ?? 0) >= 1 {
      throw ValidationError("--validation and --test leave no training images; give fractions with a sum below 1")
    }
  }

  private static func scale(from text: String) throws -> ValueScale {
    guard let scale = ValueScale(text: text) else {
      throw ValidationError("got '\(text)', want two numbers, the lower one first, as in 0..16")
    }
    return scale
  }

  private static func imageShape(from text: String) throws -> [Int] {
    guard let shape = ReadingOptions.imageShape(from: text) else {
      throw ValidationError(
        "got '\(text)', want height, width and perhaps channels, sides up to \(ReadingOptions.sides.upperBound) and "
          + "channels up to \(ReadingOptions.imageChannels.upperBound), as in 8x8 or 32x32x3")
    }
    return shape
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
