// InputFile.swift
// The bytes of an input that the user has named: a file, a pipe or standard input, expanded if they are gzipped.

package import ByteStreams
import Foundation
package import Zlib

/// An open input. Its first bytes, not its name, tell whether it is gzipped.
package struct InputFile: Sendable {
  /// The path, for messages.
  package let path: String
  private let stored: RandomAccessFile
  package let isGzipped: Bool

  /// Stands for standard input on the command line.
  package static let standardInput = "-"
  /// The most bytes that a gzipped array may expand to.
  package static let expansionLimit = 1 << 32

  /// Opens the file at `path`; "-" is standard input.
  /// - Throws: `FileError`.
  package init(_ path: String) throws {
    try self.init(RandomAccessFile(path == Self.standardInput ? "/dev/stdin" : path))
  }

  /// Makes an input of an open file.
  package init(_ file: RandomAccessFile) throws {
    stored = file
    path = file.path
    isGzipped = Gzip.isCompressed(try file.bytes(at: 0, count: 2))
  }

  /// Returns a path in lower case without the ending of a gzipped file, so that its ending says what is in it.
  package static func contentName(_ path: String) -> String {
    let name = path.lowercased()
    return name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
  }

  /// Returns the first bytes, expanded.
  /// - Throws: `FileError`, `ZlibError`.
  package func front(_ count: Int = BinaryKind.frontLength) throws -> [UInt8] {
    var source = try source()
    return try source.readUpTo(count, expected: count)
  }

  /// Returns a source of all bytes, expanded, from the first on.
  package func source() throws -> Source {
    let source = RandomAccessSource(stored)
    return isGzipped ? .gzipped(try GzipSource(source, name: path)) : .plain(source)
  }

  /// Returns a file whose bytes can be read at any place. A gzipped file is expanded into a temporary file that has no name.
  /// - Throws: `FileError`, `ZlibError`.
  package func expanded() throws -> RandomAccessFile {
    guard isGzipped else { return stored }
    var source = try source()
    do {
      return try RandomAccessFile(
        storing: &source, limit: Self.expansionLimit, in: FileManager.default.temporaryDirectory.path, path: path)
    } catch is TooManyBytes {
      throw ZlibError.tooLarge(name: path, limit: Self.expansionLimit)
    }
  }

  /// Bytes to read at once: no more than a small file has.
  var bufferSize: Int { isGzipped ? 1 << 18 : min(1 << 18, max(1 << 10, stored.size)) }

  /// The bytes of an input.
  package enum Source: ByteSource {
    case plain(RandomAccessSource)
    case gzipped(GzipSource<RandomAccessSource>)

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      switch self {
      case .gzipped(let source): return try source.read(into: buffer)
      case .plain(var source):
        let count = try source.read(into: buffer)
        self = .plain(source)
        return count
      }
    }
  }
}
