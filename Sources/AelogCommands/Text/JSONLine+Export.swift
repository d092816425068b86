// JSONLine+Export.swift
// What aelog export has written, for programs.

import Datasets
import Embeddings
import ProjectorExport

extension JSONLine {
  /// Layers of a run.
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
        line.add("tied_codes", layer.quality?.tied)
        line.add("neighbour_accuracy", layer.quality?.votes?.accuracy)
        line.add("trustworthiness", layer.quality?.trustworthiness)
        line.add("silhouette", layer.quality?.silhouette)
        return line
      })
    add("files", summary.files + [summary.picture].compactMap(\.self))
  }

  /// Anybody's points.
  init(_ summary: ForeignEmbedding.Summary, name: String) {
    self.init()
    add("run", summary.runPath)
    add("embeddings", [JSONLine(name: name, points: summary.points, dimensions: summary.dimensions)])
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
