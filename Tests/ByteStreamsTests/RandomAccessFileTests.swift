// RandomAccessFileTests.swift
// Bytes of a source in a file without a name.

import TestSupport
import Testing

@testable import ByteStreams

@Suite struct RandomAccessFileTests {
  @Test("stored bytes are read at any place, and the directory stays empty") func stored() throws {
    try withTemporaryDirectory { directory in
      let bytes = (0..<700_001).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }
      var source = MemorySource(bytes)
      let file = try RandomAccessFile(storing: &source, limit: bytes.count, in: directory, path: "an array")
      #expect(try Directory.list(directory) == [] && file.path == "an array" && file.size == bytes.count)
      #expect(try file.bytes(at: 0, count: bytes.count + 1) == bytes)
      #expect(try file.bytes(at: 262_143, count: 3) == Array(bytes[262_143..<262_146]))
      var again = MemorySource(bytes)
      #expect(throws: TooManyBytes(limit: bytes.count - 1)) {
        try RandomAccessFile(storing: &again, limit: bytes.count - 1, in: directory, path: "an array")
      }
      var third = MemorySource(bytes)
      #expect(throws: FileError.self) {
        try RandomAccessFile(storing: &third, limit: bytes.count, in: "\(directory)/none", path: "an array")
      }
      #expect(try Directory.list(directory) == [])
    }
  }
}
