// ZipArchive.swift
// The table of a zip archive (APPNOTE 6.3): the names, sizes and places of its members. NumPy's .npz files are such archives.

package import ByteStreams

/// An archive whose members are read where they are wanted.
package struct ZipArchive: Sendable {
  /// A file in the archive.
  package struct Member: Equatable, Sendable {
    package let name: String
    /// In bytes, expanded, as the table claims.
    package let size: Int
    package let compressedSize: Int
    /// The place of the header before the member's bytes.
    let offset: Int
    let method: Int
    let checksum: UInt32
    let isEncrypted: Bool
  }

  /// The members in the order of the table, without directories.
  package let members: [Member]
  let file: RandomAccessFile

  /// Reads the table.
  /// - Throws: `ZlibError.badArchive`, also for a name that is absolute or has a part `..`; `FileError`.
  package init(_ file: RandomAccessFile) throws {
    self.file = file
    var table = try TableOfContents(file)
    var members: [Member] = []
    while let member = try table.next() {
      if !member.name.hasSuffix("/") { members.append(member) }
    }
    self.members = members
  }

  /// The member of this name; the last one, if there are several.
  package func member(named name: String) -> Member? { members.last { $0.name == name } }

  /// Gives the bytes of a member.
  /// - Parameter limit: the most bytes accepted.
  /// - Throws: `ZlibError`, `FileError`.
  package func source(of member: Member, limit: Int) throws -> ZipMemberSource {
    try ZipMemberSource(member, of: file, limit: limit)
  }
}

/// Unsigned numbers of a record, their lowest bytes first. A number outside of the record is nil, as is one above `Int.max`.
struct LittleEndianRecord {
  let bytes: ArraySlice<UInt8>

  init(_ bytes: some Sequence<UInt8>) { self.bytes = ArraySlice(bytes) }

  func number(at offset: Int, bytes width: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - width else { return nil }
    let start = bytes.startIndex + offset
    return Int(exactly: bytes[start..<start + width].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}

/// Reads the table entry by entry.
private struct TableOfContents {
  private static let end = (signature: 0x0605_4B50, size: 22)
  private static let largestComment = 65_535
  private static let wideLocator = (signature: 0x0706_4B50, size: 20)
  private static let wideEnd = (signature: 0x0606_4B50, size: 56)
  private static let entry = (signature: 0x0201_4B50, size: 46)
  /// The most bytes of a table that are read: some 500,000 members.
  private static let largestTable = 1 << 26

  private let path: String
  private let bytes: [UInt8]
  private let start: Int
  private var position = 0
  private var left: Int

  init(_ file: RandomAccessFile) throws {
    path = file.path
    let size = try file.size(expecting: .max)
    let front = max(0, size - Self.end.size - Self.largestComment)
    let tail = try file.bytes(at: front, count: size - front)
    guard let place = Self.place(in: tail) else {
      throw ZlibError.badArchive(name: path, offset: size, reason: "no table of contents at the end")
    }
    let (end, endOffset) = (LittleEndianRecord(tail[place...]), front + place)
    var claimed = (
      count: end.number(at: 10, bytes: 2), size: end.number(at: 12, bytes: 4), start: end.number(at: 16, bytes: 4)
    )
    if claimed.count == 0xFFFF || claimed.size == 0xFFFF_FFFF || claimed.start == 0xFFFF_FFFF,
      let wide = try Self.wideRecord(file, before: endOffset)
    {
      claimed = (wide.number(at: 32, bytes: 8), wide.number(at: 40, bytes: 8), wide.number(at: 48, bytes: 8))
    }
    guard let count = claimed.count, let length = claimed.size, let start = claimed.start, length <= endOffset,
      start <= endOffset - length, length <= Self.largestTable, count <= length / Self.entry.size
    else {
      throw ZlibError.badArchive(name: path, offset: endOffset, reason: "the table of contents has no valid place")
    }
    bytes = try file.bytes(at: start, count: length)
    (self.start, left) = (start, count)
  }

  /// The last end record whose comment reaches to the end of the file.
  private static func place(in tail: [UInt8]) -> Int? {
    let record = LittleEndianRecord(tail)
    return stride(from: tail.count - end.size, through: 0, by: -1).first { place in
      tail[place] == 0x50 && record.number(at: place, bytes: 4) == end.signature
        && record.number(at: place + 20, bytes: 2) == tail.count - place - end.size
    }
  }

  /// The record with numbers of 64 bits; nil where there is none.
  private static func wideRecord(_ file: RandomAccessFile, before end: Int) throws -> LittleEndianRecord? {
    guard end >= wideLocator.size else { return nil }
    let locator = LittleEndianRecord(try file.bytes(at: end - wideLocator.size, count: wideLocator.size))
    guard locator.number(at: 0, bytes: 4) == wideLocator.signature, let offset = locator.number(at: 8, bytes: 8),
      offset <= end
    else { return nil }
    let record = LittleEndianRecord(try file.bytes(at: offset, count: wideEnd.size))
    return record.number(at: 0, bytes: 4) == wideEnd.signature ? record : nil
  }

  mutating func next() throws -> ZipArchive.Member? {
    if left == 0 { return nil }
    let entry = LittleEndianRecord(bytes[position...])
    func number(_ offset: Int, _ width: Int) throws -> Int {
      guard let number = entry.number(at: offset, bytes: width) else { throw damaged("the table ends in an entry") }
      return number
    }
    guard try number(0, 4) == Self.entry.signature else { throw damaged("no entry of the table") }
    let (nameLength, extraLength, commentLength) = (try number(28, 2), try number(30, 2), try number(32, 2))
    let nameStart = position + Self.entry.size
    let end = nameStart + nameLength + extraLength + commentLength
    guard end <= bytes.count else { throw damaged("the table ends in an entry") }
    let name = String(decoding: bytes[nameStart..<nameStart + nameLength], as: UTF8.self)
    if name.hasPrefix("/") || name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).contains("..") {
      throw damaged("the name \(DisplayName.quoted(name)) leads out of the archive")
    }
    let narrow = (size: try number(24, 4), compressed: try number(20, 4), offset: try number(42, 4))
    let extra = bytes[nameStart + nameLength..<nameStart + nameLength + extraLength]
    let wide = try widened([narrow.size, narrow.compressed, narrow.offset], by: LittleEndianRecord(extra))
    let member = ZipArchive.Member(
      name: name, size: wide[0], compressedSize: wide[1], offset: wide[2], method: try number(10, 2),
      checksum: UInt32(truncatingIfNeeded: try number(16, 4)), isEncrypted: try number(8, 2) & 1 == 1)
    position = end
    left -= 1
    return member
  }

  /// Replaces each number that has no room in 32 bits by the one in the extra field 1.
  private func widened(_ narrow: [Int], by extra: LittleEndianRecord) throws -> [Int] {
    guard narrow.contains(0xFFFF_FFFF) else { return narrow }
    var place = 0
    while let kind = extra.number(at: place, bytes: 2), let length = extra.number(at: place + 2, bytes: 2), kind != 1 {
      place += 4 + length
    }
    place += 4
    return try narrow.map { number in
      guard number == 0xFFFF_FFFF else { return number }
      guard let wide = extra.number(at: place, bytes: 8) else { throw damaged("the size of a member is missing") }
      place += 8
      return wide
    }
  }

  private func damaged(_ reason: String) -> ZlibError {
    .badArchive(name: path, offset: start + position, reason: reason)
  }
}
