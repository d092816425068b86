// Export.swift
// aelog export: writes an embedding for TensorBoard's projector, or a run's model as ONNX.

import ArgumentParser
import ByteStreams
import Datasets
import Embeddings
import ModelExport
import Networks
import ProjectorExport
import ProjectorFiles
import Runs
import Tensors

/// Exports an embedding, or a run's model.
struct Export: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write an embedding for TensorBoard's projector, or a run's model as ONNX.",
    usage: """
      aelog export --run <path> [<options>]
      aelog export --tensors <path> --logdir <path> [<options>]
      """,
    discussion: """
      With --run: exports the latent codes of images, or another layer's values, with label, index, reconstruction error and \
      thumbnails. --name puts them into a separate run; codes of other images (--data) always get one. With --run and \
      --onnx: exports the encoder, the decoder, or both, for onnxruntime and other programs. With --tensors: exports points \
      from a file of any program, with metadata and images, as a separate run.

      Examples:
        aelog export --run runs/convolutional-16-8-8 --layouts tsne
        aelog export --run runs/first --layer decoder/block0 --points 5000
        aelog export --run runs/first --data other/
        aelog export --run runs/first --onnx decoder.onnx --part decoder
        aelog export --tensors codes.npy --metadata labels.tsv --images pictures/ --logdir runs --name codes
      """)

  @OptionGroup(title: "A run") var choice: TrainedRunOptions
  @OptionGroup(title: "A run's embedding") var layer: LayerOptions
  @OptionGroup(title: "Points of any program") var foreign: ForeignOptions
  @OptionGroup(title: "Every embedding") var embedding: EmbeddingOptions
  @OptionGroup(title: "A run's model as ONNX") var model: ONNXOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard foreign.tensors == nil else {
      let ofRuns = choice.given ?? layer.given ?? (model.onnx == nil ? nil : "onnx")
      if let ofRuns { throw ValidationError("--\(ofRuns) belongs to a run; remove it or --tensors") }
      return
    }
    if choice.run == nil { throw ValidationError("give --run, the directory of a run, or --tensors, a file of points") }
    if let points = try embedding.count, !EmbeddingExport.pointCounts.contains(points) {
      let possible = EmbeddingExport.pointCounts
      throw ValidationError("--points: got \(points), want \(possible.lowerBound) to \(possible.upperBound), or all")
    }
    guard model.onnx != nil else { return }
    let ofEmbedding =
      [("split", choice.split != nil), ("data", choice.images.data != nil), ("name", foreign.name != nil)]
      .first(where: \.1)?.0 ?? layer.given ?? embedding.given
    if let ofEmbedding {
      throw ValidationError("--\(ofEmbedding) belongs to the embedding; remove it or --onnx")
    }
  }

  func run(on console: Console) throws -> Int32 {
    if let path = model.onnx {
      try writeModel(to: path, console)
    } else if foreign.tensors == nil {
      try writeLayers(console)
    } else {
      try writeForeign(console)
    }
    return 0
  }

  private func writeLayers(_ console: Console) throws {
    let words = output.words(on: console)
    let (model, images) = try choice.load(words)
    var options = EmbeddingExport.Options()
    options.layers = layer.layers
    options.choice.points = try embedding.count ?? EmbeddingExport.pointCounts.upperBound
    options.choice.seed = embedding.seed ?? 0
    options.choice.dataFormat = layer.dataFormat ?? .channelsLast
    options.choice.style = embedding.spriteStyle ?? .ink
    options.format = embedding.tensorFormat
    options.layouts = embedding.layouts ?? []
    options.picture = layer.picture
    options.turns = layer.turn
    options.isMeasured = layer.measures
    options.threads = choice.threads.count
    options.name = foreign.name
    options.logdir = foreign.logdir(beside: model.runDirectory)
    let display = TaskDisplay(words)
    defer { display.clear() }
    let summary = try EmbeddingExport.write(
      model, images, options, into: model.runDirectory
    ) { display.show($0, $1) }
    display.clear()
    for note in images.evaluation.notes { words.paragraph("  note         \(note)", indent: 15) }
    for layer in summary.layers {
      words.paragraph(
        "  embedding    \(layer.name): \(Quantity.counted(layer.points, "\(choice.imageSplit.rawValue) image")), "
          + "\(Quantity.counted(layer.dimensions, "number")) each, step \(Quantity.grouped(model.step))", indent: 15)
      if let quality = layer.quality {
        words.paragraph("  code         " + ConfusionText.summary(quality), indent: 15)
        let units = layer.name == LayerEmbedding.bottleneckName ? "code unit" : "unit"
        if let note = DeadUnitText.note(quality, units) { words.paragraph("  note         \(note)", indent: 15) }
      } else if self.layer.measures {
        words.line(
          "  code         \(layer.points) images are too few to measure; "
            + "at least \(LatentQuality.leastImages) are needed")
      }
    }
    show(summary.files + summary.pictures, words)
    output.show(
      JSONLine(summary, run: model.runDirectory, split: choice.imageSplit, step: model.step), on: console)
    for confusion in summary.layers.compactMap(\.confusion) {
      words.line()
      words.paragraph("  \(ClassConfusion.caption)", indent: 2)
      for line in ConfusionText.lines(of: confusion, style: words.style, in: words.tableRoom) { words.line(line) }
    }
    if !summary.layers.compactMap(\.confusion).isEmpty { words.line() }
    showPage(logdir: foreign.logdir(beside: model.runDirectory), words)
  }

  private func writeForeign(_ console: Console) throws {
    let words = output.words(on: console)
    var wanted = try foreign.embedding()
    wanted.points = try embedding.count
    wanted.seed = embedding.seed ?? 0
    wanted.format = embedding.tensorFormat
    wanted.style = embedding.spriteStyle ?? .ink
    wanted.layouts = embedding.layouts ?? []
    wanted.threads = choice.threads.count
    let display = TaskDisplay(words)
    defer { display.clear() }
    let summary = try wanted.write(logdir: foreign.logdir ?? "", name: foreign.runName) {
      display.show($0, $1)
    }
    display.clear()
    let total = summary.points < summary.available ? " of \(Quantity.grouped(summary.available))" : ""
    words.paragraph(
      "  embedding    \(Quantity.grouped(summary.points))\(total) points, \(Quantity.counted(summary.dimensions, "number")) "
        + "each, \(summary.format == .tsv ? "as text" : "binary")", indent: 15)
    for (name, dimensions) in summary.others {
      words.paragraph(
        "  embedding    \(DisplayName.quoted(name)): the same points, \(Quantity.counted(dimensions, "number")) each",
        indent: 15)
    }
    if let column = summary.classColumn {
      words.line(
        "  classes      \(Quantity.grouped(summary.classes)), by the column \(DisplayName.quoted(column))")
    }
    if let (width, height) = summary.thumbnail { words.line("  thumbnails   \(width)×\(height) pixels") }
    for note in summary.notes { words.paragraph("  note         \(note)", indent: 15) }
    if summary.dropped > 0 {
      words.line(
        "  skipped      \(Quantity.counted(summary.dropped, "point")) that "
          + "\(summary.dropped == 1 ? "is" : "are") not finite")
    }
    if summary.shortened > 0 {
      words.line("  shortened    \(Quantity.counted(summary.shortened, "cell")) of more than 1,000 characters")
    }
    if summary.losesDigits {
      words.line(
        "  note         the points are so far from zero that float32 loses digits of them; layouts and bookmarks keep them"
      )
    }
    if summary.points > EmbeddingExport.pointCounts.upperBound {
      words.line("  note         TensorBoard's page shows the first 100,000 points, which are a random sample")
    }
    show(summary.files, words)
    output.show(JSONLine(summary, name: foreign.runName), on: console)
    showPage(logdir: foreign.logdir ?? "", words)
  }

  private func show(_ files: [String], _ words: TextStream) {
    for file in files { words.line("  written      \(ShellWord.quoted(file))") }
  }

  private func showPage(logdir: String, _ words: TextStream) {
    words.line("  look at it   \(TensorBoardCommand.line(logdir: logdir))")
    words.line("               \(TensorBoardCommand.address(of: .projector))")
  }

  private func writeModel(to path: String, _ console: Console) throws {
    let words = output.words(on: console)
    let trained = try choice.loadModel()
    let part = model.part ?? .encoder
    try ONNXExport.write(trained, part: part, to: path)
    let shape = trained.imageShape
    let image = Quantity.shape([shape.height, shape.width, shape.channels])
    let code = "\(Quantity.counted(trained.autoencoder.bottleneckCount, "number"))"
    let (taken, given) = (part == .decoder ? code : image, part == .encoder ? code : image)
    words.line("  model        \(part.rawValue), \(taken) to \(given), step \(Quantity.grouped(trained.step))")
    show([path], words)
    var line = JSONLine()
    line.add("run", trained.runDirectory)
    line.add("part", part.rawValue)
    line.add("step", trained.step)
    line.add("files", [path])
    output.show(line, on: console)
  }
}

