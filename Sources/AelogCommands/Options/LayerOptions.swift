// LayerOptions.swift
// Which layers of a model are shown, and in which order their numbers come.

package import ArgumentParser
package import Experiments

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

  @Flag(help: "Measure the embedding: neighbours of the same class, trust, silhouette.")
  package var measures = false

  package init() {}

  /// The first option that was given, for a message.
  package var given: String? {
    [("layer", !layers.isEmpty), ("data-format", dataFormat != nil), ("measures", measures)].first(where: \.1)?.0
  }
}
