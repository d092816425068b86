// Export.swift
// aelog export: the projector's files, made again from a checkpoint; or the model, for other programs.

public import ArgumentParser
import ByteStreams
import Embeddings
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

  @Option(
    help: ArgumentHelp(
      "Other views of the codes, separated by commas, each an embedding of its own: pca (three principal components), tsne "
        + "(t-SNE in the plane), unit (codes of length 1, for the page's own neighbours). (default: none)",
      valueName: "layouts"),
    transform: Export.layouts)
  var layouts: [EmbeddingLayout]?

  @OptionGroup var model: ONNXOptions

  func validate() throws {
    let possible = EmbeddingExport.pointCounts
    if let points, !possible.contains(points) {
      throw ValidationError("--points: got \(points), want \(possible.lowerBound) to \(possible.upperBound)")
    }
    guard model.onnx != nil else { return }
    let ofEmbedding = [
      ("split", choice.split != nil), ("data", choice.data != nil), ("points", points != nil),
      ("tensor-format", tensorFormat != nil), ("layouts", layouts != nil),
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
    let moving = MovingLine(console.output)
    defer { moving.clear() }
    let summary = try EmbeddingExport.write(
      model, data: images, split: choice.imageSplit, points: points ?? EmbeddingExport.defaultPoints,
      format: tensorFormat ?? .tsv, layouts: layouts ?? [], into: choice.run, threads: choice.threads.count
    ) { moving.draw("  \($0) \(Int($1 * 100)) %") }
    moving.clear()
    console.output.line(
      "  embedding    \(Quantity.grouped(summary.points)) \(choice.imageSplit.rawValue) images, "
        + "\(Quantity.grouped(summary.dimensions)) numbers each, step \(Quantity.grouped(model.step))")
    if let quality = summary.quality { show(quality, console) }
    for file in summary.files {
      console.output.line("  written      \(ShellWord.quoted(file))")
    }
  }

  private func show(_ quality: CodeQuality, _ console: Console) {
    if let votes = quality.votes {
      console.output.line(
        "  neighbours   \(Quantity.percent(votes.accuracy)) of the images have the class of most of their "
          + "\(CodeQuality.neighbours) nearest codes")
      if !votes.mixedUp.isEmpty {
        let pairs = votes.mixedUp.prefix(3).map { "\($0.first) and \($0.second) (\(Quantity.grouped($0.points)))" }
        console.output.line("  mixed up     " + pairs.joined(separator: ", "))
      }
    }
    let silhouette = quality.silhouette.map { ", silhouette of the classes \(Quantity.loss($0))" } ?? ""
    console.output.line("  trust        \(Quantity.loss(quality.trustworthiness))\(silhouette)")
  }

  static func layouts(_ text: String) throws -> [EmbeddingLayout] {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let layouts = try names.map { name in
      guard let layout = EmbeddingLayout(rawValue: name) else {
        let known = EmbeddingLayout.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--layouts: got \(DisplayName.quoted(name)), want some of \(known), separated by commas")
      }
      return layout
    }
    return EmbeddingLayout.allCases.filter(layouts.contains)
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
