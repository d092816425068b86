// CollectionFetch+Archives.swift
// Takes a collection's files out of its archive: only those that the table names, and no larger than it says.

import ByteStreams
import Zlib

extension CollectionFetch {
  /// Unpacks a gzipped tar archive.
  /// - Returns: the names and digests of the files.
  func unpackTar(_ path: String, _ members: [ArchiveMember], _ work: Work) throws -> [(name: String, sha256: String)] {
    var archive = TarReader(try GzipSource(FileSource(path, accepting: .regular), name: path), name: path)
    var unpacked: [String: Unpacked] = [:]
    while let found = try archive.next() {
      try work.checkStop()
      guard found.isFile, let member = members.first(where: { $0.path == found.name }) else { continue }
      unpacked[member.name] = try unpack(member, size: found.size, archive: path, work) { try archive.read(into: $0) }
    }
    return try commit(members.map { ($0, unpacked[$0.name]) }, archive: path)
  }

  /// Unpacks a zip archive.
  /// - Returns: the names and digests of the files.
  func unpackZip(_ path: String, _ members: [ArchiveMember], _ work: Work) throws -> [(name: String, sha256: String)] {
    let archive = try ZipArchive(RandomAccessFile(path, accepting: .regular))
    let unpacked = try members.map { member in
      guard let found = archive.member(named: member.path) else { return (member, nil as Unpacked?) }
      let source = try archive.source(of: found, limit: member.sizes.upperBound)
      return (member, try unpack(member, size: found.size, archive: path, work) { try source.read(into: $0) })
    }
    return try commit(unpacked, archive: path)
  }

  /// A file that waits to be put in its place.
  private struct Unpacked {
    let file: AtomicFile.Prepared
    let sha256: String
    let size: Int
  }

  private func unpack(
    _ member: ArchiveMember, size: Int, archive: String, _ work: Work,
    read: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws -> Unpacked {
    if !member.sizes.contains(size) {
      throw FetchError.wrongMemberSize(archive: archive, member: member.path, got: size, want: member.sizes)
    }
    var (digest, done) = (DigestStream<SHA256>(), 0)
    var part = [UInt8](repeating: 0, count: 1 << 20)
    let file = try AtomicFile.prepare(Directory.join(directory, member.name)) { sink in
      while true {
        try work.checkStop()
        let count = try part.withUnsafeMutableBytes { try read($0) }
        if count == 0 { break }
        try part.withUnsafeBytes {
          let bytes = UnsafeRawBufferPointer(rebasing: $0[..<count])
          digest.update(bytes)
          try sink.write(bytes)
        }
        done += count
        work.tell(.progress(member.name, .unpacking, done: done, of: size))
      }
    }
    work.tell(.ready(member.name, bytes: done, url: nil))
    return Unpacked(file: file, sha256: digest.finish(), size: done)
  }

  /// Puts all files in their places, once all of them are written.
  /// - Throws: `FetchError.missingMember`; `.inTheWay` for a file there that differs.
  private func commit(
    _ files: [(ArchiveMember, Unpacked?)], archive: String
  ) throws -> [(name: String, sha256: String)] {
    let whole = try files.map { member, unpacked in
      guard let unpacked else { throw FetchError.missingMember(archive: archive, member: member.path) }
      if let status = try FileStatus.of(unpacked.file.path, followsLinks: false) {
        let isSame = status.size == unpacked.size && status.kind == .regular
        guard isSame, try FileDigests(of: unpacked.file.path).sha256 == unpacked.sha256 else {
          throw FetchError.inTheWay(path: unpacked.file.path)
        }
      }
      return unpacked
    }
    try AtomicFile.commit(whole.map(\.file))
    return zip(files, whole).map { ($0.0.name, $1.sha256) }
  }
}
