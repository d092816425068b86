// ArchiveBytes.swift
// Small archives made byte by byte, for tests of their readers.

import Zlib

/// Makes tar archives (POSIX ustar).
enum TarBytes {
  static func archive(
    of files: [(name: String, bytes: [UInt8])], directories: [String] = [], prefix: String = ""
  ) -> [UInt8] {
    var all: [UInt8] = []
    for name in directories { all += header(name, size: 0, kind: "5", prefix: prefix) }
    for (name, bytes) in files {
      all += header(name, size: bytes.count, kind: "0", prefix: prefix) + bytes
      all += [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }
    return all + [UInt8](repeating: 0, count: 1024)
  }

  private static func header(_ name: String, size: Int, kind: String, prefix: String) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at place: Int) { header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8) }
    func octal(_ number: Int, digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put("0000644", at: 100)
    put(octal(size, digits: 11), at: 124)
    put("        ", at: 148)
    put(kind, at: 156)
    put("ustar", at: 257)
    put("00", at: 263)
    put(prefix, at: 345)
    put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\0 ", at: 148)
    return header
  }
}

/// Makes zip archives.
struct ZipBytes {
  struct Entry {
    var name: String
    var bytes: [UInt8]
    var isDeflated = false
    /// Whether sizes stand in the extra field of 64 bits.
    var isWide = false
    /// The size that the table claims, if it lies.
    var claimedSize: Int?
  }

  static func archive(of entries: [Entry], comment: String = "", isWide: Bool = false) throws -> [UInt8] {
    var (all, table): ([UInt8], [UInt8]) = ([], [])
    for entry in entries {
      let offset = all.count
      // A zlib stream has two bytes before the deflated ones, and four after them.
      let stored = entry.isDeflated ? Array(try Deflate.zlib(entry.bytes).dropFirst(2).dropLast(4)) : entry.bytes
      let size = entry.claimedSize ?? entry.bytes.count
      let checksum = number(Int(CRC32.of(entry.bytes)), 4)
      let shown =
        entry.isWide ? number(0xFFFF_FFFF, 4) + number(0xFFFF_FFFF, 4) : number(stored.count, 4) + number(size, 4)
      let extra = entry.isWide ? number(1, 2) + number(16, 2) + number(size, 8) + number(stored.count, 8) : []
      let common =
        number(20, 2) + number(0, 2) + number(entry.isDeflated ? 8 : 0, 2) + number(0, 4) + checksum + shown
        + number(entry.name.utf8.count, 2) + number(extra.count, 2)
      all += number(0x0403_4B50, 4) + common + Array(entry.name.utf8) + extra + stored
      table += number(0x0201_4B50, 4) + number(20, 2) + common + number(0, 2) + number(0, 8) + number(offset, 4)
      table += Array(entry.name.utf8) + extra
    }
    let start = all.count
    all += table
    if isWide {
      let place = all.count
      all += number(0x0606_4B50, 4) + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8)
      all += number(entries.count, 8) + number(entries.count, 8) + number(table.count, 8) + number(start, 8)
      all += number(0x0706_4B50, 4) + number(0, 4) + number(place, 8) + number(1, 4)
    }
    let count = number(isWide ? 0xFFFF : entries.count, 2)
    all += number(0x0605_4B50, 4) + number(0, 4) + count + count + number(isWide ? 0xFFFF_FFFF : table.count, 4)
    all += number(isWide ? 0xFFFF_FFFF : start, 4) + number(comment.utf8.count, 2) + Array(comment.utf8)
    return all
  }

  private static func number(_ number: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
