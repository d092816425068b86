// EmbeddingOptions.swift
// How many points are shown, and how.

public import ArgumentParser
package import ProjectorExport
public import ProjectorFiles

import ByteStreams

extension TensorFormat: ExpressibleByArgument {}
extension SpriteSheet.Style: ExpressibleByArgument {}
extension DataFormat: ExpressibleByArgument {}

/// What an embedding is like, wherever its points come from.
package struct EmbeddingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The most points, evenly of all classes, in random order; or all. (default: \(EmbeddingExport.defaultPoints))",
      valueName: "count"))
  package var points: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Chooses and orders the points. (default: 0)", valueName: "natural"))
  package var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "How the numbers are written. (default: tsv up to 2,000,000 numbers, else binary)", valueName: "tensor-format"))
  package var tensorFormat: TensorFormat?

  @Option(
    help: ArgumentHelp(
      "Gray thumbnails as ink, which takes the color of the class, or as photos. (default: ink)", valueName: "style"))
  package var spriteStyle: SpriteSheet.Style?

  @Option(
    help: ArgumentHelp(
      "Other views of the points, separated by commas, each an embedding of its own: pca (three principal components), "
        + "tsne (t-SNE in the plane), unit (points of length 1, for the page's own neighbors). (default: none)",
      valueName: "layouts"),
    transform: EmbeddingOptions.layouts)
  package var layouts: [EmbeddingLayout]?

  package init() {}

  package func validate() throws { _ = try count }

  /// Nil for all points.
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
      guard let layout = EmbeddingLayout(rawValue: name) else {
        let known = EmbeddingLayout.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--layouts: got \(DisplayName.quoted(name)), want some of \(known), separated by commas")
      }
      return layout
    }
    return EmbeddingLayout.allCases.filter(layouts.contains)
  }
}
