// FailureNote.swift
// The word that a run has failed, in an event file of its own: it can be taken back where the run goes on after all.

import ByteStreams
import EventFiles

/// TensorBoard believes the first end that a run's files tell, so a failure must be gone before there is another.
enum FailureNote {
  /// The most bytes of a file that holds nothing else.
  private static let sizeLimit = 4096

  /// Logs that the run in `directory` has failed. No step is taken back: what was logged after the last checkpoint stays to be
  /// seen.
  /// - Throws: `FileError`, `.inUse` among them while somebody is writing to the run.
  static func write(to directory: String) throws {
    let log = try RunWriter(directory, resumingAt: Step(Int64.max))
    try log.ended(.failure)
    try log.sync()
    try log.close()
  }

  /// Removes such files. Call it while nobody writes to the run.
  /// - Throws: `FileError`.
  static func remove(from directory: String) throws {
    for name in try Directory.list(directory) where EventFileName.hasPrefix(name) {
      let file = Directory.join(directory, name)
      guard let status = try FileStatus.of(file), status.kind == .regular, status.size <= sizeLimit else { continue }
      var tags: [String] = []
      var reader = RunReader(directory)
      try reader.read(file: name) { tags.append($0.tag.name) }
      if tags == ["_hparams_/session_end_info"], reader.damages.isEmpty { try FileContents.remove(file) }
    }
  }
}