extension JSONLine {
  /// Describes exported layers of a run.
  init(_ summary: EmbeddingExport.Summary, run: String, split: Split, step: Int) {
    self.init()
    add("run", run)
    add("split", split.rawValue)
    add("step", step)
    add(
      "embeddings",
      summary.layers.map { layer in
        var line = JSONLine(name: layer.name, points: layer.points, dimensions: layer.dimensions)
        line.add("distinct_codes", layer.quality?.distinct)
        line.add("dead_units", layer.quality?.dead.count)
        line.add("tied_codes", layer.quality?.tied)
        line.add("neighbour_accuracy", layer.quality?.votes?.accuracy)
        line.add("trustworthiness", layer.quality?.trustworthiness)
        line.add("silhouette", layer.quality?.silhouette)
        return line
      })
    add("files", summary.files + summary.pictures)
  }

  /// Describes an embedding of another program's points.
  init(_ summary: ForeignEmbedding.Summary, name: String) {
    self.init()
    add("run", summary.runPath)
    let others = summary.others.map { JSONLine(name: $0.name, points: summary.points, dimensions: $0.dimensions) }
    add("embeddings", [JSONLine(name: name, points: summary.points, dimensions: summary.dimensions)] + others)
    add("available", summary.available)
    add("not_finite", summary.dropped)
    add("cells_shortened", summary.shortened)
    add("loses_digits", summary.losesDigits)
    add("class_column", summary.classColumn)
    add("classes", summary.classes)
    add("notes", summary.notes)
    add("files", summary.files)
  }

  private init(name: String, points: Int, dimensions: Int) {
    self.init()
    add("name", name)
    add("points", points)
    add("dimensions", dimensions)
  }
}
