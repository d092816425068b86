// EmbeddingSet.swift
// An embedding as the projector shows it: points, metadata, thumbnails, layouts and bookmarks.

import ByteStreams
import Embeddings
package import Parallel
package import PointMatrices
package import ProjectorFiles
import Pictures
import Runs
import Tensors

/// The points of one embedding, and its views: layouts of these points with the same metadata and thumbnails.
package struct EmbeddingSet: Sendable {
  /// The name in the projector's menu.
  let name: String
  /// The folder of its files, in the run's directory.
  var folder = RunDirectory.embeddingName
  /// The folder of its numbers and bookmarks, if its metadata and thumbnails are another embedding's.
  var tensorFolder: String?
  let points: any EmbeddingPoints
  /// The same points in memory; nil if no views are made of them.
  let inMemory: PointMatrix?
  /// The points minus their mean, if they are more precise there; then views are made of these.
  var centered: PointMatrix?
  let metadata: MetadataTable
  let sprite: SpriteSheet?
  /// The column whose classes color and label the points.
  let classColumn: String?
  /// Whether thumbnails show the class as a frame. Then bookmarks leave the points without color, which would change the pictures.
  var isFramed = false
  var format: TensorFormat
  /// Ten principal components of all points. Nil before `arrange`, if the page shows fewer points, and if they would take long.
  package private(set) var components: PointMatrix?
  /// The views, each an embedding of its own in the projector's menu.
  private(set) var views: [View] = []

  /// A layout of the points.
  struct View: Sendable {
    let layout: EmbeddingLayout
    let points: PointMatrix
    /// The principal components of these points; in three dimensions or fewer, the points themselves.
    let components: PointMatrix?
  }

  /// With more dimensions, principal components take long, so they are computed only if views are wanted.
  private static let quickDimensions = 512

  /// Computes the principal components and the wanted layouts.
  /// - Parameters:
  ///   - seed: of random draws.
  ///   - progress: the current work, and the fraction of it that is done.
  package mutating func arrange(
    _ wanted: [EmbeddingLayout] = [], seed: UInt64 = 0, pool: WorkerPool,
    progress: (String, Double) -> Void = { _, _ in }
  ) {
    guard let inMemory else { return }
    if inMemory.dimensions <= Self.quickDimensions || !wanted.isEmpty {
      components = Self.components(centered ?? inMemory, pool: pool)
    }
    let source = LayoutSource(points: inMemory, centered: centered, components: components, seed: seed)
    for layout in wanted {
      let points = layout.points(source, pool) { progress(layout.title, $0) }
      let own = layout.dimensions == nil ? Self.components(points, pool: pool) : points
      views.append(View(layout: layout, points: points, components: own))
    }
  }

  /// Returns a layout of the points, if it has been computed: the principal components, or a wanted layout.
  package func computed(_ layout: EmbeddingLayout) -> PointMatrix? {
    layout.areComponents ? components : views.first { $0.layout == layout }?.points
  }

  /// Returns the entries of the run's configuration: the points, then their views.
  func embeddings(threads: Int) throws -> [ProjectorBundle.Embedding] {
    let folder = tensorFolder ?? self.folder
    var paths = ProjectorBundle.Paths(folder: folder, format: format)
    let shared = ProjectorBundle.Paths(folder: self.folder)
    (paths.metadata, paths.sprite) = (shared.metadata, shared.sprite)
    var all = [embedding(name, points, ownBookmarks, paths, threads: threads)]
    for view in views {
      let table = try view.points.table
      paths.tensor = "\(folder)/\(view.layout.name).\(format.fileExtension)"
      paths.bookmarks = "\(folder)/\(view.layout.name).json"
      let shape = (points: table.points, dimensions: table.dimensions)
      let bookmarks =
        view.components.map {
          [bookmark("\(view.layout.title)\(coloring)", .components, shape, components: $0.values, layout: [])]
        } ?? []
      all.append(embedding("\(name)-\(view.layout.name)", table, bookmarks, paths, threads: threads))
    }
    return all
  }

  private func embedding(
    _ name: String, _ points: any EmbeddingPoints, _ bookmarks: [ProjectorBookmark], _ paths: ProjectorBundle.Paths,
    threads: Int
  ) -> ProjectorBundle.Embedding {
    ProjectorBundle.Embedding(
      name: name, table: points, format: format, metadata: metadata, sprite: sprite,
      bookmarks: bookmarks.isEmpty ? nil : ProjectorBookmark.encoded(bookmarks, threads: threads), paths: paths)
  }

  /// The principal components, and each layout that has no other place on the page, as views of the points themselves.
  private var ownBookmarks: [ProjectorBookmark] {
    guard let components else { return [] }
    let shape = (points: points.points, dimensions: points.dimensions)
    let own = [bookmark("PCA\(coloring)", .components, shape, components: components.values, layout: [])]
    let flat = views.filter(\.layout.isBookmarkOfPoints).map { view in
      bookmark(
        "\(view.layout.title)\(coloring)", .layout, shape, components: components.values, layout: view.points.values)
    }
    return flat + own
  }

  /// For example ", colored by label".
  private var coloring: String { classColumn.map { ", \(isFramed ? "framed" : "colored") by \($0)" } ?? "" }

  private func bookmark(
    _ label: String, _ projection: ProjectorBookmark.Projection, _ shape: (points: Int, dimensions: Int),
    components: [Float], layout: [Float]
  ) -> ProjectorBookmark {
    var bookmark = ProjectorBookmark(
      label: label, projection: projection, shape: shape, components: components, layout: layout,
      color: isFramed ? nil : classColumn,
      labels: classColumn ?? metadata.columns.first?.name)
    let shown = projection == .layout ? layout : components
    let width = shown.count / shape.points
    if width >= EmbeddingLayout.axes {
      let places = PointMatrix(count: shape.points, dimensions: width, values: shown).leading(EmbeddingLayout.axes)
      bookmark.viewpoint = SpaceView.clearest(of: places.inSpace).direction
    }
    return bookmark
  }

  /// Returns as many principal components as the page has menus for; nil if the page shows fewer points.
  private static func components(_ points: PointMatrix, pool: WorkerPool) -> PointMatrix? {
    guard points.count <= PointSample.shownPoints else { return nil }
    return PrincipalComponents(of: points, components: ProjectorBookmark.componentLimit, pool: pool).projected
  }
}

