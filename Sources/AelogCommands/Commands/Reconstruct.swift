// Reconstruct.swift
// aelog reconstruct: writes images above their reconstructions into one picture, or each reconstruction into its own.

import ArgumentParser
import ByteStreams
import Datasets
import PNG
import Probes
import Runs

/// Draws reconstructions into PNG files.
struct Reconstruct: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write images and their reconstructions as PNG.",
    usage: """
      aelog reconstruct --run <path> --out <path> [<options>]
      aelog reconstruct --run <path> --pictures <path> [<options>]
      """,
    discussion: """
      --out writes one picture of originals above reconstructions; for a denoising model, noisy inputs are between them.
      --pictures writes each reconstruction into a file of its own, in the order and under the names of the images.

      Examples:
        aelog reconstruct --run runs/first --out reconstructions.png
        aelog reconstruct --run runs/denoising --out denoised.png --images 20
        aelog reconstruct --run runs/pets --data more/ --pictures reconstructed/
      """)

  @OptionGroup var choice: TrainedRunOptions

  @Option(
    help: ArgumentHelp("PNG file to write; an existing file is replaced.", valueName: "path"), completion: .file())
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Directory for a PNG file of each reconstruction; it is made if it is missing.", valueName: "path"),
    completion: .directory)
  var pictures: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of images. (default: \(ReconstructionPicture.defaultImages) with --out, all with --pictures)",
      valueName: "n"))
  var images: Int?

  func validate() throws {
    if choice.run == nil { throw ValidationError("give --run, the directory of a run") }
    guard out != nil || pictures != nil else {
      throw ValidationError("give --out, a file for a picture, or --pictures, a directory for many")
    }
    if let out { try OutputFile(option: "out", path: out, example: "reconstructions.png", isPNG: true).validate() }
    if pictures?.isEmpty ?? false { throw ValidationError("--pictures: the path is empty; give a directory") }
    if let images, !(1...ReconstructionPicture.imageLimit).contains(images) {
      throw ValidationError("--images: got \(images), want 1 to \(ReconstructionPicture.imageLimit)")
    }
  }

  func run(on console: Console) throws -> Int32 {
    let model = try choice.loadModel()
    let (shown, part, notes) = try ReadingDisplay.show(on: console.output) { try load(for: model) }
    for note in notes { console.output.paragraph("  note         \(note)", indent: 15) }
    if let out {
      let drawn = try ReconstructionPicture.draw(
        model, shown, part: part, images: images ?? ReconstructionPicture.defaultImages)
      try AtomicFile.replaceOrStream(out, bytes: drawn.encoded())
      console.output.line(
        "  picture      \(ShellWord.quoted(out)): \(part) images, \(Quantity.shape([drawn.width, drawn.height])) pixels"
      )
    }
    if let pictures {
      let count = try ReconstructedFiles.write(
        model, shown, part: part, images: images, to: pictures, threads: choice.threads.count)
      console.output.line(
        "  pictures     \(ShellWord.quoted(pictures)): \(Quantity.counted(count, "reconstruction")) of \(part) images")
    }
    console.output.line(
      "  model        \(ShellWord.quoted(model.checkpointPath)), step \(Quantity.grouped(model.step))")
    return 0
  }

  /// Reads the images of a part, or all images of another collection.
  /// - Returns: the images, what they are called, and remarks on the files.
  private func load(for model: TrainedModel) throws -> (images: ImageDataset, part: String, notes: [String]) {
    let source = choice.images.source(for: model)
    if source != nil, choice.split == nil {
      let whole = try model.loadWhole(from: source, threads: choice.threads.count)
      return (whole.images, "all", whole.notes)
    }
    let shown = try model.loadImages(choice.imageSplit, from: source, threads: choice.threads.count)
    return (shown.images, choice.imageSplit.rawValue, shown.evaluation.notes)
  }
}
