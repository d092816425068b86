// HoleTests.swift
// A repair does not fill a disk with zeros.

import ByteStreams
import Foundation
import TestSupport
import Testing

@testable import EventFiles

@Suite struct HoleTests {
  /// Bytes that a file takes on its disk.
  private func stored(_ path: String) throws -> Int {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return Int(status.st_blocks) * 512
  }

  private static func file() -> [UInt8] {
    var file = EventFileBytes()
    file.add(.scalar("s", 1, metadata: .metadata("scalars", 1)), step: 0)
    return file.bytes
  }

  @Test("a hole of two gibibytes stays one, and what is stored in it stays where it was")
  func holes() throws {
    let (whole, hole) = (Self.file(), 2 << 30)
    for bytes in [[], [7, 0, 9]] as [[UInt8]] {
      try withTemporaryDirectory { directory in
        let path = "\(directory)/a.tfevents"
        try AtomicFile.replace(path, bytes: whole)
        let sink = try FileSink(path, .append)
        try sink.truncate(to: whole.count + hole)
        try sink.write(bytes)
        try sink.close()
        let size = hole + bytes.count
        let tail = TornTail(file: path, offset: whole.count, count: size)
        #expect(try LogDirectory(directory).verify().tornTails == (bytes.isEmpty ? [tail] : []))
        try tail.repair()
        #expect(try FileContents.read(path) == whole)
        #expect(try FileStatus.of(tail.sidePath)?.size == size)
        #expect(try stored(tail.sidePath) < 1 << 20)
        let last = try RandomAccessFile(tail.sidePath).bytes(at: size - 3, count: 3)
        #expect(last == (bytes.isEmpty ? [0, 0, 0] : bytes))
        // Where the repair was cut off between its two steps, it is completed.
        let again = try FileSink(path, .append)
        try again.truncate(to: whole.count + hole)
        try again.write(bytes)
        try again.close()
        try tail.repair()
        #expect(try FileContents.read(path) == whole)
      }
    }
  }

  @Test("zeros between bytes are kept", arguments: [1, 65_535, 65_536, 65_537, 200_000])
  func zerosBetween(count: Int) throws {
    let whole = Self.file()
    let tail = [1, 2] + [UInt8](repeating: 0, count: count) + [3] + [UInt8](repeating: 0, count: count)
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.tfevents"
      try AtomicFile.replace(path, bytes: whole + tail)
      let torn = TornTail(file: path, offset: whole.count, count: tail.count)
      try torn.repair()
      #expect(try FileContents.read(torn.sidePath) == tail && FileContents.read(path) == whole)
    }
  }
}
