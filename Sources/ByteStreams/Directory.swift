// Directory.swift
// Makes, lists, syncs and removes directories, and takes paths apart.

/// Operations on directories and paths.
package enum Directory {
  /// Makes the directory and its parents, as far as they are missing.
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

  /// Makes a new directory, and its parents where they are missing. If several processes ask at once, one succeeds.
  /// - Throws: `FileError`; `.alreadyExists` if anything has that name.
  package static func createNew(_ path: String) throws {
    let above = parent(of: path)
    if !exists(above) { try create(above) }
    try createOne(path)
  }

  /// Makes a new directory; its parent must be there.
  /// - Throws: `FileError`; `.alreadyExists` if anything has that name.
  package static func createOne(_ path: String) throws(FileError) {
    do throws(FileError) {
      try SystemCalls.makeDirectory(path)
    } catch {
      throw error.saysAlreadyThere ? FileError.alreadyExists(path: path) : error
    }
  }

  /// Makes the directory if it is missing, and waits until its name is on the device. Its parent must be there.
  /// - Throws: `FileError`; `.link` for a symbolic link, `.alreadyExists` where something else has that name.
  package static func createDurable(_ path: String) throws(FileError) {
    if try isDirectoryRefusingLink(path) { return }
    try createOne(path)
    try sync(parent(of: path))
  }

  /// Makes the missing directories of a relative path below `base`. None of them may be a link, which would lead out of `base`;
  /// `base` itself may be one.
  /// - Returns: the path of the last directory.
  /// - Throws: `FileError`; `.link` for a symbolic link, `.notADirectory` where something else has one of the names.
  @discardableResult
  package static func create(_ path: String, inside base: String) throws -> String {
    try create(base)
    var place = base
    for part in path.utf8.split(separator: UInt8(ascii: "/")).map(Substring.init) where part != "." {
      place = join(place, String(part))
      if try !isDirectoryRefusingLink(place) {
        do throws(FileError) {
          try createOne(place)
        } catch {
          // Another process may have made it just now.
          guard case .alreadyExists = error else { throw error }
          guard try isDirectoryRefusingLink(place) else { throw FileError.notADirectory(path: place) }
        }
      }
    }
    return place
  }

  /// Returns whether a directory is at `path`.
  /// - Throws: `FileError.link` for a symbolic link.
  private static func isDirectoryRefusingLink(_ path: String) throws(FileError) -> Bool {
    let kind = try FileStatus.of(path, followsLinks: false)?.kind
    if kind == .link { throw .link(path: path) }
    return kind == .directory
  }

  /// Refuses a symbolic link at `path`, before anything is written below it.
  /// - Throws: `FileError.link`.
  package static func refuseLink(_ path: String) throws(FileError) { _ = try isDirectoryRefusingLink(path) }

  /// Returns whether a directory is at `path`; false for a link to one.
  package static func isDirectoryNotLink(_ path: String) -> Bool {
    (try? FileStatus.of(path, followsLinks: false))??.kind == .directory
  }

  /// Returns whether `path` leads to a directory; links are followed.
  package static func exists(_ path: String) -> Bool { (try? FileStatus.of(path))??.kind == .directory }

  /// Returns the absolute path without links that `path` leads to; nil if it leads nowhere or is not UTF-8.
  package static func resolved(_ path: String) -> String? { SystemCalls.resolved(path) }

  /// The entries of a directory.
  package struct Contents: Equatable, Sendable {
    /// The names, sorted by their bytes, without "." and "..".
    package var names: [String] = []
    /// The bytes of the names that are not UTF-8. No path leads to these files here.
    package var otherNames: [[UInt8]] = []
  }

  /// Lists the directory, names that are not UTF-8 apart.
  package static func contents(_ path: String) throws(FileError) -> Contents {
    var contents = try SystemCalls.contents(of: path)
    contents.names = contents.names.sortedByBytes()
    contents.otherNames.sort { $0.lexicographicallyPrecedes($1) }
    return contents
  }

  /// Lists the names in the directory, sorted by their bytes, without "." and "..". Names that are not UTF-8 are skipped.
  package static func list(_ path: String) throws(FileError) -> [String] { try contents(path).names }

  /// Waits until the names in the directory are on the device.
  package static func sync(_ path: String) throws(FileError) {
    let descriptor = try SystemCalls.openFile(path, for: .readingDirectory, path: path)
    defer { try? SystemCalls.closeFile(descriptor, path: path) }
    try SystemCalls.sync(descriptor, path: path)
  }

  /// Removes the directory if it is empty; throws if it is not.
  package static func removeEmpty(_ path: String) throws(FileError) { try SystemCalls.removeDirectory(path) }

  /// Returns the directory that holds the last part of `path`: "." for a bare name, "/" for the root.
  package static func parent(of path: String) -> String {
    let trimmed = path.withoutTrailingSlashes
    guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else {
      return path.utf8.first == UInt8(ascii: "/") ? "/" : "."
    }
    let above = String(trimmed[..<slash]).withoutTrailingSlashes
    return above.isEmpty ? "/" : above
  }

  /// Returns the last part of `path`.
  package static func lastPart(of path: String) -> String {
    let trimmed = path.withoutTrailingSlashes
    guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else { return trimmed }
    return String(trimmed[trimmed.utf8.index(after: slash)...])
  }

  /// Returns the path of `name` in `directory`; an absolute name stays as it is.
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
