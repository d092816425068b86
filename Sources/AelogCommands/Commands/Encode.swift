// Encode.swift
// aelog encode: writes the codes of any images.

import ArgumentParser
import ByteStreams
import Datasets
import ModelExport
import Networks
import ProjectorExport
import Runs

/// Encodes images with a run's model.
struct Encode: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the codes of images as an array or a table.",
    usage: "aelog encode --run <path> --out <path> [<options>]",
    discussion: """
      The rows are in the order of the images: pictures in natural order of their paths; training images before test images in
      other collections. Images are brought to the size and channels of the run's images. CSV and TSV tables also have the file and
      the class of each image, if it has these.

      Examples:
        aelog encode --run runs/pets --data more/ --out codes.npy
        aelog encode --run runs/pets --data more/ --out - | head
        aelog encode --run runs/pets --split test --out test.csv
      """)

  @Option(
    help: ArgumentHelp("Directory of a run that aelog train has written.", valueName: "path"),
    completion: .directory)
  var run: String

  @Option(
    help: ArgumentHelp(
      "File to write: .npy, .safetensors, .csv or .tsv; - for CSV on standard output.", valueName: "path"),
    completion: .file())
  var out: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Step of the checkpoint to load. (default: the last; of a run with --patience, the best)", valueName: "n"))
  var step: Int?

  @Option(help: ArgumentHelp("Split of the images to encode. (default: all images)", valueName: "split"))
  var split: Split?

  @OptionGroup var images: OtherImageOptions

  @Option(help: ArgumentHelp("Layer whose activations are written. (default: bottleneck)", valueName: "name"))
  var layer: String?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if run.isEmpty { throw ValidationError("--run: the path is empty; give a run's directory, as in runs/first") }
    if let step, step < 0 { throw ValidationError("--step: got \(step), want 0 or more") }
    if out == "-" { return }
    try OutputFile(option: "out", path: out, example: "codes.npy").validate()
    if CodeTable.Format(path: out) == nil {
      throw ValidationError(
        "--out: got \(DisplayName.quoted(out)), want a name that ends in .npy, .safetensors, .csv or .tsv, or -")
    }
  }

  func run(on console: Console) throws -> Int32 {
    let model = try TrainedModel.load(runDirectory: run, step: step, threads: threads.count)
    let index = try LayerEmbedding.layer(layer, of: model.autoencoder)
    let words = out == "-" ? TextStream() : console.output
    let (images, notes) = try ReadingDisplay.show(on: words) { try load(for: model) }
    let table = CodeTable(model, images, layer: index)
    if out == "-" {
      for note in notes { console.errors.line("note: \(note)") }
      console.output.write(String(decoding: table.bytes(as: .csv), as: UTF8.self))
      return 0
    }
    try AtomicFile.replaceOrStream(out, bytes: table.bytes(as: CodeTable.Format(path: out) ?? .npy))
    for note in notes { console.output.paragraph("  note         \(note)", indent: 15) }
    console.output.line(
      "  codes        \(ShellWord.quoted(out)): \(Quantity.counted(images.count, "image")), "
        + "\(Quantity.counted(table.dimensions, "number")) each, layer \(table.layer)")
    console.output.line(
      "  model        \(ShellWord.quoted(model.checkpointPath)), step \(Quantity.grouped(model.step))")
    return 0
  }

  /// Reads all images, or those of a part.
  /// - Returns: the images, and remarks on the files.
  private func load(for model: TrainedModel) throws -> (images: ImageDataset, notes: [String]) {
    let source = images.source(for: model)
    guard let split else { return try model.loadWhole(from: source, threads: threads.count) }
    let shown = try model.loadImages(split, from: source, threads: threads.count)
    return (shown.images, shown.evaluation.notes)
  }
}
