// LatentSnapshots.swift
// The codes of the same test images after several epochs: snapshots that TensorBoard shows at once, and their paths.

import ByteStreams
package import Datasets
import Embeddings
import EventFiles
package import Networks
package import Parallel
import PointMatrices
package import ProjectorFiles
package import Runs
import Tensors

/// Snapshots of a run, each a small run of its own below it, since TensorBoard notices new runs but not changed ones.
package struct LatentSnapshots {
  /// Images of a snapshot.
  static let imageLimit = 1000
  /// Images whose paths are drawn, and the most points of all paths: what the projector's t-SNE takes.
  static let pathLimit = 200
  static let pointLimit = 10_000
  /// What the projector's menu shows.
  static let trajectoriesName = "trajectories"

  let directory: RunDirectory
  /// Epochs from one snapshot to the next; 1 or more.
  let every: Int

  package init(directory: RunDirectory, every: Int) { (self.directory, self.every) = (directory, every) }

  /// Whether an epoch has a snapshot: every so many, from the untrained network on, and the last.
  package func isDue(_ epoch: Int, last: Int) -> Bool { epoch % every == 0 || epoch == last }

  /// Returns the number of epochs between the snapshots of a run whose record is lost; nil if there are too few to tell.
  package static func every(in directory: RunDirectory) -> Int? { directory.snapshotEpochs.filter { $0 > 0 }.min() }

  /// Writes the projector's files, and the event file last: TensorBoard looks for the one when it first sees the other.
  /// - Throws: `FileError`, `EventFileError`; `ProjectorError` where the codes can't be shown.
  package func write(_ autoencoder: Autoencoder, _ test: ImageDataset, epoch: Int, pool: WorkerPool) throws {
    let path = directory.snapshot(ofEpoch: epoch)
    var choice = LayerChoice()
    choice.points = Self.imageLimit
    var set = try LayerEmbedding(autoencoder, test, choice, format: .binary, threads: pool.threads).set
    set.arrange(pool: pool)
    try Directory.createLasting(path)
    _ = try EmbeddingSet.write([set], to: path, threads: pool.threads)
    let events = try RunDirectory.eventFiles(in: path).map { Directory.join(path, $0) }
    // One that was left empty is made anew; any other is as good as the one that would be made.
    for empty in try events.filter({ try FileStatus.of($0)?.size == 0 }) { try FileContents.remove(empty) }
    if try events.contains(where: { try FileStatus.of($0) != nil }) { return }
    try RunWriter.announce(path)
  }

  /// The codes of a snapshot, row by row, or nil where it is missing or another's.
  private func codes(ofEpoch epoch: Int, points: Int, dimensions: Int) -> [Float]? {
    let path = directory.snapshot(ofEpoch: epoch)
    let stored = try? ProjectorConfig(ofRun: path)?.embeddings.first { $0.name == LayerEmbedding.bottleneckName }
    guard let tensor = stored?.tensorPath else { return nil }
    let file = Directory.join(path, tensor)
    let count = 4 * points * max(3, dimensions)
    guard let bytes = try? FileContents.read(file, limit: count), bytes.count == count else { return nil }
    let values = stride(from: 0, to: count, by: 4).map { start in
      Float(bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
    guard values.allSatisfy(\.isFinite) else { return nil }
    // Without the columns of zeros that the projector wants.
    return dimensions >= 3
      ? values : stride(from: 0, to: values.count, by: 3).flatMap { values[$0..<$0 + dimensions] }
  }

  /// One embedding with the codes of some of the images after each of the epochs, each joined to the same image's next.
  /// - Parameters:
  ///   - dimensions: numbers in a code.
  ///   - last: the last epoch.
  ///   - threads: at most so many draw thumbnails.
  /// - Returns: nil where there are fewer than two snapshots; and the epochs whose snapshots are missing.
  /// - Throws: `ProjectorError`.
  package func trajectories(
    _ test: ImageDataset, dimensions: Int, last: Int, threads: Int
  ) throws -> (embedding: ProjectorBundle.Embedding?, missing: [Int]) {
    let sample = LayerEmbedding.sample(of: test, points: Self.imageLimit, dimensions: dimensions, seed: 0)
    let wanted = Array(stride(from: 0, to: last, by: every)) + [last]
    let found = wanted.compactMap { epoch in
      codes(ofEpoch: epoch, points: sample.count, dimensions: dimensions).map { (epoch: epoch, codes: $0) }
    }
    let missing = wanted.filter { epoch in !found.contains { $0.epoch == epoch } }
    guard found.count > 1 else { return (nil, missing) }
    // As many of each class.
    let rows = PointSample(
      of: sample.count, classes: sample.map { Int(test.labels[$0]) },
      points: max(2, min(Self.pathLimit, Self.pointLimit / found.count)), seed: 0
    ).numbers
    let paths = Trajectories(epochs: found.map(\.epoch), images: rows.map { sample[$0] })
    let values = found.flatMap { found in
      rows.flatMap { found.codes[$0 * dimensions..<($0 + 1) * dimensions] }
    }
    let points = PointMatrix(count: paths.count, dimensions: dimensions, values: values)
    return (try paths.embedding(points, test, threads: threads), missing)
  }
}

/// The rows of an embedding of paths: all images after the first epoch, all after the second …
private struct Trajectories {
  let epochs: [Int]
  /// Numbers of the images.
  let images: [Int]

  var count: Int { epochs.count * images.count }

  func embedding(_ points: PointMatrix, _ test: ImageDataset, threads: Int) throws -> ProjectorBundle.Embedding {
    let metadata = try MetadataTable([
      .integers("label", epochs.flatMap { _ in images.map { Int(test.labels[$0]) } }),
      .integers("index", epochs.flatMap { _ in images }),
      .integers("epoch", epochs.flatMap { epoch in images.map { _ in epoch } }),
      // The projector joins each point to the one of this number.
      .integers("__seq_next__", (0..<count).map { $0 + images.count < count ? $0 + images.count : -1 }),
    ])
    let sprite = try test.gathered(epochs.flatMap { _ in images }, threads: threads).sprite(threads: threads)
    return .init(
      name: LatentSnapshots.trajectoriesName, table: try points.table, format: .binary, metadata: metadata,
      sprite: sprite, paths: LatentSnapshots.trajectoryPaths)
  }
}

extension LatentSnapshots {
  /// Where the trajectories are stored, in the run's directory.
  static var trajectoryPaths: ProjectorBundle.Paths {
    var paths = ProjectorBundle.Paths(folder: RunDirectory.embeddingName, format: .binary)
    paths.tensor = "\(RunDirectory.embeddingName)/\(trajectoriesName).\(TensorFormat.binary.fileExtension)"
    paths.metadata = "\(RunDirectory.embeddingName)/\(trajectoriesName)-metadata.tsv"
    paths.sprite = "\(RunDirectory.embeddingName)/\(trajectoriesName)-sprite.png"
    return paths
  }

  /// The same as a list.
  static var trajectoryFiles: [String] {
    let paths = trajectoryPaths
    return [paths.tensor, paths.metadata, paths.sprite]
  }
}
