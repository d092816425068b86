// TextFile.swift
// A text file that can be opened more than once.

import ByteStreams

/// A text file or pipe.
struct TextFile {
  let path: String
  let encoding: TextEncoding?
  private let role: ContentRole
  /// The source of a pipe, which cannot be opened twice.
  private let pipe: FileSource?
  /// The bytes of a pipe, if they are kept.
  private let kept: [UInt8]?
  /// The number of bytes to read at once: no more than a small file has.
  let bufferSize: Int

  /// Whether `open` can be called more than once.
  var isReopenable: Bool { pipe == nil || kept != nil }

  /// The source of the decoded text.
  typealias Source = DecodedSource<Bytes>

  /// The bytes of a file or a kept pipe.
  enum Bytes: ByteSource {
    case file(FileSource)
    case memory(MemorySource)

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      switch self {
      case .file(let source): return try source.read(into: buffer)
      case .memory(var source):
        let count = source.read(into: buffer)
        self = .memory(source)
        return count
      }
    }
  }

  /// - Parameters:
  ///   - encoding: detected from the bytes, if nil.
  ///   - role: what the text holds, which messages depend on.
  ///   - keepsPipe: whether the bytes of a pipe are kept in memory, so that it can be opened again.
  /// - Throws: `FileError`, `ArrayFileError`.
  init(_ path: String, of role: ContentRole, encoding: TextEncoding?, keepsPipe: Bool) throws {
    self.path = path
    self.role = role
    self.encoding = encoding
    if [".json", ".jsonl", ".ndjson"].contains(where: { path.lowercased().hasSuffix($0) }) {
      throw ArrayFileError.unreadable(path: path, reason: "JSON is not read", advice: "save it as CSV")
    }
    var source = try FileSource(path)
    let size = try source.claimedSize()
    pipe = size == nil ? source : nil
    kept = try pipe != nil && keepsPipe ? source.readAll() : nil
    bufferSize = min(1 << 18, max(1 << 10, size ?? .max))
  }

  /// Opens the text at its beginning.
  /// - Throws: `FileError`, `ArrayFileError`.
  func open() throws -> Source {
    let bytes = try kept.map { Bytes.memory(MemorySource($0)) } ?? .file(pipe ?? FileSource(path))
    return try DecodedSource(bytes, of: role, encoding: encoding, path: path)
  }

  /// Opens the rows at the beginning.
  func rows(_ delimiter: Delimiter, _ quoting: Quoting? = nil) throws -> DelimitedText<Source> {
    DelimitedText(try open(), delimiter: delimiter, quoting: quoting, path: path, bufferSize: bufferSize)
  }
}
