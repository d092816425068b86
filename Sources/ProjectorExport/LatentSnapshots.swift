// LatentSnapshots.swift
// Latent snapshots: the codes of the same test images after several epochs, and trajectories that join them.

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

/// The snapshots of a run. Each is a small run below it, since TensorBoard notices new runs but not changed embeddings.
package struct LatentSnapshots {
  /// The most images of a snapshot.
  static let imageLimit = 1000
  /// The most images with a trajectory, and the most points of all trajectories, which the projector's t-SNE allows.
  static let pathLimit = 200
  static let pointLimit = 10_000
  /// The name of the trajectories in the projector's menu.
  static let trajectoriesName = "trajectories"

  let directory: RunDirectory
  /// Epochs from one snapshot to the next; 1 or more.
  let every: Int

  package init(directory: RunDirectory, every: Int) { (self.directory, self.every) = (directory, every) }

  /// Whether an epoch has a snapshot: the untrained network, every `every`th epoch, and the last one.
  package func isDue(_ epoch: Int, last: Int) -> Bool { epoch % every == 0 || epoch == last }

  /// Returns the number of epochs between the snapshots of a run whose record is lost; nil if there are too few to tell.
  package static func every(in directory: RunDirectory) -> Int? { directory.snapshotEpochs.filter { $0 > 0 }.min() }

  /// Writes the projector's files, then the event file: TensorBoard looks for the former when it first sees the latter.
  /// - Throws: `FileError`, `EventFileError`; `ProjectorError` if the codes cannot be shown.
  package func write(
    _ autoencoder: Autoencoder, isDenoising: Bool, _ test: ImageDataset, epoch: Int, pool: WorkerPool
  ) throws {
    let path = directory.snapshot(ofEpoch: epoch)
    var choice = LayerChoice()
    choice.points = Self.imageLimit
    var set = try LayerEmbedding(
      autoencoder, isDenoising: isDenoising, test, choice, format: .binary, threads: pool.threads
    ).set
    set.arrange(pool: pool)
    try Directory.createDurable(path)
    _ = try EmbeddingSet.write([set], to: path, threads: pool.threads)
    let events = try RunDirectory.eventFiles(in: path).map { Directory.join(path, $0) }
    // An empty event file is replaced; any other has the same contents as a new one.
    for empty in try events.filter({ try FileStatus.of($0)?.size == 0 }) { try FileContents.remove(empty) }
    if try events.contains(where: { try FileStatus.of($0) != nil }) { return }
    try RunWriter.announce(path)
  }

  /// Returns the codes of a snapshot, row by row; nil if it is missing or has another shape.
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
    // The projector wants three columns or more, so columns of zeros were added.
    return dimensions >= 3
      ? values : stride(from: 0, to: values.count, by: 3).flatMap { values[$0..<$0 + dimensions] }
  }

  /// Returns an embedding with the codes of some images after each epoch of a snapshot, each joined to the same image's next code.
  /// - Parameters:
  ///   - dimensions: number of dimensions of a code.
  ///   - last: the last epoch.
  ///   - threads: the most threads that draw thumbnails.
  /// - Returns: the embedding, nil if there are fewer than two snapshots; and the epochs whose snapshots are missing.
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
    // Equally many images of each class.
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

/// The rows of an embedding of trajectories: all images after the first epoch, then all after the second, …
private struct Trajectories {
  let epochs: [Int]
  /// The indices of the images.
  let images: [Int]

  var count: Int { epochs.count * images.count }

  func embedding(_ points: PointMatrix, _ test: ImageDataset, threads: Int) throws -> ProjectorBundle.Embedding {
    let shown = test.gathered(epochs.flatMap { _ in images }, threads: threads)
    let metadata = try MetadataTable(
      shown.labelColumns + [
        .integers("index", epochs.flatMap { _ in images }),
        .integers("epoch", epochs.flatMap { epoch in images.map { _ in epoch } }),
        // The projector joins each point to the point of this index.
        .integers("__seq_next__", (0..<count).map { $0 + images.count < count ? $0 + images.count : -1 }),
      ])
    let sprite = try shown.sprite(threads: threads).sheet
    return .init(
      name: LatentSnapshots.trajectoriesName, table: try points.table, format: .binary, metadata: metadata,
      sprite: sprite, paths: LatentSnapshots.trajectoryPaths)
  }
}

extension LatentSnapshots {
  /// The paths of the trajectories' files, relative to the run's directory.
  static var trajectoryPaths: ProjectorBundle.Paths {
    var paths = ProjectorBundle.Paths(folder: RunDirectory.embeddingName, format: .binary)
    paths.tensor = "\(RunDirectory.embeddingName)/\(trajectoriesName).\(TensorFormat.binary.fileExtension)"
    paths.metadata = "\(RunDirectory.embeddingName)/\(trajectoriesName)-metadata.tsv"
    paths.sprite = "\(RunDirectory.embeddingName)/\(trajectoriesName)-sprite.png"
    return paths
  }

  /// The same paths as a list.
  static var trajectoryFiles: [String] {
    let paths = trajectoryPaths
    return [paths.tensor, paths.metadata, paths.sprite]
  }
}
