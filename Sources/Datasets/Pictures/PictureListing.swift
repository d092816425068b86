// PictureListing.swift
// The picture files below a directory: their classes and parts by the names of their folders.

import ByteStreams

/// The files of a collection of pictures, in natural order of their paths.
struct PictureListing: Sendable {
  /// A file.
  struct Entry: Equatable, Sendable {
    /// The path below the collection's directory.
    let name: String
    /// The index of the file's class; 0 if the collection has no classes.
    let label: UInt16
    /// The part whose folder holds the file; nil if the collection has no such folders.
    let part: Split?
  }

  let path: String
  let entries: [Entry]
  /// The names of the class folders, in natural order; empty for a flat folder.
  let classNames: [String]
  var hasLabels: Bool { !classNames.isEmpty }
  /// The parts that have a folder.
  let parts: Set<Split>
  /// Number of hidden files, and of files that systems leave in folders.
  let hidden: Int

  /// The names of the folders of parts, in lower case.
  private static let partNames: [String: Split] = [
    "train": .training, "training": .training, "val": .validation, "valid": .validation, "validation": .validation,
    "test": .test, "testing": .test,
  ]
  /// Files and folders that systems leave behind, in lower case. Names that begin with a dot are hidden too.
  private static let leftovers: Set = ["thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "icon\r"]
  /// Labels are 16-bit numbers.
  private static let classLimit = 1 << 16

  /// Lists the files.
  /// - Parameter skipBroken: whether files in places where none belong are left out instead of refused.
  /// - Returns: nil if no file has the ending of a picture.
  /// - Throws: `DatasetError.besideFolders`, `.partBesideOthers`, `.tooManyClasses`; `FileError`.
  init?(_ path: String, skipBroken: Bool) throws {
    self.path = path
    var walk = FolderWalk(path, skipBroken: skipBroken)
    let files = try walk.files()
    hidden = walk.hidden
    guard files.contains(where: { PictureFile.hasEnding($0.name) }) else { return nil }
    let folders = files.compactMap { $0.folders.first }
    let hasParts = !folders.isEmpty && files.allSatisfy { $0.folders.first.map(Self.isPart) ?? false }
    if !hasParts, let part = folders.first(where: Self.isPart), files.contains(where: { Self.isPictureNotIn(part, $0) })
    {
      throw DatasetError.partBesideOthers(path: path, folder: part)
    }
    let inParts = files.map { file in
      hasParts ? (file.name, Array(file.folders.dropFirst())) : (file.name, file.folders)
    }
    classNames = Set(inParts.compactMap(\.1.first)).sorted(by: NaturalOrder.precedes)
    if classNames.count > Self.classLimit {
      throw DatasetError.tooManyClasses(path: path, got: classNames.count, want: Self.classLimit)
    }
    let numbers = Dictionary(uniqueKeysWithValues: classNames.enumerated().map { ($1, UInt16($0)) })
    var entries: [Entry] = []
    for (file, (name, folders)) in zip(files, inParts) {
      let part = hasParts ? file.folders.first.flatMap { Self.partNames[$0.lowercased()] } : nil
      guard let folder = folders.first else {
        if classNames.isEmpty {
          entries.append(Entry(name: name, label: 0, part: part))
        } else if !skipBroken {
          throw DatasetError.besideFolders(path: Directory.join(path, name), folder: classNames[0])
        }
        continue
      }
      entries.append(Entry(name: name, label: numbers[folder] ?? 0, part: part))
    }
    self.entries = entries.sorted { NaturalOrder.precedes($0.name, $1.name) }
    parts = Set(entries.compactMap(\.part))
  }

  private static func isPart(_ folder: String) -> Bool { partNames[folder.lowercased()] != nil }

  private static func isPictureNotIn(_ folder: String, _ file: FolderWalk.File) -> Bool {
    PictureFile.hasEnding(file.name) && file.folders.first != folder && !(file.folders.first.map(isPart) ?? false)
  }

  /// The kind of collection in a few words.
  var kind: String {
    let place =
      hasLabels ? "in \(DisplayName.counted(classNames.count, "class folder"))" : "in a flat folder, no labels"
    return "\(PictureFile.formats) pictures \(place)"
  }

  /// Lines about what was left out.
  var notes: [String] {
    hidden > 0 ? ["\(DisplayName.counted(hidden, "hidden file")) left out"] : []
  }

  /// Returns whether a name is hidden, or one that systems leave behind.
  static func isHidden(_ name: String) -> Bool { name.hasPrefix(".") || leftovers.contains(name.lowercased()) }
}

/// Finds all files below a directory. Links to directories are followed, and each directory is visited once.
private struct FolderWalk {
  struct File {
    /// The path below the directory.
    let name: String
    /// The names of the folders in that path.
    let folders: [String]
  }

  private let path: String
  private let skipBroken: Bool
  private(set) var hidden = 0
  private var visited: Set<FileStatus.Identity> = []

  init(_ path: String, skipBroken: Bool) { (self.path, self.skipBroken) = (path, skipBroken) }

  mutating func files() throws -> [File] {
    var (files, waiting): ([File], [[String]]) = ([], [[]])
    while let folders = waiting.popLast() {
      let place = folders.reduce(path, Directory.join)
      guard let status = try FileStatus.of(place), visited.insert(status.identity).inserted else { continue }
      let contents = try Directory.contents(place)
      if let other = contents.otherNames.first, !skipBroken { throw FileError.notUTF8(path: place, name: other) }
      for name in contents.names {
        if PictureListing.isHidden(name) {
          hidden += 1
        } else if try FileStatus.of(Directory.join(place, name))?.kind == .directory {
          waiting.append(folders + [name])
        } else {
          files.append(File(name: (folders + [name]).joined(separator: "/"), folders: folders))
        }
      }
    }
    return files
  }
}
