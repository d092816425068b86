// CollectionFetch.swift
// Fetches a published collection into a directory: every file downloaded, checked, unpacked, and listed with its digest.

import ByteStreams

/// One fetch. Two at once of one directory exclude each other.
package struct CollectionFetch {
  /// How it ended.
  package enum Outcome: Equatable, Sendable {
    /// Everything was there, and nothing has changed.
    case alreadyThere
    case fetched
  }

  package let collection: PublishedCollection
  package let directory: String
  private let homes: [String]
  private let environment: [String: String]
  private let pause: Double

  /// - Parameters:
  ///   - mirror: the address of a directory with the collection's files, instead of the published homes.
  ///   - environment: `PATH` leads to curl or wget.
  ///   - pause: seconds before the first repeated attempt.
  /// - Throws: `FetchError.badMirror`.
  package init(
    _ collection: PublishedCollection, directory: String, mirror: String? = nil, environment: [String: String],
    pause: Double = 1
  ) throws {
    if let mirror { try Self.check(mirror) }
    self.collection = collection
    self.directory = directory
    homes = mirror.map { [$0] } ?? collection.homes
    self.environment = environment
    self.pause = pause
  }

  /// Refuses an address that is none of a directory on a server.
  package static func check(_ mirror: String) throws {
    let rest = ["http://", "https://"].first(where: mirror.lowercased().hasPrefix).map { mirror.dropFirst($0.count) }
    guard let rest, let first = rest.first, first != "/",
      mirror.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F && $0 != "?" && $0 != "#" })
    else { throw FetchError.badMirror(mirror) }
  }

  /// Fetches what is missing.
  /// - Parameters:
  ///   - tell: gets reports, on this thread.
  ///   - shouldStop: asked some times a second; the partial file then stays, and the next fetch resumes it.
  /// - Throws: `FetchError`, `FileError`, `ZlibError`.
  package func run(tell: (FetchEvent) -> Void = { _ in }, shouldStop: () -> Bool = { false }) throws -> Outcome {
    try Directory.create(directory)
    let lock = try DirectoryLock(directory)
    defer { lock.release() }
    AtomicFile.removeLeftovers(in: directory)
    return try withoutActuallyEscaping(tell) { tell in
      try withoutActuallyEscaping(shouldStop) { shouldStop in
        let work = Work(tell: tell, shouldStop: shouldStop, lock: lock)
        return switch collection.contents {
        case .files(let files): try fetch(files, work)
        case .tar(let archive, let members): try fetch(archive, members, work) { try unpackTar($0, members, work) }
        case .zip(let archive, let members): try fetch(archive, members, work) { try unpackZip($0, members, work) }
        }
      }
    }
  }

  struct Work {
    let tell: (FetchEvent) -> Void
    let shouldStop: () -> Bool
    let lock: DirectoryLock

    func checkStop() throws { if shouldStop() { throw FetchError.interrupted } }
  }

  private func fetch(_ files: [PublishedFile], _ work: Work) throws -> Outcome {
    let list = DigestList(in: directory)
    let isListed = list.digests == Dictionary(files.map { ($0.name, $0.digests.sha256) }) { $1 }
    var isNew = !isListed
    try list.checkPlace()
    for file in files where try !isThere(file, work) {
      try download([file], work)
      isNew = true
    }
    try writeClasses()
    if isNew { try list.write(files.map { ($0.name, $0.digests.sha256) }, title: collection.name) }
    return isNew ? .fetched : .alreadyThere
  }

  private func fetch(
    _ archive: PublishedFile, _ members: [ArchiveMember], _ work: Work,
    unpack: (String) throws -> [(name: String, sha256: String)]
  ) throws -> Outcome {
    let list = DigestList(in: directory)
    try list.checkPlace()
    if try isWhole(members, by: list, work) {
      try writeClasses()
      return .alreadyThere
    }
    let path = Directory.join(directory, archive.name)
    if try !isThere(archive, work) { try download([archive], work) }
    let unpacked = try unpack(path)
    try writeClasses()
    try list.write(unpacked, title: collection.name)
    try FileContents.remove(path)
    return .fetched
  }

  /// Whether all members are there with the digests that were listed when they were unpacked.
  private func isWhole(_ members: [ArchiveMember], by list: DigestList, _ work: Work) throws -> Bool {
    var isWhole = true
    for member in members {
      let path = Directory.join(directory, member.name)
      guard let listed = list.digests[member.name], let size = try FileStatus.of(path)?.size else {
        isWhole = false
        continue
      }
      let found = try digests(of: path, member.name, size: size, work)
      if found.sha256 != listed { throw FetchError.inTheWay(path: path) }
      work.tell(.ready(member.name, bytes: found.size, url: nil))
    }
    return isWhole
  }

  /// Whether the published file is in its place.
  /// - Throws: `FetchError.inTheWay` for another file there.
  private func isThere(_ file: PublishedFile, _ work: Work) throws -> Bool {
    let path = Directory.join(directory, file.name)
    guard try FileStatus.of(path) != nil else { return false }
    if try digests(of: path, file.name, size: file.digests.size, work) != file.digests {
      throw FetchError.inTheWay(path: path)
    }
    work.tell(.ready(file.name, bytes: file.digests.size, url: nil))
    return true
  }

  private func digests(of path: String, _ name: String, size: Int, _ work: Work) throws -> FileDigests {
    try FileDigests(of: path) {
      try work.checkStop()
      work.tell(.progress(name, .checking, done: $0, of: size))
    }
  }

  private func download(_ files: [PublishedFile], _ work: Work) throws {
    guard let program = TransferProgram(environment: environment) else {
      throw FetchError.noProgram(name: collection.name, directory: directory, commands: commands)
    }
    for file in files {
      let download = Download(
        file: file, directory: directory, homes: homes, program: program, lock: work.lock, shouldStop: work.shouldStop,
        tell: work.tell, pause: pause)
      let url = try download.run()
      work.tell(.ready(file.name, bytes: file.digests.size, url: url))
    }
  }

  /// The commands that download the files that are not there, as a person would type them.
  private var commands: [String] {
    collection.downloads.filter { TransferProgram.size(of: Directory.join(directory, $0.name)) == 0 }.map { file in
      ShellWord.line([
        "curl", "--fail", "--location", "--continue-at", "-", "--output", file.name,
        Download.address(of: file.name, in: homes.first ?? ""),
      ])
    }
  }

  /// Writes the names of the classes, unless a file of them is there, which a person may have changed.
  private func writeClasses() throws {
    let path = Directory.join(directory, PublishedCollection.classesFileName)
    guard !collection.classNames.isEmpty, try FileStatus.of(path, followsLinks: false) == nil else { return }
    try AtomicFile.replace(path, bytes: Array(collection.classNames.map { $0 + "\n" }.joined().utf8))
  }
}

/// A report of a fetch while it works.
package enum FetchEvent: Equatable, Sendable {
  package enum Work: String, Sendable { case downloading, checking, unpacking }

  /// So many bytes of a file are done.
  case progress(String, Work, done: Int, of: Int)
  /// The file is there, whole; `url` is nil where it has been there before.
  case ready(String, bytes: Int, url: String?)
  /// The download failed and is tried again.
  case repeated(url: String, reason: String)
  /// The address has no such file, and the next one is tried.
  case skipped(url: String, reason: String)
}
