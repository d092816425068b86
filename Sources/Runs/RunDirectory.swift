// RunDirectory.swift
// The files and folders of one training run: every name in its directory is spelled here.

package import ByteStreams
import EventFiles

/// The directory of a run: the paths of its files and folders, and checks that nothing else has their names.
package struct RunDirectory: Hashable, Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  /// The record: options and results.
  package static let recordName = "run.json"
  /// The folder of checkpoints.
  package static let checkpointsName = "checkpoints"
  /// The run of the evaluation, below the training's.
  package static let evaluationName = "eval"
  /// The folder of embeddings.
  package static let embeddingName = "embedding"
  /// The picture of the codes in the plane.
  package static let embeddingPictureName = "embedding.png"
  /// The codes in space, turning once around.
  package static let embeddingTurnName = "embedding.apng"
  /// The folder of pictures from which the films are made, one an epoch.
  package static let framesName = "frames"
  package static let filmstripName = "filmstrip.png"
  package static let animationName = "reconstructions.png"
  /// The beginning of the names of latent snapshots: `epoch_0010`.
  private static let snapshotPrefix = "epoch_"

  /// Folders that hold files of the run itself, so none may be a symbolic link.
  package static let folders = [checkpointsName, evaluationName, framesName]

  /// The path of a part.
  /// - Parameter name: relative to the run's directory.
  package func path(of name: String) -> String { Directory.join(path, name) }

  /// The directories with the run's event files: its own, and the evaluation's.
  package var loggedDirectories: [String] { [path, path(of: Self.evaluationName)] }

  /// Returns the names of the event files in a directory.
  /// - Throws: `FileError`.
  package static func eventFiles(in directory: String) throws -> [String] {
    try Directory.list(directory).filter(EventFileName.hasPrefix)
  }
}

// Snapshots

extension RunDirectory {
  /// Returns the path of the latent snapshot of an epoch.
  package func snapshot(ofEpoch epoch: Int) -> String { path(of: Self.snapshotName(ofEpoch: epoch)) }

  /// Returns the name of a snapshot: `epoch_0010`.
  package static func snapshotName(ofEpoch epoch: Int) -> String { snapshotPrefix + epoch.zeroPadded(to: 4) }

  /// The epochs that have a snapshot, in no order. Empty if the directory cannot be read.
  package var snapshotEpochs: [Int] {
    ((try? Directory.list(path)) ?? []).filter { $0.hasPrefix(Self.snapshotPrefix) }
      .compactMap { Int($0.dropFirst(Self.snapshotPrefix.count)) }
  }

  /// The paths of all snapshots.
  package var snapshots: [String] {
    ((try? Directory.list(path)) ?? []).filter { $0.hasPrefix(Self.snapshotPrefix) }.map(path(of:))
  }

  /// Returns the picture of an epoch for the films: `frames/epoch-0012.png`.
  package static func frameName(ofEpoch epoch: Int) -> String { "\(framesName)/epoch-\(epoch.zeroPadded(to: 4)).png" }
}

// Checks: is each name a file or folder of the run itself?

extension RunDirectory {
  private static let fileEndings = [
    ".json", ".safetensors", ".png", ".apng", ".pbtxt", ".tsv", ".bytes", DirectoryLock.fileName,
  ]

  /// Refuses symbolic links in the places of the run's folders: their targets may belong to another run.
  /// - Throws: `FileError.link`.
  func refuseLinks() throws {
    for name in Self.folders + [Self.embeddingName] { try Directory.refuseLink(path(of: name)) }
    for snapshot in snapshots { try Directory.refuseLink(snapshot) }
  }

  /// Refuses pipes, sockets and devices, and directories in the places of files, which would end the run hours later.
  /// - Throws: `FileError.notAFile`; `FileError` if something cannot be examined.
  package func checkFiles() throws(FileError) { try Self.checkFiles(in: path) }

  private static func checkFiles(in directory: String) throws(FileError) {
    for name in try Directory.list(directory) {
      let path = Directory.join(directory, name)
      guard let status = try FileStatus.of(path) else { continue }
      if status.kind != .directory || isFile(name) {
        if let refusal = FileError.refusal(of: status, at: path) { throw refusal }
      } else if folders.contains(name) || isEmbedding(name, in: directory)
        || name.beginsWithBytes(of: snapshotPrefix)
      {
        try checkFiles(in: path)
      }
    }
  }

  private static func isFile(_ name: String) -> Bool {
    EventFileName.isEventFile(name) || fileEndings.contains { name.endsWithBytes(of: $0) }
  }

  /// Whether a directory is the folder of embeddings, or one in it.
  private static func isEmbedding(_ name: String, in directory: String) -> Bool {
    name == embeddingName || Directory.lastPart(of: directory) == embeddingName
  }
}

// Results that only the log holds

extension RunDirectory {
  /// Returns the validation loss that the run logged at `step`; nil if its log has none.
  ///
  /// A resumed run logs its steps again, so the last of several values counts.
  package func loggedValidationLoss(step: Int) -> Double? {
    let evaluation = path(of: Self.evaluationName)
    guard Directory.exists(evaluation) else { return nil }
    var loss: Double?
    var reader = RunReader(evaluation)
    try? reader.read { value in
      if value.step == Step(step), value.tag == MetricTag.reconstructionLoss.tag { loss = value.number }
    }
    return loss
  }
}
