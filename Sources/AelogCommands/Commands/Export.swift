// Export.swift
// aelog export: the projector's files, made again from a checkpoint.

public import ArgumentParser
import ByteStreams
import Experiments
public import ProjectorFiles

extension TensorFormat: ExpressibleByArgument {}

/// Writes the embedding of a run's images.
struct Export: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a run's embedding for TensorBoard's projector again.",
    usage: "aelog export --run <directory> [<options>]",
    discussion: """
      The codes of the first images of a part, with index, label and reconstruction error, and their thumbnails.

      Examples:
        aelog export --run runs/convolutional-16-8-8
        aelog export --run runs/first --points 5000 --tensor-format binary
      """)

  @OptionGroup var choice: RunChoice

  @Option(parsing: .unconditional, help: ArgumentHelp("The most images that are taken.", valueName: "count"))
  var points = EmbeddingExport.defaultPoints

  @Option(help: "How the numbers are written.")
  var tensorFormat = TensorFormat.tsv

  func validate() throws {
    let possible = EmbeddingExport.pointCounts
    if !possible.contains(points) {
      throw ValidationError("--points: got \(points), want \(possible.lowerBound) to \(possible.upperBound)")
    }
  }

  func run(on console: Console) throws -> Int32 {
    let (model, images) = try choice.load()
    let summary = try EmbeddingExport.write(
      model, data: images, split: choice.split, points: points, format: tensorFormat, into: choice.run)
    console.output.line(
      "  embedding    \(Quantity.grouped(summary.points)) \(choice.split.rawValue) images, "
        + "\(Quantity.grouped(summary.dimensions)) numbers each, step \(Quantity.grouped(model.step))")
    for file in summary.files {
      console.output.line("  written      \(ShellWord.quoted(file))")
    }
    return 0
  }
}
