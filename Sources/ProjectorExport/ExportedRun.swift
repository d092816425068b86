// ExportedRun.swift
// A run that aelog export makes for an embedding: which directory may be one, and how it is written.

import ByteStreams
import EventFiles
import ProjectorFiles
import Runs

/// A directory that holds an embedding and an event file, so that TensorBoard sees it. Other programs' files in it stay as they are.
struct ExportedRun {
  let path: String
  /// The first line of the configuration says who wrote it.
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
    where try FileStatus.ofItself(Directory.join(path, name)) != nil {
      throw ExportError.runInTheWay(directory: path)
    }
    let refusal = ExportError.embeddingInTheWay(directory: path)
    if try FileStatus.of(Directory.join(path, ProjectorVerifier.pluginConfig)) != nil { throw refusal }
    if let config = try Self.bytes(of: Directory.join(path, ProjectorConfig.fileName)) {
      // Others may have added embeddings to ours.
      guard Self.isOurs(config), let files = (try? ProjectorConfig(ofRun: path))?.files,
        files.allSatisfy(EmbeddingSet.isFile)
      else { throw refusal }
      return
    }
    if try !isCutOff() { try refuseFiles(refusal) }
  }

  /// Writes the embedding in place of an earlier export's. What can't be written whole leaves nothing of a new run, and an earlier
  /// one as it was.
  /// - Parameter also: writes what else belongs to the run, while it is held.
  /// - Returns: the files, the configuration last.
  /// - Throws: as `check`; `FileError`, `.inUse` among them; `ProjectorError`.
  func write(_ sets: [EmbeddingSet], threads: Int, also: () throws -> Void = {}) throws -> [String] {
    let (lock, isNew) = try hold()
    defer { lock.release() }
    do {
      try check()
      try removeLeftovers()
      let files = try EmbeddingSet.write(sets, to: path, comment: Self.comment, threads: threads)
      try also()
      // At last: TensorBoard looks for the embedding when it first sees the run.
      if try !Directory.list(path).contains(where: EventFileName.isEventFile) {
        try RunWriter.announce(path)
      }
      return files
    } catch {
      if isNew { RunPlacement.remove(path) }
      throw error
    }
  }

  /// Takes the directory, which is made where it is missing. Another export of the same name may do the same at this moment:
  /// the directory is new for one of them alone, and only the holder removes what is in it.
  private func hold() throws -> (DirectoryLock, isNew: Bool) {
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

  /// The files of an export that was killed before it had a configuration go first: what is left of the configuration says whose
  /// they are.
  private func removeLeftovers() throws {
    if try FileStatus.of(Directory.join(path, ProjectorConfig.fileName)) == nil, try isCutOff() {
      for file in try EmbeddingSet.files(in: path) { try FileContents.remove(file) }
    }
    EmbeddingSet.removeLeftovers(in: path)
  }

  /// Whether an export was killed here before it had a configuration: one that was not yet in its place is left.
  private func isCutOff() throws -> Bool {
    try AtomicFile.leftovers(in: path).contains { try Self.bytes(of: $0).map(Self.isOurs) ?? false }
  }

  /// Refuses files that an export would overwrite.
  private func refuseFiles(_ refusal: ExportError) throws {
    if try FileStatus.ofItself(Directory.join(path, RunDirectory.embeddingPictureName)) != nil { throw refusal }
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
