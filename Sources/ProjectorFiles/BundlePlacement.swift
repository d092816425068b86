// BundlePlacement.swift
// Replaces the files of a bundle so that the configuration names one complete bundle, old or new, at every moment.

import ByteStreams
import Parallel

/// The temporary first names of new files, and their move to the usual names.
package struct BundlePlacement: Sendable {
  private let directory: String
  /// For each file that the old configuration names: the name of the new one beside it.
  private let firstNames: [String: String]

  /// Reads the present configuration, and removes files that a killed writer left. Call it while the run is locked.
  /// - Parameter paths: the files of the new bundle, relative to the run's directory.
  /// - Throws: `FileError`.
  init(of paths: [String], in directory: String) throws {
    self.directory = directory
    let (named, isReadable) = try Self.named(in: directory)
    try Self.removeFirstNames(of: paths, in: directory, but: named)
    let old = try paths.filter { path in
      try named.contains(path) || !isReadable && FileStatus.of(Directory.join(directory, path)) != nil
    }
    var number = 1
    while try old.contains(where: { path in
      let name = Self.firstName(of: path, number)
      return try named.contains(name) || FileStatus.of(Directory.join(directory, name), followsLinks: false) != nil
    }) { number += 1 }
    firstNames = Dictionary(uniqueKeysWithValues: old.map { ($0, Self.firstName(of: $0, number)) })
  }

  /// The path at which a file is first written.
  func firstPlace(of path: String) -> String { Directory.join(directory, firstNames[path] ?? path) }

  /// Puts the new files and their configuration in place, and waits until all of it is on the device.
  /// - Parameters:
  ///   - files: at their first places.
  ///   - link: gives files their second names; false where that can't be done.
  /// - Returns: the configuration that is in place.
  func commit(
    _ config: ProjectorConfig, comment: String?, _ files: [AtomicFile.Prepared],
    link: ([(file: String, second: String)]) throws -> Bool
  ) throws -> ProjectorConfig {
    let first = try config.renamingFiles { firstNames[$0] ?? $0 }
    func prepared(_ config: ProjectorConfig) throws -> AtomicFile.Prepared {
      let text = (comment.map { "# \($0)\n" } ?? "") + config.text
      return try AtomicFile.write(Directory.join(directory, ProjectorConfig.fileName)) {
        try $0.write(Array(text.utf8))
      }
    }
    let (configuration, usual) = (try prepared(first), firstNames.isEmpty ? nil : try prepared(config))
    try [files.last, configuration, usual].compactMap(\.self).syncTogether()
    var final = first
    try TemporaryFileRegistry.shared.delayingRemoval {
      try AtomicFile.commit(files)
      try configuration.commit()
      guard let usual else { return }
      let names = firstNames.sorted { $0.key < $1.key }.map { path, first in
        (file: Directory.join(directory, first), second: Directory.join(directory, path))
      }
      guard try link(names) else { return }
      try usual.commit()
      final = config
      for name in names { try FileContents.remove(name.file) }
    }
    // First names that another writer's configuration named until now.
    try Self.removeFirstNames(of: config.files, in: directory, but: Set(final.files))
    return final
  }

  /// The files that the run's configuration names; `isReadable` is false where it is one that TensorBoard can't read either.
  private static func named(in directory: String) throws -> (files: Set<String>, isReadable: Bool) {
    do {
      return (try StoredConfig(ofRun: directory)?.files ?? [], true)
    } catch is ProjectorError {
      return ([], false)
    }
  }
}

extension BundlePlacement {
  private static let mark = ".new-"

  /// `embedding/tensors.new-1.tsv` for `embedding/tensors.tsv`.
  private static func firstName(of path: String, _ number: Int) -> String {
    let (folder, name) = (Directory.parent(of: path), Directory.lastPart(of: path))
    let dot = name.lastIndex(of: ".") ?? name.endIndex
    return Directory.join(folder == "." ? "" : folder, "\(name[..<dot])\(mark)\(number)\(name[dot...])")
  }

  /// The usual name of a file whose name is a first name; nil for others.
  private static func usualName(ofFirst name: String) -> String? {
    let ranges: [Range<String.Index>] = name.ranges(of: mark)
    guard let range = ranges.last else { return nil }
    let digits = name[range.upperBound...].prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits) else { return nil }
    let usual = String(name[..<range.lowerBound]) + name[digits.endIndex...]
    return firstName(of: usual, number) == name ? usual : nil
  }

  /// The usual name of a file, whatever name it has.
  package static func usualName(of path: String) -> String { usualName(ofFirst: path) ?? path }

  /// Whether only a writer at work gives a file such a name, as in `tensors.new-1.tsv`.
  package static func isFirstName(_ path: String) -> Bool { usualName(ofFirst: path) != nil }

  /// Removes files of first names that belong to usual ones, except those that are in use.
  private static func removeFirstNames(of paths: [String], in directory: String, but used: Set<String>) throws {
    let usual = Set(paths)
    for folder in Set(paths.map(Directory.parent(of:))).sorted() {
      let place = folder == "." ? directory : Directory.join(directory, folder)
      guard Directory.exists(place) else { continue }
      for name in try Directory.list(place) {
        let path = folder == "." ? name : "\(folder)/\(name)"
        guard let own = usualName(ofFirst: path), usual.contains(own), !used.contains(path) else { continue }
        try FileContents.remove(Directory.join(directory, path))
      }
    }
  }

  /// Finds files that killed writers left in a run's directory: files under names that only a write in progress uses, and files
  /// under usual names, if the configuration names neither. None where TensorBoard can't read the configuration or there is none.
  /// - Parameters:
  ///   - folder: below the run's directory; links are not followed.
  ///   - isUsual: whether an embedding's file may have that last part of a name.
  package static func leftovers(
    in directory: String, folder: String, isUsual: (String) -> Bool
  ) -> [String] {
    guard let named = try? StoredConfig(ofRun: directory)?.files else { return [] }
    func found(_ folder: String, depth: Int) -> [String] {
      let place = Directory.join(directory, folder)
      guard Directory.isDirectoryNotLink(place) else { return [] }
      return ((try? Directory.list(place)) ?? []).flatMap { name -> [String] in
        let path = "\(folder)/\(name)"
        if Directory.isDirectoryNotLink(Directory.join(directory, path)) {
          return depth > 0 ? found(path, depth: depth - 1) : []
        }
        return isUsual(usualName(ofFirst: name) ?? name) && !named.contains(path) ? [path] : []
      }
    }
    return found(folder, depth: 1)
  }
}

extension [AtomicFile.Prepared] {
  /// Syncs all files at once, which takes little longer than one.
  fileprivate func syncTogether() throws {
    _ = try parallelMap(count, threads: count) { try self[$0].syncAndClose() }
  }
}
