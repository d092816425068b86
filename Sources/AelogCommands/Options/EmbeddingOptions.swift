// EmbeddingOptions.swift
// Command-line options for an embedding: layers, points, layouts and file format.

public import ArgumentParser
import ByteStreams
package import ProjectorExport
public import ProjectorFiles

extension TensorFormat: ExpressibleByArgument {}
extension SpriteSheet.Style: ExpressibleByArgument {}
extension DataFormat: ExpressibleByArgument {}

/// Number of points, format and layouts of an embedding, whatever its source.
package struct EmbeddingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Maximum number of points, drawn evenly from all classes in random order; or all. "
        + "(default: \(EmbeddingExport.defaultPoints))",
      valueName: "n"))
  package var points: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed for the choice and order of the points. (default: 0)", valueName: "n"))
  package var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "File format of the tensor. (default: tsv up to 2,000,000 numbers, else binary)", valueName: "format"))
  package var tensorFormat: TensorFormat?

  @Option(
    help: ArgumentHelp(
      "Style of thumbnails: ink (gray pictures take the color of the class, colored ones have a frame of it) or photo "
        + "(pictures as they are). (default: ink)", valueName: "style")
  )
  package var spriteStyle: SpriteSheet.Style?

  @Option(
    help: ArgumentHelp(
      "Additional embeddings of the points, separated by commas: "
        + EmbeddingLayout.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ") + ". (default: none)",
      valueName: "layouts"),
    transform: EmbeddingOptions.layouts)
  package var layouts: [EmbeddingLayout]?

  package init() {}

  package func validate() throws { _ = try count }

  /// The maximum number of points; nil for all.
  package var count: Int? {
    get throws {
      guard let points else { return EmbeddingExport.defaultPoints }
      if points == "all" { return nil }
      guard let count = Int(points), count >= 2 else {
        throw ValidationError("--points: got \(DisplayName.quoted(points)), want 2 or more, or all")
      }
      return count
    }
  }

  /// The first option that was given, for a message.
  package var given: String? {
    let options = [
      ("points", points != nil), ("seed", seed != nil), ("tensor-format", tensorFormat != nil),
      ("sprite-style", spriteStyle != nil), ("layouts", layouts != nil),
    ]
    return options.first(where: \.1)?.0
  }

  static func layouts(_ text: String) throws -> [EmbeddingLayout] {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let layouts = try names.map { name in
      guard let layout = EmbeddingLayout.named(name) else {
        let known = EmbeddingLayout.all.map(\.name).joined(separator: ", ")
        throw ValidationError("--layouts: got \(DisplayName.quoted(name)), want some of \(known), separated by commas")
      }
      return layout
    }
    return EmbeddingLayout.all.filter(layouts.contains)
  }
}

/// The layers of a run's model to export, and how.
package struct LayerOptions: ParsableArguments {
  @Option(
    name: .customLong("layer"),
    help: ArgumentHelp(
      "Name of a layer, as in decoder/block0; can be repeated. (default: bottleneck)", valueName: "name")
  )
  package var layers: [String] = []

  @Option(
    help: ArgumentHelp(
      "Order of a layer's numbers in the columns: NHWC (channels vary fastest) or NCHW. (default: NHWC)",
      valueName: "order"))
  package var dataFormat: DataFormat?

  @Option(
    help: ArgumentHelp(
      "Layout of the run's embedding.png: \(LayerOptions.drawn). (default: the first of --layouts that is t-SNE or UMAP, "
        + "else pca)",
      valueName: "layout"),
    transform: LayerOptions.picture)
  package var picture: EmbeddingLayout?

  @Flag(
    help: ArgumentHelp(
      "Also write embedding.apng, which turns a layout of three dimensions once around: \(LayerOptions.turning)."))
  package var turn = false

  @Flag(help: "Measure the embedding: neighbors of the same class, trustworthiness, silhouette.")
  package var measures = false

  package init() {}

  /// The first option that was given, for a message.
  package var given: String? {
    [
      ("layer", !layers.isEmpty), ("data-format", dataFormat != nil), ("picture", picture != nil),
      ("turn", turn), ("measures", measures),
    ].first(where: \.1)?.0
  }

  package func validate() throws {
    guard turn, let picture, !picture.canTurn else { return }
    throw ValidationError(
      "--turn: \(picture.name) has no third dimension to turn; give --picture \(Self.turning), or remove --turn")
  }

  static func picture(_ text: String) throws -> EmbeddingLayout {
    guard let layout = EmbeddingLayout.named(text), layout.isDrawn else {
      throw ValidationError("--picture: got \(DisplayName.quoted(text)), want \(drawn)")
    }
    return layout
  }

  /// The names of the layouts that can be drawn.
  static var drawn: String { alternatives(EmbeddingLayout.all.filter(\.isDrawn)) }
  /// The names of the layouts that can be turned.
  static var turning: String { alternatives(EmbeddingLayout.all.filter(\.canTurn)) }

  /// Returns names as in "pca, tsne or umap".
  private static func alternatives(_ layouts: [EmbeddingLayout]) -> String {
    let names = layouts.map(\.name)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }
}
