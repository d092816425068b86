// ZipMemberSource.swift
// The bytes of one file in a zip archive, expanded as they are read.

import ByteStreams

/// Gives a member's bytes, stored or deflated; at their end, size and checksum have been verified.
///
/// Nothing is allocated by what the archive claims.
package final class ZipMemberSource: ByteSource {
  private let member: ZipArchive.Member
  private let file: RandomAccessFile
  /// Nil for a stored member.
  private let stream: InflateStream?
  /// The compressed bytes of the archive that have not been read.
  private var unread: Range<Int>
  private var input: [UInt8] = []
  /// The part of `input` that is not used yet.
  private var pending = 0..<0
  private var given = 0
  private var checksum: UInt32 = 0
  private var hasEnded = false

  private static let header = (signature: 0x0403_4B50, size: 30)

  init(_ member: ZipArchive.Member, of file: RandomAccessFile, limit: Int) throws {
    (self.member, self.file) = (member, file)
    let label = "\(file.path): \(member.name)"
    if member.size > limit { throw ZlibError.tooLarge(name: label, limit: limit) }
    func bad(_ reason: String) -> ZlibError { .badArchive(name: label, offset: member.offset, reason: reason) }
    if member.isEncrypted { throw bad("it is encrypted") }
    switch member.method {
    case 0 where member.size != member.compressedSize: throw bad("a stored member has two sizes")
    case 0: stream = nil
    case 8: stream = try InflateStream(.none)
    case let method: throw bad("compression method \(method); only 0 (stored) and 8 (deflate) are read")
    }
    guard member.offset <= file.size else { throw bad("its place is behind the end of the file") }
    let header = LittleEndianRecord(try file.bytes(at: member.offset, count: Self.header.size))
    guard header.number(at: 0, bytes: 4) == Self.header.signature, let nameLength = header.number(at: 26, bytes: 2),
      let extraLength = header.number(at: 28, bytes: 2)
    else { throw bad("no header of a member") }
    let start = member.offset + Self.header.size + nameLength + extraLength
    guard start <= file.size, member.compressedSize <= file.size - start else {
      throw bad("it ends behind the end of the file")
    }
    unread = start..<start + member.compressedSize
  }

  /// Fills the front of `buffer` with the member's bytes; the count is 0 at its end.
  /// - Throws: `ZlibError`, `FileError`.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while buffer.count > 0, !hasEnded {
      let count = try stream.map { try inflate($0, into: buffer) } ?? copy(into: buffer)
      if count > member.size - given { throw damaged("more bytes than the table says") }
      checksum = CRC32.of(UnsafeRawBufferPointer(rebasing: buffer[..<count]), after: checksum)
      given += count
      if hasEnded {
        if given != member.size { throw damaged("\(given) bytes, and the table says \(member.size)") }
        if checksum != member.checksum { throw damaged("incorrect data check") }
      }
      if count > 0 { return count }
    }
    return 0
  }

  private func copy(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, unread.count)])
    let count = part.isEmpty ? 0 : try file.read(at: unread.lowerBound, into: part)
    if count < part.count { throw ZlibError.truncated(name: label, offset: unread.lowerBound + count) }
    unread = unread.lowerBound + count..<unread.upperBound
    hasEnded = unread.isEmpty
    return count
  }

  private func inflate(_ stream: InflateStream, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if pending.isEmpty {
      input = try file.bytes(at: unread.lowerBound, count: min(1 << 16, unread.count))
      unread = unread.lowerBound + input.count..<unread.upperBound
      pending = 0..<input.count
    }
    let (consumed, produced, status) = try input.withUnsafeBytes {
      try stream.run(UnsafeRawBufferPointer(rebasing: $0[pending]), into: buffer)
    }
    pending = pending.lowerBound + consumed..<pending.upperBound
    switch status {
    case .end: hasEnded = true
    case .corrupt(let reason): throw damaged(reason)
    case .more where produced == 0 && consumed == 0: throw ZlibError.truncated(name: label, offset: unread.lowerBound)
    case .more: break
    }
    return produced
  }

  private var label: String { "\(file.path): \(member.name)" }

  private func damaged(_ reason: String) -> ZlibError {
    .corrupt(name: label, offset: unread.lowerBound, reason: reason)
  }
}
