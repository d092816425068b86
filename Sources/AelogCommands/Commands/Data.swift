// Data.swift
// aelog data: what can be done with a collection of images.

import ArgumentParser
import ByteStreams
import Datasets
import PNG

/// The group of commands about images.
struct Data: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look at a collection of images before training on it.", subcommands: [Preview.self])
}

/// Writes a contact sheet.
struct Preview: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a sheet of many images as PNG, and say what the collection holds.",
    usage: "aelog data preview --out <file> [<options>]",
    discussion: """
      Each row shows one class, the classes in turn; with --seed the images are drawn at random.

      Examples:
        aelog data preview --out digits.png
        aelog data preview --data mnist/ --out sheet.png --rows 10 --seed 1
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var picture: PictureOptions

  @Option(help: "The part that is shown.")
  var split = Split.training

  @Option(parsing: .unconditional, help: ArgumentHelp("Images from top to bottom.", valueName: "count"))
  var rows = 20

  @Option(parsing: .unconditional, help: ArgumentHelp("Images from left to right.", valueName: "count"))
  var columns = 40

  @Option(parsing: .unconditional, help: ArgumentHelp("Each pixel becomes a square of so many.", valueName: "pixels"))
  var scale = 2

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Draw the images at random, the same ones for the same number.", valueName: "natural"))
  var seed: UInt64?

  func validate() throws {
    for (name, count) in [("rows", rows), ("columns", columns)] where !(1...10_000).contains(count) {
      throw ValidationError("--\(name): got \(count), want 1 to 10000")
    }
    if !(1...16).contains(scale) { throw ValidationError("--scale: got \(scale), want 1 to 16") }
  }

  func run(on console: Console) throws -> Int32 {
    let splits = try data.source.load(seed: data.dataSeed ?? 0, threads: ThreadOptions.available)
    let sheet = try ContactSheet.draw(
      splits[split], rows: rows, columns: columns, order: seed.map { .random(seed: $0) } ?? .byClass,
      enlarging: scale)
    try picture.write(sheet)
    for line in DataSummary(splits).lines { console.output.paragraph(line, indent: 15) }
    let images = Quantity.counted(columns, "\(split.rawValue) image")
    console.output.paragraph(
      "  sheet        \(ShellWord.quoted(picture.out)): \(Quantity.counted(rows, "row")) of \(images), "
        + "\(Quantity.shape([sheet.width, sheet.height])) pixels", indent: 15)
    return 0
  }
}
