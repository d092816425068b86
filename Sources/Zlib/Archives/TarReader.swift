// TarReader.swift
// The files of a tar archive (POSIX ustar), one after the other, as the archive's bytes come.

package import ByteStreams

/// Reads the archive's members in order. Names longer than the header's field, which pax and GNU store apart, are not read:
/// such a member has the beginning of its name.
package struct TarReader<Source: ByteSource> {
  /// A member of the archive.
  package struct Member: Equatable, Sendable {
    package let name: String
    /// In bytes, as the header claims.
    package let size: Int
    /// False for a directory, a link, or a record about another member.
    package let isFile: Bool
  }

  private static var blockSize: Int { 512 }

  private var source: Source
  private let name: String?
  /// How many bytes of the archive have been read.
  private var offset = 0
  /// How many bytes of the current member are left, and how many of padding follow them.
  private var left = 0
  private var padding = 0

  /// - Parameter name: the archive's, for messages.
  package init(_ source: Source, name: String? = nil) {
    self.source = source
    self.name = name
  }

  /// Skips what is left of the current member, and reads the header of the next.
  /// - Returns: nil at the archive's end: at a block of zeros, or where the bytes end between two members.
  /// - Throws: `ZlibError`, or what the source throws.
  package mutating func next() throws -> Member? {
    try skip()
    var header = [UInt8](repeating: 0, count: Self.blockSize)
    let count = try header.withUnsafeMutableBytes { try source.fill($0) }
    if count == 0 || header.allSatisfy({ $0 == 0 }) { return nil }
    if count < header.count { throw ZlibError.truncated(name: name, offset: offset + count) }
    guard Self.octal(header[148..<156]) == Self.checksum(of: header) else { throw damaged("no header of a member") }
    guard let size = Self.octal(header[124..<136]), size <= Int.max - Self.blockSize else {
      throw damaged("the size of a member is no octal number")
    }
    offset += count
    left = size
    padding = (Self.blockSize - size % Self.blockSize) % Self.blockSize
    return Member(name: Self.name(in: header), size: size, isFile: [0, UInt8(ascii: "0")].contains(header[156]))
  }

  /// Fills the front of `buffer` with bytes of the current member; the count is 0 at its end.
  /// - Throws: `ZlibError.truncated`, or what the source throws.
  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let wanted = min(left, buffer.count)
    if wanted == 0 { return 0 }
    let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
    if count == 0 { throw ZlibError.truncated(name: name, offset: offset) }
    left -= count
    offset += count
    return count
  }

  private mutating func skip() throws {
    left += padding
    padding = 0
    var waste = [UInt8](repeating: 0, count: min(left, 1 << 16))
    while left > 0 { _ = try waste.withUnsafeMutableBytes { try read(into: $0) } }
  }

  private func damaged(_ reason: String) -> ZlibError {
    .badArchive(name: name, offset: offset, reason: reason)
  }

  /// Directory and name, which the header has apart where they are long.
  private static func name(in header: [UInt8]) -> String {
    func text(_ field: Range<Int>) -> String { String(decoding: header[field].prefix { $0 != 0 }, as: UTF8.self) }
    let isPosix = text(257..<262) == "ustar" && header[262] == 0
    let above = isPosix ? text(345..<500) : ""
    return above.isEmpty ? text(0..<100) : "\(above)/\(text(0..<100))"
  }

  /// Sum of the header's bytes, those of the sum itself counted as spaces.
  private static func checksum(of header: [UInt8]) -> Int {
    header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
  }

  /// The octal number in a field that ends with a zero or a space; nil for anything else.
  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 8 + Int($1 - UInt8(ascii: "0")) }
  }
}
