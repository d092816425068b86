// LineReader.swift
// Reads the lines of a file of any size, and tells whether its bytes are text.

import ByteStreams

/// Gives lines without their ends: LF, CR LF or CR, which TensorBoard's server treats alike.
struct LineReader {
  private var source: FileSource
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var start = 0
  private var end = 0
  private var skipsLineFeed = false
  /// Whether the last line had an end. The file's last line may have none.
  private(set) var hasLineEnd = false
  /// The longest line accepted.
  private static let limit = 1 << 28

  init(_ path: String) throws { source = try FileSource(path, accepting: .regular) }

  /// The next line, or nil at the end. A line end at the very end of the file begins no line.
  /// - Throws: `FileError`, `.tooLarge` for a line of more than 256 MiB among them.
  mutating func next() throws -> [UInt8]? {
    hasLineEnd = false
    var line: [UInt8]?
    while true {
      if start == end {
        (start, end) = (0, try buffer.withUnsafeMutableBytes { try source.read(into: $0) })
        if end == 0 { return line }
      }
      if skipsLineFeed {
        skipsLineFeed = false
        if buffer[start] == 0x0A {
          start += 1
          continue
        }
      }
      let stop = buffer[start..<end].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? end
      if line == nil { line = [] }
      line?.append(contentsOf: buffer[start..<stop])
      if line?.count ?? 0 > Self.limit { throw FileError.tooLarge(path: source.path, limit: Self.limit) }
      start = stop
      if stop == end { continue }
      hasLineEnd = true
      skipsLineFeed = buffer[stop] == 0x0D
      start += 1
      return line
    }
  }
}

/// The cells of a line, between tabs. They are found when they are asked for: a line may have as many as bytes.
struct LineCells: Sequence {
  let line: [UInt8]

  init(_ line: [UInt8]) { self.line = line }

  var count: Int { line.count { $0 == 0x09 } + 1 }

  func makeIterator() -> some IteratorProtocol<ArraySlice<UInt8>> {
    sequence(state: (0 as Int?)) { [line] start in
      guard let first = start else { return nil }
      let end = line[first...].firstIndex(of: 0x09)
      start = end.map { $0 + 1 }
      return line[first..<(end ?? line.count)]
    }
  }
}

/// Whether bytes are UTF-8, when they come in parts.
struct TextCheck {
  /// The first bytes of a character that continues in the next part.
  private var rest: [UInt8] = []
  private(set) var isText = true

  /// Takes the next part.
  mutating func add(_ part: UnsafeRawBufferPointer) {
    guard isText else { return }
    // A character has at most 4 bytes: what is left of the last part is joined with the first of this one.
    var bytes = part[...]
    if !rest.isEmpty {
      let head = rest + bytes.prefix(3)
      guard let whole = Self.wholeCharacters(head), whole > rest.count || bytes.count < 3 else {
        isText = false
        return
      }
      if whole <= rest.count {
        rest = head
        isText = head.count < 4
        return
      }
      bytes = bytes.dropFirst(whole - rest.count)
    }
    let tail = Self.tail(of: UnsafeRawBufferPointer(rebasing: bytes))
    let body = bytes.dropLast(tail)
    isText = String(validating: body, as: UTF8.self) != nil
    rest = Array(bytes.suffix(tail))
  }

  /// True where the last part did not end inside a character.
  var endsWhole: Bool { isText && rest.isEmpty }

  /// Returns the number of bytes at the front that are complete characters; nil if they are not UTF-8.
  private static func wholeCharacters(_ bytes: [UInt8]) -> Int? {
    for count in (1...bytes.count).reversed() where String(validating: bytes[..<count], as: UTF8.self) != nil {
      return count
    }
    return bytes.count < 4 ? 0 : nil
  }

  /// Returns the number of bytes at the end that begin an incomplete character.
  private static func tail(of bytes: UnsafeRawBufferPointer) -> Int {
    for back in 1...3 where back <= bytes.count {
      let byte = bytes[bytes.count - back]
      if byte < 0x80 { return 0 }
      if byte >= 0xC0 {
        let size = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
        return back < size ? back : 0
      }
    }
    return 0
  }

  /// Whether a whole file is UTF-8; reading ends with the first byte that shows it is not.
  static func isText(_ path: String) throws -> Bool {
    let source = try FileSource(path, accepting: .regular)
    var check = TextCheck()
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while check.isText {
      let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { break }
      buffer.withUnsafeBytes { check.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
    return check.endsWhole
  }
}
