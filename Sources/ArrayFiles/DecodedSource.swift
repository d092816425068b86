// DecodedSource.swift
// Decodes a text file to UTF-8, and shows its beginning before it is read.

package import ByteStreams

/// Yields a text as UTF-8 with lines that end in LF or CR LF. A byte order mark is removed.
///
/// UTF-8 passes through unchecked, because `DelimitedText` checks rows. If a text has CR but no LF, as old Macs wrote, CR becomes LF.
package struct DecodedSource<Source: ByteSource>: ByteSource {
  /// The encoding that was given or detected, never `.utf16`.
  package let encoding: TextEncoding
  private var source: Source
  private let path: String
  private var endsLinesInCR = false
  /// UTF-8 that has been decoded and not read yet.
  private var waiting: [UInt8] = []
  private var place = 0
  /// Bytes of an incomplete character.
  private var rest: [UInt8] = []
  private var lines = 1
  private var isAtEnd = false

  private static var chunk: Int { 1 << 16 }
  /// The maximum length of `front`.
  private static var frontLimit: Int { 1 << 25 }

  /// Reads the beginning of `source`.
  /// - Parameters:
  ///   - role: what the text holds, which messages depend on.
  ///   - wanted: the encoding; detected from the bytes, if nil. A byte order mark takes precedence.
  /// - Throws: `ArrayFileError` if the bytes are not text or the encoding must be given, or what the source throws.
  package init(
    _ source: Source, of role: ContentRole = .numbers, encoding wanted: TextEncoding?, path: String
  ) throws {
    var source = source
    let bytes = try [UInt8](unsafeUninitializedCapacity: Self.chunk) { buffer, count in
      count = try source.fill(UnsafeMutableRawBufferPointer(buffer))
    }
    self.source = source
    self.path = path
    isAtEnd = bytes.count < Self.chunk
    try BinaryKind.refuse(bytes, path: path, for: role)
    let mark = TextEncoding.marked(bytes[...])
    encoding = try mark?.encoding ?? Self.encoding(wanted, bytes, path: path)
    try take(bytes[(mark?.length ?? 0)...])
    if waiting.contains(0x0D), !waiting.contains(0x0A) {
      endsLinesInCR = true
      replaceCR(from: 0)
    }
  }

  /// Returns the encoding of a text without a byte order mark.
  private static func encoding(_ wanted: TextEncoding?, _ bytes: [UInt8], path: String) throws -> TextEncoding {
    let found = TextEncoding.unmarkedUTF16(bytes[...])
    if let wanted, wanted != .utf16 { return wanted }
    if let found { return found }
    if wanted == .utf16 {
      throw ArrayFileError.unreadable(
        path: path, reason: "it has no byte order mark", advice: "give --encoding utf-16le or utf-16be")
    }
    if bytes.contains(0) {
      throw ArrayFileError.unreadable(
        path: path, reason: "it contains zero bytes, as binary files and UTF-16 do",
        advice: "give a text file, or its --encoding, for example utf-16le")
    }
    return .utf8
  }

  /// Returns the first lines, and whether they are the whole text, without consuming them.
  ///
  /// Call this before anything is read.
  package mutating func front() throws -> (bytes: ArraySlice<UInt8>, isWhole: Bool) {
    while !isAtEnd, waiting.count < Self.frontLimit,
      waiting.count < Self.chunk || waiting.count(where: { $0 == 0x0A }) < 3
    {
      try takeChunk(atLeast: waiting.count)
    }
    return (waiting[place...], isAtEnd && rest.isEmpty)
  }

  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if buffer.isEmpty { return 0 }
    while place == waiting.count {
      (waiting, place) = ([], 0)
      if isAtEnd { return 0 }
      if encoding == .utf8 {
        let count = try source.read(into: buffer)
        isAtEnd = count == 0
        if endsLinesInCR { for index in 0..<count where buffer[index] == 0x0D { buffer[index] = 0x0A } }
        return count
      }
      try takeChunk()
    }
    let count = min(buffer.count, waiting.count - place)
    waiting.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[place..<place + count])) }
    place += count
    return count
  }

  /// Reads and decodes the next bytes.
  private mutating func takeChunk(atLeast size: Int = 0) throws {
    let bytes = try [UInt8](unsafeUninitializedCapacity: max(Self.chunk, size)) { buffer, count in
      count = try source.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    if bytes.isEmpty { isAtEnd = true }
    try take(bytes[...])
  }

  /// Decodes bytes and appends them to `waiting`.
  private mutating func take(_ bytes: ArraySlice<UInt8>) throws {
    let start = waiting.count
    switch encoding {
    case .utf8: waiting += bytes
    case .latin1, .windows1252: for byte in bytes { append(UInt32(encoding.character(byte))) }
    case .utf16, .utf16LittleEndian, .utf16BigEndian: try takeUnits(bytes)
    }
    if endsLinesInCR { replaceCR(from: start) }
    if isAtEnd, !rest.isEmpty {
      throw ArrayFileError.badText(
        path: path, line: lines, reason: "it ends in the middle of a UTF-16 character; get the file again")
    }
  }

  private mutating func replaceCR(from start: Int) {
    for index in start..<waiting.count where waiting[index] == 0x0D { waiting[index] = 0x0A }
  }

  /// Decodes UTF-16. An incomplete character stays in `rest`.
  private mutating func takeUnits(_ bytes: ArraySlice<UInt8>) throws {
    let all = rest + bytes
    var at = 0
    func unit(_ place: Int) -> UInt32 {
      let (one, two) = (UInt32(all[place]), UInt32(all[place + 1]))
      return encoding == .utf16LittleEndian ? two << 8 | one : one << 8 | two
    }
    while at + 2 <= all.count {
      let first = unit(at)
      if first & 0xF800 != 0xD800 {
        if first == 0x0A { lines += 1 }
        append(first)
        at += 2
        continue
      }
      guard first < 0xDC00 else { throw brokenPair() }
      guard at + 4 <= all.count else { break }
      let second = unit(at + 2)
      guard second & 0xFC00 == 0xDC00 else { throw brokenPair() }
      append(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
      at += 4
    }
    rest = Array(all[at...])
  }

  private func brokenPair() -> ArrayFileError {
    .badText(
      path: path, line: lines,
      reason: "half of a UTF-16 character; give the file's --encoding, or convert it with iconv -t utf-8")
  }

  /// Appends a code point that is not a surrogate as UTF-8.
  private mutating func append(_ point: UInt32) {
    if point < 0x80 {
      waiting.append(UInt8(truncatingIfNeeded: point))
      return
    }
    let tail = { (shift: UInt32) in 0x80 | UInt8(truncatingIfNeeded: point >> shift & 0x3F) }
    if point < 0x800 {
      waiting.append(0xC0 | UInt8(truncatingIfNeeded: point >> 6))
    } else if point < 0x10000 {
      waiting += [0xE0 | UInt8(truncatingIfNeeded: point >> 12), tail(6)]
    } else {
      waiting += [0xF0 | UInt8(truncatingIfNeeded: point >> 18), tail(12), tail(6)]
    }
    waiting.append(tail(0))
  }
}
