// ForeignEmbedding.swift
// Anybody's embedding, with its labels and pictures, as a run of the projector.

package import ArrayFiles
import ByteStreams
import Embeddings
import Parallel
package import ProjectorFiles
import Tensors

/// What is exported, and how.
package struct ForeignEmbedding: Sendable {
  package var tensors: TensorSource
  /// The user's answers about a text file of points.
  package var tensorOptions = TextNumbers.Options()
  /// TSV, CSV or .npy.
  package var metadata: String?
  /// The user's answers about the metadata. `wanted` is the class column; found by its name or its few different cells, if nil.
  package var metadataOptions = LabelTable.Options()
  /// IDX, .npy, a directory of PNG files, or a sprite.
  package var images: String?
  /// The width and height of one picture of a sprite; found by counting, if nil.
  package var tile: (width: Int, height: Int)?
  /// The order of a directory's pictures; nil if their names have only one.
  package var imageOrder: ImageOrder?
  /// The column of the metadata that names a directory's pictures; found by its cells, if nil.
  package var imageColumn: String?
  /// All, if nil.
  package var points: Int? = EmbeddingExport.defaultPoints
  package var seed: UInt64 = 0
  /// Whether points that are not finite are left out; they are refused otherwise.
  package var dropsNonFinite = false
  /// By the number of numbers, if nil.
  package var format: TensorFormat?
  package var style = SpriteSheet.Style.ink
  package var layouts: [EmbeddingLayout] = []
  package var threads = 1

  package init(_ tensors: TensorSource) { self.tensors = tensors }

  /// What was written.
  package struct Summary: Sendable {
    package let points: Int
    /// Points of the file.
    package let available: Int
    package let dimensions: Int
    /// Points that were left out because they are not finite.
    package let dropped: Int
    /// Cells that were cut because they were very long.
    package let shortened: Int
    /// Whether float32 numbers, which the projector takes, have lost digits of the points to an offset; their views have not.
    package let losesDigits: Bool
    package let format: TensorFormat
    package let classColumn: String?
    package let classes: Int
    /// Thumbnails' width and height, and those of the pictures.
    package let thumbnail: (width: Int, height: Int)?
    /// Describes what was recognized, one line per file: "points.csv: header line".
    package let notes: [String]
    /// The run's directory.
    package let runPath: String
    /// The files, the configuration last.
    package let files: [String]
  }

  /// The most numbers that are laid out.
  package static let layoutLimit = 1 << 27

  /// Writes the embedding into `LOGDIR/NAME`, in place of an earlier one. Nothing is made before everything was read.
  /// - Parameter progress: what is being done, and the share that is done of it.
  /// - Throws: `ArrayFileError`, `SafetensorsError`, `FileError`, `ProjectorError`; `ExperimentError`, `.embeddingInTheWay` among
  ///   them where another program's embedding would be overwritten.
  package func write(
    logdir: String, name: String, progress: (String, Double) -> Void = { _, _ in }
  ) throws -> Summary {
    let run = try ExportedRun(logdir: logdir, name: name)
    try run.check()
    let source = try ForeignPoints(tensors, tensorOptions)
    let labels = try PointLabels(metadata, of: source, metadataOptions)
    let (pictures, finite) = try sideBySide(threads: threads) {
      try openImages(of: source, labels)
    } _: {
      try source.finiteRows(dropping: dropsNonFinite)
    }
    let numbers = sample(of: finite, rows: source.rows, labels.classes)
    if !layouts.isEmpty { try checkLayouts(points: numbers.count, source) }
    let pool = WorkerPool(threads: threads)
    let format = format ?? TensorFormat.suiting(numbers: numbers.count * max(3, source.columns))
    let isSmall = numbers.count <= PointSample.shownPoints && numbers.count * source.columns <= 1 << 25
    let (drawn, inMemory) = try sideBySide(threads: threads) { () throws -> (sheet: SpriteSheet, note: String?)? in
      try pictures.map { try sheet($0, numbers) }
    } _: { () throws -> PointMatrix? in
      isSmall || !layouts.isEmpty ? try source.pointSet(numbers, threads: threads) : nil
    }
    var set = EmbeddingSet(
      name: name, points: try inMemory?.table ?? ChosenRows(source: source, numbers: numbers), inMemory: inMemory,
      metadata: try labels.table(numbers), sprite: drawn?.sheet, classColumn: labels.classColumn, format: format)
    set.centered = try inMemory.flatMap { try source.centered($0, numbers, threads: threads) }
    set.arrange(layouts, pool: pool, progress: progress)
    let files = try run.write([set], threads: threads)
    return Summary(
      points: numbers.count, available: source.rows, dimensions: source.columns,
      dropped: finite.map { source.rows - $0.count } ?? 0, shortened: labels.shortened,
      losesDigits: set.centered != nil, format: format, classColumn: labels.classColumn,
      classes: Set(labels.classes ?? []).count, thumbnail: drawn.map { ($0.sheet.tileWidth, $0.sheet.tileHeight) },
      notes: notes(source, labels) + [pictures?.note, drawn?.note].compactMap(\.self), runPath: run.path, files: files)
  }

  /// Describes what was recognized in the text files, one line each.
  private func notes(_ source: ForeignPoints, _ labels: PointLabels) -> [String] {
    [(source.path, source.notes), (metadata ?? "", labels.notes)].filter { !$1.isEmpty }.map { path, notes in
      "\(DisplayName.escaped(path)): \(notes.joined(separator: ", "))"
    }
  }

  /// Rows of the file in the order in which they are shown.
  private func sample(of finite: [Int]?, rows: Int, _ classes: [Int]?) -> [Int] {
    guard let finite else {
      return PointSample(of: rows, classes: classes, points: points ?? rows, seed: seed).numbers
    }
    let ofFinite = classes.map { classes in finite.map { classes[$0] } }
    return PointSample(of: finite.count, classes: ofFinite, points: points ?? rows, seed: seed).numbers.map {
      finite[$0]
    }
  }

  private func checkLayouts(points: Int, _ source: ForeignPoints) throws {
    guard points <= PointSample.shownPoints, points * source.columns <= Self.layoutLimit else {
      throw ExperimentError.noPoints(
        path: source.path,
        reason: "\(points) points of \(source.columns) dimensions are too many for --layouts; take fewer with --points")
    }
  }

  private func openImages(of source: ForeignPoints, _ labels: PointLabels) throws -> (any ThumbnailSource)? {
    guard let images else { return nil }
    let pictures = try ThumbnailFiles.open(
      images,
      ThumbnailRequest(
        points: source.rows, tile: tile, order: imageOrder, column: imageColumn, columns: labels.columns,
        metadata: metadata ?? "", threads: threads))
    guard pictures.count == source.rows else {
      throw ArrayFileError.rowCount(path: pictures.path, got: pictures.count, want: source.rows, of: source.path)
    }
    return pictures
  }

  private func sheet(
    _ pictures: any ThumbnailSource, _ numbers: [Int]
  ) throws -> (sheet: SpriteSheet, note: String?) {
    let opened = try pictures.opened(numbers)
    let sheet = try SpriteSheet(
      count: numbers.count, height: opened.height, width: opened.width, channels: opened.channels, style: style,
      threads: threads, thumbnail: opened.picture)
    return (sheet, opened.note)
  }
}