extension EmbeddingSet {
  /// Writes a run's embeddings, and removes the files of earlier ones. Call it while the run is locked.
  /// - Parameters:
  ///   - trajectories: the codes over training, if there are any.
  ///   - comment: the first line of the configuration.
  /// - Returns: the files' paths, the configuration last.
  package static func write(
    _ sets: [EmbeddingSet], trajectories: ProjectorBundle.Embedding? = nil, to runDirectory: String,
    comment: String? = nil, threads: Int
  ) throws -> [String] {
    let embeddings = try sets.flatMap { try $0.embeddings(threads: threads) } + [trajectories].compactMap(\.self)
    let config = try ProjectorBundle(embeddings).write(to: runDirectory, comment: comment, threads: threads)
    var written: [String] = []
    for path in config.files where !written.contains(path) { written.append(path) }
    removeUnnamed(in: runDirectory)
    return (written + [ProjectorConfig.fileName]).map { Directory.join(runDirectory, $0) }
  }

  /// Refuses a run whose folder of embeddings is a symbolic link.
  /// - Throws: `FileError.link`.
  static func checkPlace(in runDirectory: String) throws {
    try Directory.refuseLink(Directory.join(runDirectory, RunDirectory.embeddingName))
  }

  /// Removes the leftovers of killed exports: temporary files, and embeddings that the configuration does not name. Call it while
  /// the run is locked.
  /// - Parameter isOurs: false for a run that another program may have written; then only files are removed whose names no other
  ///   program gives.
  package static func removeLeftovers(in runDirectory: String, isOurs: Bool = true) {
    for directory in folders(in: runDirectory) { AtomicFile.removeLeftovers(in: directory) }
    removeUnnamed(in: runDirectory, isOurs: isOurs)
  }

  /// Whether a run that another program may have written has leftovers of killed exports.
  package static func hasLeftovers(in runDirectory: String) -> Bool {
    folders(in: runDirectory).contains { !AtomicFile.leftovers(in: $0).isEmpty }
      || !unnamed(in: runDirectory, isOurs: false).isEmpty
  }

  /// Returns the run's directory, the folder of embeddings, and the folders of layers in it.
  private static func folders(in runDirectory: String) -> [String] {
    let all = Directory.join(runDirectory, RunDirectory.embeddingName)
    let layers = ((try? Directory.list(all)) ?? []).map { Directory.join(all, $0) }
    return [runDirectory] + ([all] + layers).filter(Directory.isDirectoryNotLink)
  }

  /// Removes an export's files that the configuration does not name, and then empty folders. A file that cannot be removed does no
  /// harm.
  private static func removeUnnamed(in runDirectory: String, isOurs: Bool = true) {
    for path in unnamed(in: runDirectory, isOurs: isOurs) {
      try? FileContents.remove(Directory.join(runDirectory, path))
    }
    if isOurs { for directory in folders(in: runDirectory).dropFirst(2) { try? Directory.removeEmpty(directory) } }
  }

  /// Returns the paths of all files that have names of an export's files.
  static func files(in runDirectory: String) throws -> [String] {
    try folders(in: runDirectory).dropFirst().flatMap { directory in
      try Directory.list(directory).filter(fileNames.contains).map { Directory.join(directory, $0) }
    }
  }

  private static func unnamed(in runDirectory: String, isOurs: Bool) -> [String] {
    BundlePlacement.leftovers(in: runDirectory, folder: RunDirectory.embeddingName, isUsual: fileNames.contains)
      .filter { isOurs || BundlePlacement.isFirstName($0) }
  }

  /// Whether a path, relative to the run's directory, may be an export's: a final name, or the first name of a file.
  static func isFile(_ path: String) -> Bool {
    path.hasPrefix("\(RunDirectory.embeddingName)/")
      && fileNames.contains(Directory.lastPart(of: BundlePlacement.usualName(of: path)))
  }

  /// The names of an export's files, without their folders.
  static let fileNames: Set<String> = {
    let bases = ["tensors"] + EmbeddingLayout.all.map(\.name)
    return Set(
      bases.flatMap { base in
        TensorFormat.allCases.map { "\(base).\($0.fileExtension)" } + ["\(base).json"]
      } + ["metadata.tsv", "sprite.png", "bookmarks.json"] + LatentSnapshots.trajectoryFiles.map(Directory.lastPart))
  }()
}
