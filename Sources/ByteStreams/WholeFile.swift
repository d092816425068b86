// WholeFile.swift
// A file replaced whole or not at all: a reader sees the old bytes or the new, never a part.

import Synchronization

/// Writes files under a temporary name beside their place, and renames them once every byte is on the device.
package enum WholeFile {
  private static let counter = Atomic<UInt32>(0)

  /// Replaces the file at `path` by what `body` writes, or makes it.
  ///
  /// The temporary file is hidden, new, and named after nothing, so that TensorBoard does not take it for an event file.
  /// When anything fails it is removed and the old file stays. A link at `path` is replaced, not followed.
  /// - Throws: what `body` throws, or `FileError`.
  package static func replace(_ path: String, with body: (inout FileSink) throws -> Void) throws {
    let directory = Directory.parent(of: path)
    let temporary = Directory.join(directory, temporaryName())
    var sink = try FileSink(named: temporary, .exclusive, path: path)
    do {
      try body(&sink)
      try sink.sync()
      try sink.close()
      try SystemCalls.renameFile(temporary, to: path)
    } catch {
      try? SystemCalls.removeFile(temporary)
      throw error
    }
    try Directory.sync(directory)
  }

  /// Replaces the file at `path` by `bytes`, or makes it.
  package static func replace(_ path: String, bytes: [UInt8]) throws {
    try replace(path) { try $0.write(bytes) }
  }

  private static func temporaryName() -> String {
    let serial = counter.add(1, ordering: .relaxed).newValue
    let random = UInt64.random(in: 0 ... .max)
    return ".aelog-\(SystemCalls.processNumber)-\(serial)-\(String(random, radix: 36)).tmp"
  }
}
