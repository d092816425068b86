// PublishedCollection.swift
// A collection of images that others have published: where its files lie, and by which digests they are known.

package import ByteStreams

/// A file to download.
package struct PublishedFile: Equatable, Sendable {
  package let name: String
  package let digests: FileDigests

  package init(_ name: String, size: Int, md5: String, sha256: String) {
    self.name = name
    digests = FileDigests(size: size, md5: md5, sha256: sha256)
  }
}

/// A file in a published archive.
package struct ArchiveMember: Equatable, Sendable {
  package let path: String
  /// The sizes in bytes that are accepted.
  package let sizes: ClosedRange<Int>

  package init(_ path: String, sizes: ClosedRange<Int>) { (self.path, self.sizes) = (path, sizes) }

  /// The file's name in the collection's directory.
  package var name: String { Directory.lastPart(of: path) }
}

/// One row of the table of published collections.
package struct PublishedCollection: Equatable, Sendable {
  /// The way in which the images are published.
  package enum Contents: Equatable, Sendable {
    /// Files that are used as they are.
    case files([PublishedFile])
    /// A gzipped tar archive, and the files that are taken out of it.
    case tar(PublishedFile, [ArchiveMember])
    /// A zip archive, and the files that are taken out of it.
    case zip(PublishedFile, [ArchiveMember])
  }

  /// The word that people type.
  package let name: String
  /// The addresses under which the files lie by their names, the best first.
  package let homes: [String]
  package let contents: Contents
  /// The names of the classes in the order of their labels; empty where a file of the collection has them.
  package let classNames: [String]

  package init(_ name: String, homes: [String], contents: Contents, classNames: [String] = []) {
    (self.name, self.homes, self.contents, self.classNames) = (name, homes, contents, classNames)
  }

  /// The files to download.
  package var downloads: [PublishedFile] {
    switch contents {
    case .files(let files): files
    case .tar(let archive, _), .zip(let archive, _): [archive]
    }
  }

  /// The names of the images' files in the collection's directory.
  package var fileNames: [String] {
    switch contents {
    case .files(let files): files.map(\.name)
    case .tar(_, let members), .zip(_, let members): members.map(\.name)
    }
  }

  /// The collection of this name; nil if there is none.
  package static func named(_ name: String) -> PublishedCollection? { all.first { $0.name == name } }
}

extension PublishedCollection {
  /// The file of class names, a line each, that is written beside the images.
  package static let classesFileName = "classes.txt"
  /// The list of the files' digests, as sha256sum reads it. It is written last: where it stands, the collection is whole.
  package static let digestsFileName = "SHA256SUMS"

  /// The directory of a collection that is fetched without `--out`.
  /// - Throws: `FetchError.noHome` where the environment names no directory for it.
  package func defaultDirectory(environment: [String: String]) throws -> String {
    // By the specification of XDG's directories, a relative path is ignored.
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return Directory.join(data, "aelog/\(name)") }
    guard let home = environment["HOME"], home.hasPrefix("/") else { throw FetchError.noHome(name: name) }
    return Directory.join(home, ".local/share/aelog/\(name)")
  }

  /// Whether the directory has all files of the collection. Their bytes are not read.
  package func isFetched(in directory: String) -> Bool {
    ([Self.digestsFileName] + fileNames).allSatisfy {
      (try? FileStatus.of(Directory.join(directory, $0)))??.kind == .regular
    }
  }

  /// The directory to which a bare word after `--data` leads.
  /// - Returns: nil for a word that is no published name.
  /// - Throws: `FetchError.notFetched`, which says how to fetch the collection; `.noHome`.
  package static func directory(named word: String, environment: [String: String]) throws -> String? {
    guard let collection = named(word) else { return nil }
    let directory = try collection.defaultDirectory(environment: environment)
    if !collection.isFetched(in: directory) { throw FetchError.notFetched(name: word, directory: directory) }
    return directory
  }
}
