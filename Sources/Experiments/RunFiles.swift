// RunFiles.swift
// Whether a run's directory has files where its files belong.

import ByteStreams

/// Looks at everything in a run's directory that may be read or replaced before the run is over.
enum RunFiles {
  private static let endings = [".json", ".safetensors", ".png", ".pbtxt", ".tsv", ".bytes", DirectoryLock.fileName]
  private static let folders = [CheckpointFolder.name, ReconstructionFrames.folder, RunLog.evaluationName]

  /// Refuses pipes, sockets and devices, and directories in the places of files: hours later they would end the run.
  /// - Throws: `FileError.notAFile`; `FileError` for what can't be looked at.
  static func check(_ directory: String) throws(FileError) {
    for name in try Directory.list(directory) {
      let path = Directory.join(directory, name)
      guard let status = try FileStatus.of(path) else { continue }
      if status.kind != .directory || isFile(name) {
        if let refusal = FileError.refusal(of: status, at: path) { throw refusal }
      } else if folders.contains(name) || isEmbedding(name, in: directory)
        || name.beginsWithBytes(of: LatentSnapshots.prefix)
      {
        try check(path)
      }
    }
  }

  private static func isFile(_ name: String) -> Bool {
    name.containsBytes(of: "tfevents") || endings.contains { name.endsWithBytes(of: $0) }
  }

  /// The folder of embeddings, or one in it.
  private static func isEmbedding(_ name: String, in directory: String) -> Bool {
    name == EmbeddingSet.folder || Directory.lastPart(of: directory) == EmbeddingSet.folder
  }
}
