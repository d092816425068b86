// Export.swift
// aelog export: the projector's files, made again from a checkpoint; or the model, for other programs.

public import ArgumentParser
import ByteStreams
import Experiments
import Networks
public import ProjectorFiles
import Tensors

extension TensorFormat: ExpressibleByArgument {}

/// Writes the embedding of a run's images, or its model.
struct Export: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a run's embedding for TensorBoard's projector again, or its model as ONNX.",
    usage: "aelog export --run <directory> [<options>]",
    discussion: """
      The embedding: the codes of the first images of a part, with index, label and reconstruction error, and their \
      thumbnails. The model: its encoder, its decoder, or both, for onnxruntime and other programs.

      Examples:
        aelog export --run runs/convolutional-16-8-8
        aelog export --run runs/first --points 5000 --tensor-format binary
        aelog export --run runs/first --onnx decoder.onnx --part decoder
      """)

  @OptionGroup var choice: RunChoice

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The most images that are taken. (default: \(EmbeddingExport.defaultPoints))", valueName: "count"))
  var points: Int?

  @Option(help: ArgumentHelp("How the embedding's numbers are written. (default: tsv)", valueName: "tensor-format"))
  var tensorFormat: TensorFormat?

  @OptionGroup var model: ONNXOptions

  func validate() throws {
    let possible = EmbeddingExport.pointCounts
    if let points, !possible.contains(points) {
      throw ValidationError("--points: got \(points), want \(possible.lowerBound) to \(possible.upperBound)")
    }
    guard model.onnx != nil else { return }
    let ofEmbedding = [
      ("split", choice.split != nil), ("data", choice.data != nil), ("points", points != nil),
      ("tensor-format", tensorFormat != nil),
    ]
    if let (option, _) = ofEmbedding.first(where: \.1) {
      throw ValidationError("--\(option) belongs to the embedding; leave it or --onnx out")
    }
  }

  func run(on console: Console) throws -> Int32 {
    if let path = model.onnx {
      try writeModel(to: path, console)
    } else {
      try writeEmbedding(console)
    }
    return 0
  }

  private func writeEmbedding(_ console: Console) throws {
    let (model, images) = try choice.load()
    let summary = try EmbeddingExport.write(
      model, data: images, split: choice.imageSplit, points: points ?? EmbeddingExport.defaultPoints,
      format: tensorFormat ?? .tsv, into: choice.run)
    console.output.line(
      "  embedding    \(Quantity.grouped(summary.points)) \(choice.imageSplit.rawValue) images, "
        + "\(Quantity.grouped(summary.dimensions)) numbers each, step \(Quantity.grouped(model.step))")
    for file in summary.files {
      console.output.line("  written      \(ShellWord.quoted(file))")
    }
  }

  private func writeModel(to path: String, _ console: Console) throws {
    let trained = try choice.loadModel()
    let part = model.part ?? .encoder
    try ONNXExport.write(trained, part: part, to: path)
    let shape = trained.imageShape
    let image = Quantity.shape([shape.height, shape.width, shape.channels])
    let code = "\(Quantity.grouped(trained.autoencoder.bottleneckCount)) numbers"
    let (taken, given) = (part == .decoder ? code : image, part == .encoder ? code : image)
    console.output.line("  model        \(part.rawValue), \(taken) to \(given), step \(Quantity.grouped(trained.step))")
    console.output.line("  written      \(ShellWord.quoted(path))")
  }
}
