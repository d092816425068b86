// EmbeddingSet.swift
// Points with all that is shown of them: metadata, thumbnails, other views, bookmarks.

import ByteStreams
import Embeddings
import ProjectorFiles
import Tensors

/// The points of one embedding, and of its other views, which share metadata and thumbnails.
struct EmbeddingSet: Sendable {
  /// What the projector's menu shows.
  let name: String
  /// Where its files are, in the run's directory.
  var folder = EmbeddingSet.folder
  let points: any EmbeddingPoints
  /// The same points in memory, where views are made of them.
  let inMemory: PointSet?
  /// Around their mean, where they have more digits there: what views are made of then.
  var centered: PointSet?
  let metadata: MetadataTable
  let sprite: SpriteSheet?
  /// The column whose classes colour and label the points.
  let classColumn: String?
  var format: TensorFormat
  /// Ten principal components of all points; nil before `arrange`, where the page shows fewer points, and where they would take
  /// long.
  private(set) var components: PointSet?
  /// Other views, each an embedding of its own.
  private(set) var views: [View] = []

  /// The points in another place.
  struct View: Sendable {
    let layout: EmbeddingLayout
    let points: PointSet
    /// Of these points; of those in three dimensions or fewer, themselves.
    let components: PointSet?
  }

  /// Where embeddings are, in a run's directory.
  static let folder = "embedding"
  /// With more dimensions than that, principal components take too long to be had for nothing.
  private static let quickDimensions = 512

  /// Finds the principal components, and makes other views.
  /// - Parameter progress: what is being done, and the share that is done of it.
  mutating func arrange(
    _ wanted: [EmbeddingLayout] = [], pool: WorkerPool, progress: (String, Double) -> Void = { _, _ in }
  ) {
    guard let inMemory else { return }
    if inMemory.dimensions <= Self.quickDimensions || !wanted.isEmpty {
      components = Self.components(centered ?? inMemory, pool: pool)
    }
    for layout in wanted {
      let known = layout == .pca ? components?.leading(EmbeddingLayout.axes) : nil
      // The length of a point is its distance from zero.
      let source = layout == .unit ? inMemory : centered ?? inMemory
      let points = known ?? layout.points(of: source, pool: pool) { progress(layout.title, $0) }
      let own = layout == .unit ? Self.components(points, pool: pool) : points
      views.append(View(layout: layout, points: points, components: own))
    }
  }

  /// A view of the first two numbers, where it has been made: the principal components, or one that was asked for.
  func plane(_ layout: EmbeddingLayout) -> PointSet? {
    layout == .pca ? components : views.first { $0.layout == layout }?.points
  }

  /// What goes into the run's configuration: the points, then their other views.
  func embeddings(threads: Int) throws -> [ProjectorBundle.Embedding] {
    var paths = ProjectorBundle.Paths(folder: folder, format: format)
    var all = [embedding(name, points, ownBookmarks, paths, threads: threads)]
    for view in views {
      let table = try view.points.table
      paths.tensor = "\(folder)/\(view.layout.rawValue).\(format.fileExtension)"
      paths.bookmarks = "\(folder)/\(view.layout.rawValue).json"
      let shape = (points: table.points, dimensions: table.dimensions)
      let bookmarks =
        view.components.map {
          [bookmark("\(view.layout.title)\(colouring)", .components, shape, components: $0.values, layout: [])]
        } ?? []
      all.append(embedding("\(name)-\(view.layout.rawValue)", table, bookmarks, paths, threads: threads))
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

  /// The principal components, and each layout in the plane, as views of the points themselves.
  private var ownBookmarks: [ProjectorBookmark] {
    guard let components else { return [] }
    let shape = (points: points.points, dimensions: points.dimensions)
    let own = [bookmark("PCA\(colouring)", .components, shape, components: components.values, layout: [])]
    let flat = views.filter { $0.layout == .tsne }.map { view in
      bookmark(
        "\(view.layout.title)\(colouring)", .layout, shape, components: components.values, layout: view.points.values)
    }
    return flat + own
  }

  /// For example ", coloured by label".
  private var colouring: String { classColumn.map { ", coloured by \($0)" } ?? "" }

  private func bookmark(
    _ label: String, _ projection: ProjectorBookmark.Projection, _ shape: (points: Int, dimensions: Int),
    components: [Float], layout: [Float]
  ) -> ProjectorBookmark {
    ProjectorBookmark(
      label: label, projection: projection, shape: shape, components: components, layout: layout, colour: classColumn,
      labels: classColumn ?? metadata.columns.first?.name)
  }

  /// As many as the page has menus for; nil where it shows fewer points.
  private static func components(_ points: PointSet, pool: WorkerPool) -> PointSet? {
    guard points.count <= PointSample.shownPoints else { return nil }
    return PrincipalComponents(of: points, components: ProjectorBookmark.componentLimit, pool: pool).projected
  }
}

extension EmbeddingSet {
  /// Writes a run's embeddings in place of the ones that were there, and removes their files.
  /// - Parameter trajectories: the codes over training, if there are any.
  /// - Returns: the files' paths, the configuration last.
  static func write(
    _ sets: [EmbeddingSet], trajectories: ProjectorBundle.Embedding? = nil, to runDirectory: String, threads: Int
  ) throws -> [String] {
    let embeddings = try sets.flatMap { try $0.embeddings(threads: threads) } + [trajectories].compactMap(\.self)
    try ProjectorBundle.write(embeddings, to: runDirectory, threads: threads)
    var written: [String] = []
    for embedding in embeddings {
      let files =
        [embedding.paths.tensor, embedding.paths.metadata]
        + (embedding.sprite == nil ? [] : [embedding.paths.sprite])
        + (embedding.bookmarks == nil ? [] : [embedding.paths.bookmarks])
      written += files.filter { !written.contains($0) }
    }
    try removeOthers(than: Set(written), in: runDirectory)
    return (written + [ProjectorConfig.fileName]).map { Directory.join(runDirectory, $0) }
  }

  /// Removes temporary files of a run and its embeddings that were cut off. Call it while the run is held.
  static func removeLeftovers(in runDirectory: String) {
    let all = Directory.join(runDirectory, folder)
    let layers = ((try? Directory.list(all)) ?? []).map { Directory.join(all, $0) }
    for directory in [runDirectory, all] + layers { WholeFile.removeLeftovers(in: directory) }
  }

  /// Removes what an earlier export has left: files of the names that exports give, and folders that are empty then.
  private static func removeOthers(than written: Set<String>, in runDirectory: String) throws {
    let bases = ["tensors"] + EmbeddingLayout.allCases.map(\.rawValue)
    let names = Set(
      bases.flatMap { base in
        TensorFormat.allCases.map { "\(base).\($0.fileExtension)" } + ["\(base).json"]
      } + ["metadata.tsv", "sprite.png", "bookmarks.json"]
        + CodeSnapshots.trajectoryFiles.map(Directory.lastPart))
    func clean(_ folder: String) throws {
      let directory = Directory.join(runDirectory, folder)
      for name in try Directory.list(directory) {
        let path = "\(folder)/\(name)"
        if try FileStatus.of(Directory.join(runDirectory, path))?.kind == .directory {
          if folder == Self.folder { try clean(path) }
        } else if names.contains(name), !written.contains(path) {
          try FileContents.remove(Directory.join(runDirectory, path))
        }
      }
      if folder != Self.folder { try? Directory.removeEmpty(directory) }
    }
    if Directory.exists(Directory.join(runDirectory, folder)) { try clean(folder) }
  }
}
