// Exercise+Archives.swift
// Zip and tar archives: every member read, in one way and in small parts.

import ByteStreams
import Zlib

extension Exercise {
  private static let limit = 1 << 22

  static func readZip(_ bytes: [UInt8]) throws {
    guard let archive = try? ZipArchive(RandomAccessFile(bytes: bytes, path: "bytes")) else { return }
    for member in archive.members.prefix(20) {
      guard var source = try? archive.source(of: member, limit: limit), let text = try? source.readAll() else {
        continue
      }
      if text.count != member.size {
        throw Disagreement(what: "a member of \(text.count) bytes, claimed \(member.size)")
      }
    }
  }

  static func readTar(_ bytes: [UInt8]) throws {
    let size = Int(bytes.first ?? 0) % 31 + 1
    if files(of: MemorySource(bytes)) != files(of: SlowSource(bytes, size: size)) {
      throw Disagreement(what: "a tar archive in parts of \(size) bytes")
    }
  }

  /// The files up to the first error.
  private static func files(of source: some ByteSource) -> [[UInt8]] {
    var reader = TarReader(source)
    var found: [[UInt8]] = []
    var part = [UInt8](repeating: 0, count: 300)
    while let member = try? reader.next() {
      var text = Array(member.name.utf8)
      while let count = try? part.withUnsafeMutableBytes({ try reader.read(into: $0) }), count > 0 {
        text += part[..<count]
      }
      found.append(text)
    }
    return found
  }
}
