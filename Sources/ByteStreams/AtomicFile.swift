// AtomicFile.swift
// Replaces a file whole or not at all: a reader sees the old bytes or the new ones, never a part.

/// Writes files under a temporary name beside their place, and renames them once every byte is on the device.
package enum AtomicFile {
  /// Replaces or makes the file at `path`; `body` writes its bytes.
  ///
  /// If anything fails, the old file stays and nothing else is left. A link at `path` is replaced, not followed.
  /// - Throws: what `body` throws, or `FileError`.
  package static func replace(_ path: String, with body: (inout FileSink) throws -> Void) throws {
    try prepare(path, with: body).commit()
  }

  /// Replaces the file at `path` by `bytes`, or makes it.
  /// - Parameter isDurable: whether to wait until the new name is on the device. If false, a power failure may bring back the old
  ///   file, or none, until something else waits for the directory; the file is whole in any case.
  package static func replace(_ path: String, bytes: [UInt8], isDurable: Bool = true) throws {
    let prepared = try prepare(path) { try $0.write(bytes) }
    if isDurable { try prepared.commit() } else { try prepared.rename() }
  }

  /// Replaces the file at `path` by `bytes`, or makes it, without waiting for the device: a power failure may damage the file.
  package static func replaceWithoutSync(_ path: String, _ bytes: UnsafeRawBufferPointer) throws {
    let prepared = try write(path) { try $0.write(bytes) }
    try prepared.rename(waiting: false)
  }

  /// Gives a file of this process another name in the same directory, in place of what has that name, and waits until the name
  /// is on the device. The file's bytes must be there already.
  package static func move(_ path: String, to place: String) throws(FileError) {
    try SystemCalls.renameFile(path, to: place)
    try Directory.sync(Directory.parent(of: place))
  }

  /// Writes `bytes` to the output that the user named. A file there is replaced whole, links followed; a device or a pipe
  /// takes the bytes in order and stays in place.
  package static func replaceOrStream(_ path: String, bytes: [UInt8]) throws {
    guard try FileStatus.of(path).map({ $0.kind == .other }) ?? false else {
      return try replace(Directory.resolved(path) ?? path, bytes: bytes)
    }
    let sink = try FileSink(named: path, .append, accepting: .outputs, followsLinks: true, path: path)
    try sink.write(bytes)
    try sink.close()
  }

  /// Writes the replacement of the file at `path`, waits until its last byte is on the device, and leaves the old file alone.
  /// Prepare several files first if they must change together: what can fail has then been done.
  package static func prepare(_ path: String, with body: (inout FileSink) throws -> Void) throws -> Prepared {
    let prepared = try write(path, with: body)
    try prepared.syncAndClose()
    return prepared
  }

  /// Writes the replacement of the file at `path` without waiting for the device: see `Prepared.syncAndClose`.
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

  /// Puts several files in their places, in this order, and waits until all of their names are on the device.
  package static func commit(_ files: [Prepared]) throws(FileError) {
    for file in files { try file.rename() }
    try syncNames(files.map(\.path))
  }

  /// Gives each file a second name, replacing a file of that name, and waits until all of the names are on the device.
  /// - Returns: false on a file system without hard links; then no file has a second name.
  package static func link(_ names: [(file: String, second: String)]) throws(FileError) -> Bool {
    for (_, second) in names where try FileStatus.of(second, followsLinks: false) != nil {
      try SystemCalls.removeFile(second)
    }
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
}
