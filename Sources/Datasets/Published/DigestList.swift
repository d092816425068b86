// DigestList.swift
// The file SHA256SUMS of a fetched collection, which sha256sum --check reads too.

import ByteStreams

/// The list in a directory.
struct DigestList {
  private let path: String
  /// Whether a file that no fetch has written has its name.
  private let isForeign: Bool
  /// The digest of each listed file; empty where there is no list.
  let digests: [String: String]

  private static let mark = "# aelog data fetch "
  private static let largest = 1 << 16

  init(in directory: String) {
    path = Directory.join(directory, PublishedCollection.digestsFileName)
    let bytes = try? FileContents.read(path, limit: Self.largest)
    let lines = String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n")
    let isOurs = lines.first?.hasPrefix(Self.mark) ?? false
    isForeign = !isOurs && FileStatus.isThere(path)
    let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
      let words = line.split(separator: " ", maxSplits: 1)
      return words.count == 2 ? (words[1].trimmedStart, String(words[0])) : nil
    }
    digests = isOurs ? Dictionary(pairs) { $1 } : [:]
  }

  /// - Throws: `FetchError.inTheWay` for a file of this name that is none of ours.
  func checkPlace() throws { if isForeign { throw FetchError.inTheWay(path: path) } }

  /// Replaces the list.
  func write(_ files: [(name: String, sha256: String)], title: String) throws {
    let lines = ["\(Self.mark)\(title)"] + files.map { "\($0.sha256)  \($0.name)" }
    try AtomicFile.replace(path, bytes: Array(lines.map { $0 + "\n" }.joined().utf8))
  }
}

extension Substring {
  fileprivate var trimmedStart: String { String(drop { $0 == " " }) }
}

extension FileStatus {
  fileprivate static func isThere(_ path: String) -> Bool { ((try? of(path, followsLinks: false)) ?? nil) != nil }
}
