// ExportedRun.swift
// A separate run for an exported embedding: checks that nothing else stands in its directory, and writes it.

import ByteStreams
import EventFiles
import ProjectorFiles
import Runs

/// A directory with an embedding, and an event file with its guide, so that TensorBoard lists the run. Other programs' files in it are not changed.
struct ExportedRun {
  let path: String
  /// The first line of the configuration, by which later exports recognize their own.
  private static let comment = "Written by aelog export; the next export of this name replaces it."

  /// - Throws: `RunError.badRunName`.
  init(logdir: String, name: String) throws {
    try RunPlacement.check(name)
    path = RunPlacement(logdir: logdir, name: name).path
  }

  /// Refuses a directory where another program's embedding, or a run of aelog train, would be overwritten.
  /// - Throws: `ExportError.runInTheWay`, `.embeddingInTheWay`; `FileError`.
  func check() throws {
    for name in [RunDirectory.recordName, RunDirectory.checkpointsName]
    where try FileStatus.of(Directory.join(path, name), followsLinks: false) != nil {
      throw ExportError.runInTheWay(directory: path)
    }
    let refusal = ExportError.embeddingInTheWay(directory: path)
    if try FileStatus.of(Directory.join(path, ProjectorVerifier.pluginConfig)) != nil { throw refusal }
    if let config = try Self.bytes(of: Directory.join(path, ProjectorConfig.fileName)) {
      // Another program may have added embeddings to this program's configuration.
      guard Self.isOurs(config), let files = (try? ProjectorConfig(ofRun: path))?.files,
        files.allSatisfy(EmbeddingSet.isFile)
      else { throw refusal }
      return
    }
    if try !wasInterrupted() { try refuseFiles(refusal) }
  }

  /// Writes the embedding in place of an earlier export's. If it fails, a new run is removed and an earlier one is not changed.
  /// - Parameter also: writes further files of the run, while it is locked.
  /// - Returns: the files, the configuration last.
  /// - Throws: as `check`; `FileError`, `.inUse` among them; `ProjectorError`.
  func write(_ sets: [EmbeddingSet], threads: Int, also: () throws -> Void = {}) throws -> [String] {
    let (lock, isNew) = try self.lock()
    defer { lock.release() }
    do {
      try check()
      try removeLeftovers()
      let files = try EmbeddingSet.write(sets, to: path, comment: Self.comment, threads: threads)
      try also()
      // The event file comes last, because TensorBoard looks for the embedding when it first sees the run.
      try ProjectorGuide(Directory.lastPart(of: path), sets).write(to: path)
      return files
    } catch {
      if isNew { RunPlacement.remove(path) }
      throw error
    }
  }

  /// Locks the directory, and makes it if it is missing. If another export of the same name does so at the same time, the directory
  /// is new for only one of them, and only the process with the lock removes files.
  private func lock() throws -> (DirectoryLock, isNew: Bool) {
    do {
      try Directory.createNew(path)
    } catch FileError.alreadyExists {
      guard Directory.exists(path) else { throw FileError.notADirectory(path: path) }
      return (try DirectoryLock(path), false)
    }
    do {
      return (try DirectoryLock(path), true)
    } catch {
      try? Directory.removeEmpty(path)
      throw error
    }
  }

  /// Removes the leftovers of killed exports. Files without a configuration go before its temporary file, which shows whose they are.
  private func removeLeftovers() throws {
    if try FileStatus.of(Directory.join(path, ProjectorConfig.fileName)) == nil, try wasInterrupted() {
      for file in try EmbeddingSet.files(in: path) { try FileContents.remove(file) }
    }
    EmbeddingSet.removeLeftovers(in: path)
  }

  /// Whether an export was killed here before it had a configuration; then the temporary file of the configuration is left.
  private func wasInterrupted() throws -> Bool {
    try AtomicFile.leftovers(in: path).contains { try Self.bytes(of: $0).map(Self.isOurs) ?? false }
  }

  /// Throws `refusal` if an export would overwrite files.
  private func refuseFiles(_ refusal: ExportError) throws {
    if try FileStatus.of(Directory.join(path, RunDirectory.embeddingPictureName), followsLinks: false) != nil {
      throw refusal
    }
    try EmbeddingSet.checkPlace(in: path)
    guard let status = try FileStatus.of(Directory.join(path, RunDirectory.embeddingName)) else { return }
    if try status.kind != .directory || !EmbeddingSet.files(in: path).isEmpty { throw refusal }
  }

  private static func isOurs(_ config: [UInt8]) -> Bool { config.starts(with: "# \(comment)\n".utf8) }

  private static func bytes(of path: String) throws -> [UInt8]? {
    guard try FileStatus.of(path)?.kind == .regular else { return nil }
    return try FileContents.read(path, limit: 1 << 24)
  }
}
