// Directory.swift
// Directories: made, listed, synced; and the parts of a path.

/// Operations on directories: make, list, rename, remove.
package enum Directory {
  /// Makes the directory and those above it; one that is there already is fine.
  /// - Throws: `FileError`; `.notADirectory` where a file is in the way.
  package static func create(_ path: String) throws {
    do throws(FileError) {
      try SystemCalls.makeDirectory(path)
    } catch {
      if error.saysAlreadyThere {
        guard exists(path) else { throw FileError.notADirectory(path: path) }
      } else if error.saysNotThere, case let above = parent(of: path), above != path, !exists(above) {
        try create(above)
        try create(path)
      } else if !exists(path) {
        throw error
      }
    }
  }

  /// Makes the directory, and those above it where they are missing; of several processes asking at once one succeeds.
  /// - Throws: `FileError`; `.alreadyExists` where anything has that name.
  package static func createNew(_ path: String) throws {
    let above = parent(of: path)
    if !exists(above) { try create(above) }
    try createOne(path)
  }

  /// Makes the directory; the one above it must be there.
  /// - Throws: `FileError`; `.alreadyExists` where anything has that name.
  package static func createOne(_ path: String) throws(FileError) {
    do throws(FileError) {
      try SystemCalls.makeDirectory(path)
    } catch {
      throw error.saysAlreadyThere ? FileError.alreadyExists(path: path) : error
    }
  }

  /// Makes the directory where it is missing, the one above it being there, and waits until its name is on the device.
  /// - Throws: `FileError`; `.link` for a symbolic link, `.alreadyExists` where something else has that name.
  package static func createLasting(_ path: String) throws(FileError) {
    if try isThere(path) { return }
    try createOne(path)
    try sync(parent(of: path))
  }

  /// Makes the directories of a relative path below `base`, where they are missing. None of them may be a link, which would lead
  /// out of `base`; `base` itself may.
  /// - Returns: the path of the last.
  /// - Throws: `FileError`; `.link` for a symbolic link, `.notADirectory` where something else has one of the names.
  @discardableResult
  package static func create(_ path: String, inside base: String) throws -> String {
    try create(base)
    var place = base
    for part in path.utf8.split(separator: UInt8(ascii: "/")).map(Substring.init) where part != "." {
      place = join(place, String(part))
      if try !isThere(place) {
        do throws(FileError) {
          try createOne(place)
        } catch {
          // Another process may have made it just now.
          guard case .alreadyExists = error else { throw error }
          guard try isThere(place) else { throw FileError.notADirectory(path: place) }
        }
      }
    }
    return place
  }

  /// Whether there is a directory of that name.
  /// - Throws: `FileError.link` for a symbolic link.
  private static func isThere(_ path: String) throws(FileError) -> Bool {
    let kind = try FileStatus.ofItself(path)?.kind
    if kind == .link { throw .link(path: path) }
    return kind == .directory
  }

  /// Refuses a symbolic link at `path`, before anything is written below it.
  /// - Throws: `FileError.link`.
  package static func refuseLink(_ path: String) throws(FileError) { _ = try isThere(path) }

  /// True for a directory that is no link to one.
  package static func isItself(_ path: String) -> Bool { (try? FileStatus.ofItself(path))??.kind == .directory }

  /// True where `path` leads to a directory.
  package static func exists(_ path: String) -> Bool { (try? FileStatus.of(path))??.kind == .directory }

  /// The absolute path of what `path` leads to, all links followed; nil where it leads nowhere, or is not UTF-8.
  package static func resolved(_ path: String) -> String? { SystemCalls.resolved(path) }

  /// The entries of a directory.
  package struct Contents: Equatable, Sendable {
    /// The names, sorted by their bytes, without "." and "..".
    package var names: [String] = []
    /// The bytes of the names that are not UTF-8. No path leads to these files here.
    package var otherNames: [[UInt8]] = []
  }

  /// All names in the directory.
  package static func contents(_ path: String) throws(FileError) -> Contents {
    var contents = try SystemCalls.contents(of: path)
    contents.names = contents.names.sortedByBytes()
    contents.otherNames.sort { $0.lexicographicallyPrecedes($1) }
    return contents
  }

  /// The names in the directory, sorted by their bytes, without "." and "..". Names that are not UTF-8 are skipped.
  package static func list(_ path: String) throws(FileError) -> [String] { try contents(path).names }

  /// Waits until the directory's names are on the device.
  package static func sync(_ path: String) throws(FileError) {
    let descriptor = try SystemCalls.openFile(path, for: .readingDirectory, path: path)
    defer { try? SystemCalls.closeFile(descriptor, path: path) }
    try SystemCalls.sync(descriptor, path: path)
  }

  /// Removes the directory if it is empty; throws if it is not.
  package static func removeEmpty(_ path: String) throws(FileError) { try SystemCalls.removeDirectory(path) }

  /// The directory that holds the last part of `path`: "." for a bare name, "/" for the root.
  package static func parent(of path: String) -> String {
    let trimmed = path.withoutTrailingSlashes
    guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else {
      return path.utf8.first == UInt8(ascii: "/") ? "/" : "."
    }
    let above = String(trimmed[..<slash]).withoutTrailingSlashes
    return above.isEmpty ? "/" : above
  }

  /// The last part of `path`.
  package static func lastPart(of path: String) -> String {
    let trimmed = path.withoutTrailingSlashes
    guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else { return trimmed }
    return String(trimmed[trimmed.utf8.index(after: slash)...])
  }

  /// `name` in `directory`; an absolute name stays as it is.
  package static func join(_ directory: String, _ name: String) -> String {
    if name.utf8.first == UInt8(ascii: "/") || directory.isEmpty { return name }
    return directory.utf8.last == UInt8(ascii: "/") ? directory + name : "\(directory)/\(name)"
  }
}

extension String {
  fileprivate var withoutTrailingSlashes: String {
    var end = utf8.endIndex
    while end > utf8.startIndex, case let before = utf8.index(before: end), utf8[before] == UInt8(ascii: "/") {
      end = before
    }
    return String(self[..<end])
  }
}
