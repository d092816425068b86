// RandomAccessFile.swift
// Bytes of a file from any place, by several threads at once.

/// An open file whose bytes are read where they are wanted. What is no regular file, such as a pipe, is read whole.
package final class RandomAccessFile: Sendable {
  /// What messages name.
  package let path: String
  /// In bytes, when it was opened.
  package let size: Int
  private let descriptor: Int32?
  private let bytes: [UInt8]

  /// Opens the file at `path`.
  /// - Parameter limit: the most bytes accepted of what is no regular file.
  /// - Throws: `FileError`.
  package init(_ path: String, limit: Int = 1 << 32) throws {
    let source = try FileSource(path)
    self.path = path
    if let claimed = try source.claimedSize() {
      size = claimed
      bytes = []
      descriptor = try SystemCalls.openFile(path, for: .reading, path: path)
    } else {
      var source = source
      do {
        bytes = try source.readAll(limit: limit)
      } catch is TooManyBytes {
        throw FileError.tooLarge(path: path, limit: limit)
      }
      size = bytes.count
      descriptor = nil
    }
  }

  /// A file in memory.
  package init(bytes: [UInt8], path: String) {
    self.path = path
    self.bytes = bytes
    size = bytes.count
    descriptor = nil
  }

  deinit {
    if let descriptor { try? SystemCalls.closeFile(descriptor, path: path) }
  }

  /// Fills `buffer` from byte `offset` on, as far as the file goes; how many bytes there were.
  /// - Precondition: the offset is 0 or more.
  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    guard let descriptor else {
      let count = max(0, min(buffer.count, size - offset))
      bytes.withUnsafeBytes { all in
        if count > 0 { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[offset..<offset + count])) }
      }
      return count
    }
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = try SystemCalls.readSome(descriptor, at: offset + filled, rest, path: path)
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// `count` bytes from `offset` on, or fewer at the end.
  package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    // A claimed size is not believed: memory is taken for bytes that are there.
    let expected = max(0, min(count, size - offset))
    return try [UInt8](unsafeUninitializedCapacity: expected) { buffer, filled in
      filled = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
    }
  }
}
