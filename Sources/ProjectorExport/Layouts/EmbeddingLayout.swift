// EmbeddingLayout.swift
// The list of layouts that are computed from an embedding and written beside it, each an embedding in the projector's menu.

import Embeddings
import Parallel
import PointMatrices

/// A layout of points. Each is described in a file of this folder; option values, files, menu entries, bookmarks and pictures
/// derive from the description.
package struct EmbeddingLayout: Sendable {
  /// All layouts, in the order of the projector's menu.
  package static let all = [pca, tsne, tsne3, umap, umap3, unit]

  /// The name in options, file names and the projector's menu.
  package let name: String
  /// The name in messages, bookmarks and the headings of pictures.
  package let title: String
  /// A few words for the help.
  package let summary: String
  /// Number of dimensions of the layout; nil if it has those of the points.
  package let dimensions: Int?
  /// Whether the dimensions are principal components: they fall in importance, and the page shows them for the points themselves.
  var areComponents = false
  /// Computes the layout of two points or more, and reports the fraction that is done.
  let points: @Sendable (LayoutSource, WorkerPool, (Double) -> Void) -> PointMatrix

  /// Number of axes of the space that the page shows.
  static let axes = 3

  /// Returns the layout of a name.
  package static func named(_ name: String) -> EmbeddingLayout? { all.first { $0.name == name } }

  /// Whether the layout can be drawn as a picture.
  package var isDrawn: Bool { dimensions != nil }
  /// Whether the layout can be drawn from all sides.
  package var canTurn: Bool { dimensions == Self.axes }
  /// Whether the picture is a view of space. Components are drawn in their plane.
  var isDrawnInSpace: Bool { canTurn && !areComponents }
  /// Whether the layout is a bookmark of the points themselves.
  var isBookmarkOfPoints: Bool { dimensions != nil && !areComponents }

  /// Returns the layout of an embedding's picture by default: the first wanted one that has no other place on the page, else the
  /// principal components.
  static func pictured(of wanted: [EmbeddingLayout], turns: Bool) -> EmbeddingLayout {
    all.first { layout in wanted.contains(layout) && layout.isBookmarkOfPoints && (layout.canTurn || !turns) } ?? pca
  }
}

extension EmbeddingLayout: Equatable {
  package static func == (one: EmbeddingLayout, other: EmbeddingLayout) -> Bool { one.name == other.name }
}

/// The points of a layout, and what is known of them.
package struct LayoutSource: Sendable {
  let points: PointMatrix
  /// The points minus their mean, if they are more precise there.
  var centered: PointMatrix?
  /// Some principal components, if they have been computed.
  var components: PointMatrix?
  /// The seed of random draws.
  var seed: UInt64 = 0

  /// The points, as precise as they are known.
  var precise: PointMatrix { centered ?? points }
}
