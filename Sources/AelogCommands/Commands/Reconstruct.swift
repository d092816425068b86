// Reconstruct.swift
// aelog reconstruct: writes a picture of images above their reconstructions.

import ArgumentParser
import ByteStreams
import Datasets
import PNG
import Probes
import Runs

/// Draws originals and reconstructions into a PNG file.
struct Reconstruct: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a picture of images above their reconstructions.",
    usage: "aelog reconstruct --run <path> --out <path> [<options>]",
    discussion: """
      For a denoising model the picture has three rows: originals, noisy inputs and reconstructions.

      Examples:
        aelog reconstruct --run runs/first --out reconstructions.png
        aelog reconstruct --run runs/denoising --out denoised.png --images 20
      """)

  @OptionGroup var choice: TrainedRunOptions
  @OptionGroup var picture: PictureOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of images.", valueName: "n"))
  var images = ReconstructionPicture.defaultImages

  func validate() throws {
    if choice.run == nil { throw ValidationError("give --run, the directory of a run") }
    if !(1...10_000).contains(images) { throw ValidationError("--images: got \(images), want 1 to 10000") }
  }

  func run(on console: Console) throws -> Int32 {
    let (model, shown) = try choice.load()
    let drawn = try ReconstructionPicture.draw(model, shown, images: images)
    try picture.write(drawn)
    for note in shown.evaluation.notes { console.output.line("  note         \(note)") }
    console.output.line(
      "  picture      \(ShellWord.quoted(picture.out)): \(choice.imageSplit.rawValue) images, "
        + "\(Quantity.shape([drawn.width, drawn.height])) pixels, step \(Quantity.grouped(model.step))")
    return 0
  }
}
