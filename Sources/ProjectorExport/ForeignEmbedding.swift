// ForeignEmbedding.swift
// An embedding that another program has written, with labels and pictures, as a run for TensorBoard's projector.

package import ArrayFiles
import ByteStreams
import Embeddings
import Parallel
import PointMatrices
package import ProjectorFiles
import Runs
import Tensors

/// The files to export, and the options.
package struct ForeignEmbedding: Sendable {
  package var tensors: TensorSource
  /// Further embeddings of the same points, each with its name: entries of the same configuration, with the same metadata.
  package var others: [(name: String, tensors: TensorSource)] = []
  /// The name in the projector's menu, where there are others; the run's, if nil.
  package var entryName: String?
  /// The user's answers about text files of points.
  package var tensorOptions = PointTable.Options()
  /// TSV, CSV, JSON lines, .npy, .npz or IDX.
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
  /// Number of points; all, if nil.
  package var points: Int? = EmbeddingExport.defaultPoints
  package var seed: UInt64 = 0
  /// Whether points that are not finite are skipped; otherwise they are refused.
  package var dropsNonFinite = false
  /// The format of the tensor file; depends on its size, if nil.
  package var format: TensorFormat?
  package var style = SpriteSheet.Style.ink
  package var layouts: [EmbeddingLayout] = []
  package var threads = 1

  package init(_ tensors: TensorSource) { self.tensors = tensors }

  /// A description of what was written.
  package struct Summary: Sendable {
    package let points: Int
    /// Number of points in the file.
    package let available: Int
    package let dimensions: Int
    /// The names and dimensions of further embeddings of the same points.
    package let others: [(name: String, dimensions: Int)]
    /// Number of points that were skipped because they are not finite.
    package let dropped: Int
    /// Number of cells that were cut because they were very long.
    package let shortened: Int
    /// Whether an offset cost the float32 numbers in the projector digits; layouts are computed from all digits.
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

  /// The largest count of numbers for which layouts are computed.
  package static let layoutLimit = 1 << 27

  /// Writes the embedding into `LOGDIR/NAME`, in place of an earlier one. Everything is read before anything is written.
  /// - Parameter progress: the current step, and the fraction of it that is done.
  /// - Throws: `ArrayFileError`, `SafetensorsError`, `FileError`, `ProjectorError`; `ExportError`, `.embeddingInTheWay` among
  ///   them where another program's embedding would be overwritten.
  package func write(
    logdir: String, name: String, progress: (String, Double) -> Void = { _, _ in }
  ) throws -> Summary {
    let run = try ExportedRun(logdir: logdir, name: name)
    try run.check()
    let source = try tensors.open(tensorOptions)
    let further = try others.map { (name: $0.name, source: try $0.tensors.open(tensorOptions)) }
    let sources = [source] + further.map(\.source)
    for other in sources {
      try other.checkShape()
      if other.points != source.points {
        throw ArrayFileError.rowCount(path: other.path, got: other.points, want: source.points, of: source.path)
      }
    }
    let labels = try PointLabels(metadata, of: sources, metadataOptions)
    let (pictures, finite) = try sideBySide(threads: threads) {
      try openImages(of: source, labels)
    } _: {
      try finiteRows(of: sources)
    }
    let numbers = sample(of: finite, rows: source.points, labels.classes)
    if !layouts.isEmpty { for other in sources { try checkLayouts(points: numbers.count, other) } }
    let (drawn, first) = try sideBySide(threads: threads) { () throws -> DrawnPictures? in
      try pictures.map { try draw($0, numbers, labels.classes) }
    } _: { () throws -> (points: PointMatrix?, centered: PointMatrix?) in
      try inMemory(source, numbers)
    }
    let shown = Shown(
      metadata: try labels.table(numbers), sprite: drawn?.sheet, classColumn: labels.classColumn,
      isFramed: drawn?.isFramed ?? false)
    let pool = WorkerPool(threads: threads)
    let entry = others.isEmpty ? name : entryName ?? name
    var sets = [try set(entry, source, numbers, first, shown, pool: pool, progress: progress)]
    for other in further {
      var set = try set(
        other.name, other.source, numbers, inMemory(other.source, numbers), shown, pool: pool, progress: progress)
      set.tensorFolder = "\(RunDirectory.embeddingName)/\(other.name)"
      sets.append(set)
    }
    let files = try run.write(sets, threads: threads)
    return Summary(
      points: numbers.count, available: source.points, dimensions: source.dimensions,
      others: further.map { ($0.name, $0.source.dimensions) },
      dropped: finite.map { source.points - $0.count } ?? 0, shortened: labels.shortened,
      losesDigits: sets.contains { $0.centered != nil }, format: sets[0].format, classColumn: labels.classColumn,
      classes: Set(labels.classes ?? []).count, thumbnail: drawn.map { ($0.sheet.tileWidth, $0.sheet.tileHeight) },
      notes: notes(sources, labels) + [pictures?.note, drawn?.note].compactMap(\.self), runPath: run.path, files: files)
  }

  /// The metadata and thumbnails that all entries of the configuration share.
  private struct Shown {
    let metadata: MetadataTable
    let sprite: SpriteSheet?
    let classColumn: String?
    let isFramed: Bool
  }

  /// Returns one entry of the configuration with its layouts.
  private func set(
    _ name: String, _ source: any PointReader, _ numbers: [Int], _ read: (points: PointMatrix?, centered: PointMatrix?),
    _ shown: Shown, pool: WorkerPool, progress: (String, Double) -> Void
  ) throws -> EmbeddingSet {
    let format = format ?? TensorFormat.suiting(numbers: numbers.count * max(EmbeddingLayout.axes, source.dimensions))
    var set = EmbeddingSet(
      name: name, points: try read.points?.table ?? ChosenPoints(numbers, of: source, dimensions: EmbeddingLayout.axes),
      inMemory: read.points, metadata: shown.metadata, sprite: shown.sprite, classColumn: shown.classColumn,
      isFramed: shown.isFramed, format: format)
    set.centered = read.centered
    set.arrange(layouts, seed: seed, pool: pool, progress: progress)
    return set
  }

  /// Reads the points into memory if layouts or bookmarks are made of them, and again around their mean if float32 lost digits.
  private func inMemory(
    _ source: any PointReader, _ numbers: [Int]
  ) throws -> (points: PointMatrix?, centered: PointMatrix?) {
    let isSmall = numbers.count <= PointSample.shownPoints && numbers.count * source.dimensions <= 1 << 25
    guard isSmall || !layouts.isEmpty else { return (nil, nil) }
    let points = try source.matrix(of: numbers, around: nil, threads: threads)
    return (points, try source.centered(points, numbers, threads: threads))
  }

  /// Returns the rows that can be shown in every embedding, or nil for all of them.
  private func finiteRows(of sources: [any PointReader]) throws -> [Int]? {
    var kept: Set<Int>?
    for source in sources {
      guard let rows = try source.finiteRows(dropping: dropsNonFinite) else { continue }
      kept = kept?.intersection(rows) ?? Set(rows)
    }
    guard let kept else { return nil }
    if kept.count < 2 {
      throw ExportError.noPoints(
        path: sources[0].path, reason: "\(kept.count) points are finite in all files; two are needed")
    }
    return kept.sorted()
  }

  /// Describes what was recognized in the text files, one line each.
  private func notes(_ sources: [any PointReader], _ labels: PointLabels) -> [String] {
    (sources.map { ($0.path, $0.notes) } + [(metadata ?? "", labels.notes)]).filter { !$1.isEmpty }.map { path, notes in
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

  private func checkLayouts(points: Int, _ source: any PointReader) throws {
    guard points <= PointSample.shownPoints, points * source.dimensions <= Self.layoutLimit else {
      throw ExportError.noPoints(
        path: source.path,
        reason:
          "\(points) points of \(source.dimensions) dimensions are too many for --layouts; take fewer with --points")
    }
  }

  private func openImages(of source: any PointReader, _ labels: PointLabels) throws -> (any ThumbnailSource)? {
    guard let images else { return nil }
    let pictures = try ThumbnailFiles.open(
      images,
      ThumbnailRequest(
        points: source.points, tile: tile, order: imageOrder, column: imageColumn, columns: labels.columns,
        metadata: metadata ?? "", threads: threads))
    guard pictures.count == source.points else {
      throw ArrayFileError.rowCount(path: pictures.path, got: pictures.count, want: source.points, of: source.path)
    }
    return pictures
  }

  private typealias DrawnPictures = (sheet: SpriteSheet, isFramed: Bool, note: String?)

  /// Draws the pictures of some rows.
  /// - Parameter classes: a class for each row of the file.
  private func draw(_ pictures: any ThumbnailSource, _ numbers: [Int], _ classes: [Int]?) throws -> DrawnPictures {
    let opened = try pictures.opened(numbers)
    let frame = ClassFrame(of: opened, style: style, classes: classes.map { classes in numbers.map { classes[$0] } })
    let sheet = try opened.sprite(numbers.count, style: style, frame: frame, threads: threads)
    return (sheet, frame != nil, opened.note)
  }
}

/// Numbers that are checked together.
private let blockNumbers = 1 << 20

extension PointReader {
  /// Refuses a file of fewer than two points, or of no dimension.
  fileprivate func checkShape() throws {
    guard points >= 2, dimensions >= 1 else {
      throw ExportError.noPoints(
        path: path,
        reason:
          "\(DisplayName.counted(points, "point")) of \(DisplayName.counted(dimensions, "dimension")) can't be shown; give "
          + "two points or more")
    }
  }

  /// Reads all numbers once, to find the rows that can be shown.
  /// - Parameter drops: whether rows with numbers that are not finite are skipped.
  /// - Returns: the rows that can be shown, or nil for all of them.
  /// - Throws: `ExportError.notFinite`, unless such rows are skipped; `.noPoints` if too few rows remain or all are equal.
  fileprivate func finiteRows(dropping drops: Bool) throws -> [Int]? {
    var kept: [Int] = []
    var hasDropped = false
    var first: [Float] = []
    var areEqual = true
    let block = max(1, blockNumbers / dimensions)
    var numbers = [Float](repeating: 0, count: min(block, points) * dimensions)
    for start in stride(from: 0, to: points, by: block) {
      let range = start..<min(start + block, points)
      try numbers.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        try read(range, into: UnsafeMutableBufferPointer(rebasing: buffer[..<(range.count * dimensions)]))
        for row in range {
          let values = UnsafeBufferPointer(start: base + (row - start) * dimensions, count: dimensions)
          if let column = values.firstIndex(where: { !$0.isFinite }) {
            guard drops else { throw notFinite("\(values[column])", row: row, column: column) }
            if !hasDropped { kept = Array(0..<row) }
            hasDropped = true
            continue
          }
          if hasDropped { kept.append(row) }
          if first.isEmpty { first = Array(values) } else if areEqual { areEqual = values.elementsEqual(first) }
        }
      }
    }
    let count = hasDropped ? kept.count : points
    if count < 2 {
      let advice = firstOdd == nil ? "" : ", or select other dimensions with --columns"
      throw ExportError.noPoints(
        path: path,
        reason:
          "\(count) of \(DisplayName.counted(points, "point")) \(count == 1 ? "is" : "are") finite; two are needed\(advice)"
      )
    }
    if areEqual {
      throw ExportError.noPoints(
        path: path, reason: "all \(count) points are equal, which shows nothing and hangs the page; give others")
    }
    return hasDropped ? kept : nil
  }

  /// Returns the error for the first number that is not finite. In a text file it is shown as written.
  private func notFinite(_ value: String, row: Int, column: Int) -> ExportError {
    guard let odd = firstOdd else { return .notFinite(path: path, value: value, row: row, column: column) }
    return .missingNumber(path: path, text: odd.text, line: odd.line, column: odd.column)
  }

  /// Returns the same rows around their mean, if an offset cost their float32 numbers digits that the file has; else nil.
  /// - Parameter points: the rows as float32.
  fileprivate func centered(_ points: PointMatrix, _ rows: [Int], threads: Int) throws -> PointMatrix? {
    let mean = points.mean
    guard hasMoreDigits, points.losesDigits(around: mean) else { return nil }
    return try matrix(of: rows, around: mean, threads: threads)
  }
}
