// Data.swift
// aelog data: downloads image collections, and shows what is in them.

import ArgumentParser
import ByteStreams
package import Datasets
import PNG
import Parallel

/// The group of commands for image collections.
struct Data: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Download a collection of images, or look at one before training.",
    subcommands: [DataFetch.self, Preview.self])
}

/// Writes a contact sheet.
struct Preview: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a contact sheet of images as PNG, and describe the collection.",
    usage: "aelog data preview --out <path> [<options>]",
    discussion: """
      Each row shows one class; rows cycle through the classes. With --seed the images are random.

      Examples:
        aelog data preview --out digits.png
        aelog data preview --data mnist/ --out sheet.png --rows 10 --seed 1
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var picture: PictureOptions

  @Option(help: "Split of the images to show.")
  var split = Split.training

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of rows.", valueName: "n"))
  var rows = 20

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of columns.", valueName: "n"))
  var columns = 40

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Enlarge each pixel to a square of N × N pixels.", valueName: "n"))
  var zoom = 2

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Choose the images at random with this seed.", valueName: "n"))
  var seed: UInt64?

  func validate() throws {
    for (name, count) in [("rows", rows), ("columns", columns)] where !(1...10_000).contains(count) {
      throw ValidationError("--\(name): got \(count), want 1 to 10000")
    }
    if !(1...16).contains(zoom) { throw ValidationError("--zoom: got \(zoom), want 1 to 16") }
  }

  func run(on console: Console) throws -> Int32 {
    let splits = try ReadingDisplay.show(on: console.output) {
      try data.source.load(seed: data.dataSeed ?? 0, threads: processorCount)
    }
    let sheet = try ContactSheet.draw(
      splits[split], rows: rows, columns: columns, order: seed.map { .random(seed: $0) } ?? .byClass,
      enlarging: zoom)
    try picture.write(sheet)
    for line in DataSummary(splits).lines { console.output.paragraph(line, indent: 15) }
    let images = Quantity.counted(columns, "\(split.rawValue) image")
    console.output.paragraph(
      "  sheet        \(ShellWord.quoted(picture.out)): \(Quantity.counted(rows, "row")) of \(images), "
        + "\(Quantity.shape([sheet.width, sheet.height])) pixels", indent: 15)
    return 0
  }
}

/// Describes a collection: counts, shape and classes.
package struct DataSummary {
  private let splits: DatasetSplits

  package init(_ splits: DatasetSplits) { self.splits = splits }

  /// Aligned lines of names and values.
  package var lines: [String] {
    let parts = [("training", splits.training), ("validation", splits.validation), ("test", splits.test)]
    var counts = TextTable([.init("", .left), .init("", .right)])
    for (name, part) in parts { counts.append([name, Quantity.grouped(part.count)]) }
    return [
      "  data         \(name), \(splits.shape) (height × width × channels)",
      "  classes      \(classes)",
    ] + zip(counts.lines, parts).map { "\($0) \($1.1.count == 1 ? "image" : "images")" }
      + splits.notes.map { "  note         \($0)" }
  }

  /// One line, for the start of a training run.
  package var line: String {
    "\(name), \(splits.shape): \(Quantity.grouped(splits.training.count)) training, "
      + "\(Quantity.grouped(splits.validation.count)) validation, \(Quantity.counted(splits.test.count, "test image"))"
  }

  /// The collection's name, and what it is if the name does not say it.
  private var name: String {
    DisplayName.escaped(splits.name) + (splits.kind.isEmpty ? "" : ", \(splits.kind)")
  }

  /// The number of classes, and the names of the first twenty.
  private var classes: String {
    if splits.classNames.isEmpty { return "none: the images have no labels" }
    let shown = splits.classNames.prefix(20).map(DisplayName.escaped).joined(separator: " ")
    return "\(splits.classNames.count): \(shown)\(splits.classNames.count > 20 ? " …" : "")"
  }
}
