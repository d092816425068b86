// IDXCandidates.swift
// The files that may be one of a collection's four, by their names.

import ByteStreams
import Zlib

/// Files of a directory, or of directories in it that have such a name themselves, as archives are unpacked.
struct IDXCandidates {
  /// Paths below the directory, the one to read first.
  let all: [String]
  private let directory: String

  /// - Parameters:
  ///   - names: the possible names, the preferred one first; each may also end in .gz.
  ///   - present: the names in the directory.
  /// - Throws: `FileError`.
  init(_ names: [String], in directory: String, present: Set<String>) throws {
    let possible = names + names.map { "\($0).gz" }
    let kinds = try possible.filter(present.contains).map {
      (name: $0, kind: try FileStatus.of(Directory.join(directory, $0))?.kind)
    }
    let inside = try kinds.filter { $0.kind == .directory }.flatMap { folder in
      try possible.map { "\(folder.name)/\($0)" }.filter {
        try FileStatus.of(Directory.join(directory, $0))?.kind == .regular
      }
    }
    let files = kinds.filter { $0.kind != .directory && $0.kind != nil }.map(\.name) + inside
    // A link that leads nowhere is named by the error of reading it.
    all = files.isEmpty ? kinds.filter { $0.kind == nil }.map(\.name) : files
    self.directory = directory
  }

  /// The file to read; nil where there is none.
  var path: String? { all.first.map { Directory.join(directory, $0) } }

  /// One line where another file holds something else than the one that is read.
  var note: String? {
    guard let first = all.first, all.count > 1 else { return nil }
    let mark = try? ContentMark(Directory.join(directory, first))
    let others = all.dropFirst().filter { other in
      let found = try? ContentMark(Directory.join(directory, other))
      return found == nil || found != mark
    }
    if others.isEmpty { return nil }
    return "\(DisplayName.quoted(first)) is read; \(others.map(DisplayName.quoted).joined(separator: ", ")) "
      + "\(others.count == 1 ? "holds" : "hold") something else"
  }
}

/// What tells two files apart, raw or gzipped: size and checksum of what they hold, as a gzip file has them at its end.
private struct ContentMark: Equatable {
  private let size: UInt32
  private let checksum: UInt32

  /// - Throws: `FileError`.
  init(_ path: String) throws {
    let file = try RandomAccessFile(path)
    if file.size >= 18, Gzip.isCompressed(try file.bytes(at: 0, count: 2)) {
      let trailer = try file.bytes(at: file.size - 8, count: 8).map(UInt32.init)
      checksum = trailer[0] | trailer[1] << 8 | trailer[2] << 16 | trailer[3] << 24
      size = trailer[4] | trailer[5] << 8 | trailer[6] << 16 | trailer[7] << 24
      return
    }
    var (checksum, place) = (UInt32(0), 0)
    while case let bytes = try file.bytes(at: place, count: 1 << 20), !bytes.isEmpty {
      checksum = CRC32.of(bytes, after: checksum)
      place += bytes.count
    }
    (self.checksum, size) = (checksum, UInt32(truncatingIfNeeded: place))
  }
}
