// GzipSource.swift
// Expands gzip files of one or more members: piece by piece as a byte source, or whole.

package import ByteStreams

/// Gives the text of a gzip file (RFC 1952) of one or more members, each verified. Zeros after the last are padding.
///
/// The memory taken does not depend on sizes that the file claims; the text is bounded by `limit`.
package final class GzipSource<Upstream: ByteSource>: ByteSource {
  private enum State { case inMember, betweenMembers, ended }

  private var upstream: Upstream
  private let name: String?
  private let limit: Int
  private let stream: InflateStream
  private var state = State.inMember
  private var input = [UInt8](repeating: 0, count: 1 << 16)
  /// The part of `input` that has been read but not expanded yet.
  private var pending = 0..<0
  /// The number of compressed bytes used, and of bytes of text given.
  private var offset = 0
  private var given = 0

  /// - Parameters:
  ///   - upstream: gives the compressed bytes, and 0 at their end.
  ///   - name: the file's, for messages.
  ///   - limit: the maximum number of bytes of text.
  package init(_ upstream: Upstream, name: String? = nil, limit: Int = .max) throws(ZlibError) {
    self.upstream = upstream
    self.name = name
    self.limit = limit
    stream = try InflateStream(.gzip)
  }

  /// Fills the front of `buffer` with text and returns the number of bytes, 0 at the end of the last member.
  /// - Throws: `ZlibError`, or what the upstream throws.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while buffer.count > 0 {
      switch state {
      case .ended: return 0
      case .betweenMembers: try findNextMember()
      case .inMember:
        let produced = try inflate(into: buffer)
        if produced > limit - given { throw ZlibError.tooLarge(name: name, limit: limit) }
        given += produced
        if produced > 0 { return produced }
      }
    }
    return 0
  }

  private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let (consumed, produced, status) = try input.withUnsafeBytes {
      try stream.run(UnsafeRawBufferPointer(rebasing: $0[pending]), into: buffer)
    }
    use(consumed)
    switch status {
    case .end:
      state = .betweenMembers
    case .corrupt where given == 0 && offset <= 2:
      throw ZlibError.notCompressed(name: name)
    case .corrupt(let reason):
      throw ZlibError.corrupt(name: name, offset: offset, reason: reason)
    case .more:
      if produced == 0, pending.isEmpty, try !refill() { throw ZlibError.truncated(name: name, offset: offset) }
    }
    return produced
  }

  /// Skips padding up to the start of the next member, or to the end.
  private func findNextMember() throws {
    let end = offset
    while try !pending.isEmpty || refill() {
      let byte = input[pending.lowerBound]
      if byte == 0x1F && offset == end {
        stream.reset()
        state = .inMember
        return
      }
      if byte != 0 { throw ZlibError.trailingBytes(name: name, offset: end) }
      use(1)
    }
    state = .ended
  }

  private func use(_ count: Int) {
    pending = pending.lowerBound + count..<pending.upperBound
    offset += count
  }

  /// Reads more compressed bytes; returns false at their end.
  private func refill() throws -> Bool {
    let count = try input.withUnsafeMutableBytes { try upstream.read(into: $0) }
    pending = 0..<count
    return count > 0
  }
}

/// Expands whole gzip files.
package enum Gzip {
  /// Returns whether `bytes` begin like a gzip file.
  package static func isCompressed(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// Returns the text of the gzip file at `path`, every member verified.
  /// - Parameters:
  ///   - expected: how many bytes the text likely has; a hint that saves a copy.
  ///   - limit: the maximum number of bytes of text.
  /// - Throws: `ZlibError`, `FileError`.
  package static func inflate(path: String, expected: Int = 0, limit: Int = .max) throws -> [UInt8] {
    try readAll(GzipSource(FileSource(path), name: path, limit: limit), expected: expected)
  }

  /// Returns the text of a gzip file in memory, every member verified.
  package static func inflate(_ bytes: [UInt8], expected: Int = 0, limit: Int = .max) throws -> [UInt8] {
    try readAll(GzipSource(MemorySource(bytes), limit: limit), expected: expected)
  }

  private static func readAll(_ source: GzipSource<some ByteSource>, expected: Int) throws -> [UInt8] {
    var source = source
    return try source.readAll(expected: expected)
  }
}
