// AtomicFile.swift
// A file replaced whole or not at all: a reader sees the old bytes or the new, never a part.

import Parallel
import Synchronization

/// Writes files under a temporary name beside their place, and renames them once every byte is on the device.
package enum AtomicFile {
  private static let counter = Atomic<UInt32>(0)

  /// Replaces the file at `path` by what `body` writes, or makes it.
  ///
  /// When anything fails the old file stays, and nothing else is left. A link at `path` is replaced, not followed.
  /// - Throws: what `body` throws, or `FileError`.
  package static func replace(_ path: String, with body: (inout FileSink) throws -> Void) throws {
    try prepare(path, with: body).commit()
  }

  /// Replaces the file at `path` by `bytes`, or makes it.
  /// - Parameter isLasting: false where the old file, or none, may be found after a power failure, until something else waits for
  ///   the directory; whole it is then too.
  package static func replace(_ path: String, bytes: [UInt8], isLasting: Bool = true) throws {
    let prepared = try prepare(path) { try $0.write(bytes) }
    if isLasting { try prepared.commit() } else { try prepared.rename() }
  }

  /// Puts several files in their places, in this order, and waits until all of their names are on the device.
  package static func commit(_ files: [Prepared]) throws(FileError) {
    for file in files { try file.rename() }
    try syncNames(files.map(\.path))
  }

  /// Gives a file of this process another name in the same directory, in place of what has that name, and waits until the name
  /// is on the device. The file's bytes must be there already.
  package static func move(_ path: String, to place: String) throws(FileError) {
    try SystemCalls.renameFile(path, to: place)
    try syncNames([place])
  }

  /// Gives each file a second name, in place of what has that name, and waits until all of the names are on the device.
  /// - Returns: false on a file system without hard links; then nothing has the second names.
  package static func link(_ names: [(file: String, second: String)]) throws(FileError) -> Bool {
    for (_, second) in names where try FileStatus.ofItself(second) != nil { try SystemCalls.removeFile(second) }
    for (place, (file, second)) in names.enumerated() {
      if try SystemCalls.linkFile(file, to: second) { continue }
      for (_, made) in names[..<place] { try SystemCalls.removeFile(made) }
      return false
    }
    try syncNames(names.map(\.second))
    return true
  }

  private static func syncNames(_ paths: [String]) throws(FileError) {
    for directory in Set(paths.map { ExactName(Directory.parent(of: $0)) }).sorted() {
      try Directory.sync(directory.text)
    }
  }

  /// Puts `bytes` where `path` leads: a file there is replaced whole, links followed; a device or a pipe takes the bytes
  /// as they come, and stays what it is.
  package static func deliver(_ path: String, bytes: [UInt8]) throws {
    guard try FileStatus.of(path).map({ $0.kind == .other }) ?? false else {
      return try replace(Directory.resolved(path) ?? path, bytes: bytes)
    }
    let sink = try FileSink(named: path, .append, accepting: .outputs, followsLinks: true, path: path)
    try sink.write(bytes)
    try sink.close()
  }

  /// Replaces the file at `path` by `bytes`, or makes it, and waits for no device: after a power failure the file may be damaged.
  package static func place(_ path: String, _ bytes: UnsafeRawBufferPointer) throws {
    let prepared = try write(path) { try $0.write(bytes) }
    try prepared.rename(waiting: false)
  }

  /// Writes what will replace the file at `path`, up to the last byte on the device, and leaves the old file alone.
  /// Several files are prepared first where they must change together: what can fail has then been done.
  package static func prepare(_ path: String, with body: (inout FileSink) throws -> Void) throws -> Prepared {
    let prepared = try write(path, with: body)
    try prepared.settle()
    return prepared
  }

  /// Writes what will replace the file at `path`, and does not wait for the device: see `Prepared.settle`.
  package static func write(_ path: String, with body: (inout FileSink) throws -> Void) throws -> Prepared {
    let temporary = Directory.join(Directory.parent(of: path), temporaryName())
    TemporaryFileRegistry.shared.add(temporary)
    var sink: FileSink
    do {
      sink = try FileSink(named: temporary, .exclusive, path: path)
    } catch {
      TemporaryFileRegistry.shared.remove(temporary)
      throw error
    }
    let prepared = Prepared(path: path, temporary: temporary, sink)
    try body(&sink)
    return prepared
  }

  /// Removes what writes that never came to their end have left in a directory, as far as that is possible. Nobody may be
  /// writing there.
  package static func removeLeftovers(in directory: String) {
    for path in leftovers(in: directory) { try? SystemCalls.removeFile(path) }
  }

  /// The paths of temporary files in a directory, of writes that are under way or never came to their end.
  package static func leftovers(in directory: String) -> [String] {
    ((try? Directory.list(directory)) ?? []).filter { $0.hasPrefix(mark) && $0.hasSuffix(ending) }
      .map { Directory.join(directory, $0) }
  }

  private static let mark = ".aelog-"
  private static let ending = ".tmp"

  /// Hidden, new, and named after nothing, so that TensorBoard does not take it for an event file.
  static func temporaryName() -> String {
    let serial = counter.add(1, ordering: .relaxed).newValue
    let random = UInt64.random(in: 0 ... .max)
    return "\(mark)\(SystemCalls.processNumber)-\(serial)-\(String(random, radix: 36))\(ending)"
  }

  /// A file written in full under a temporary name; removed unless it is committed.
  package final class Prepared: Sendable {
    /// Where it will stand.
    package let path: String
    private let temporary: Locked<String?>
    /// Until it is settled.
    private let open: Locked<Open?>

    /// A file whose writer is done with it before anyone settles it.
    private struct Open: @unchecked Sendable {
      let sink: FileSink
    }

    fileprivate init(path: String, temporary: String, _ sink: FileSink) {
      self.path = path
      self.temporary = Locked(temporary)
      open = Locked(Open(sink: sink))
    }

    deinit {
      guard let name = temporary.withLock({ $0 }) else { return }
      try? SystemCalls.removeFile(name)
      TemporaryFileRegistry.shared.remove(name)
    }

    /// Waits until every byte is on the device, perhaps beside other work. A second call does nothing.
    package func settle() throws(FileError) { try close(waiting: true) }

    private func close(waiting: Bool) throws(FileError) {
      try open.withLock { open throws(FileError) in
        if waiting { try open?.sink.sync() }
        try open?.sink.close()
        open = nil
      }
    }

    /// Puts the file in its place, and waits until its name is on the device. A second commit does nothing.
    package func commit() throws(FileError) {
      if try rename() { try Directory.sync(Directory.parent(of: path)) }
    }

    /// Puts the file in its place, and does not wait for its name.
    /// - Parameter waiting: whether every byte is on the device before.
    /// - Returns: false where it has been there before.
    @discardableResult
    fileprivate func rename(waiting: Bool = true) throws(FileError) -> Bool {
      try close(waiting: waiting)
      return try temporary.withLock { temporary throws(FileError) in
        guard let name = temporary else { return false }
        try SystemCalls.renameFile(name, to: path)
        TemporaryFileRegistry.shared.remove(name)
        temporary = nil
        return true
      }
    }
  }
}
