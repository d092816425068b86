// LayerOptions.swift
// Which layers of a model are shown, and in which order their numbers come.

package import ArgumentParser
package import ProjectorExport

import ByteStreams

/// Layers of a run's model.
package struct LayerOptions: ParsableArguments {
  @Option(
    name: .customLong("layer"),
    help: ArgumentHelp(
      "A layer by its name, as in decoder/block0; may be given several times. (default: bottleneck)", valueName: "name")
  )
  package var layers: [String] = []

  @Option(
    help: ArgumentHelp(
      "The order in which a layer's numbers become columns: NHWC (channels run fastest) or NCHW. (default: NHWC)",
      valueName: "order"))
  package var dataFormat: DataFormat?

  @Option(
    help: ArgumentHelp(
      "What the run's embedding.png shows: pca or tsne. (default: tsne where --layouts has it, else pca)",
      valueName: "layout"),
    transform: LayerOptions.picture)
  package var picture: EmbeddingLayout?

  @Flag(help: "Measure the embedding: neighbors of the same class, trust, silhouette.")
  package var measures = false

  package init() {}

  /// The first option that was given, for a message.
  package var given: String? {
    [
      ("layer", !layers.isEmpty), ("data-format", dataFormat != nil), ("picture", picture != nil),
      ("measures", measures),
    ].first(where: \.1)?.0
  }

  static func picture(_ text: String) throws -> EmbeddingLayout {
    guard let layout = EmbeddingLayout(rawValue: text), layout.isPlane else {
      throw ValidationError("--picture: got \(DisplayName.quoted(text)), want pca or tsne")
    }
    return layout
  }
}
