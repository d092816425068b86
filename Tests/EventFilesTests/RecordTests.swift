// RecordTests.swift
// Framing: records written, cut at every byte, damaged at every bit, and read back.

import ByteStreams
import TestSupport
import Testing

@testable import EventFiles

@Suite struct RecordTests {
  static let payloads: [[UInt8]] = [Array("brain.Event:2".utf8), [], [7], Array(0..<20)]
  static let file: [UInt8] = framed(payloads)
  /// The start of each record, and the end of the last.
  static let starts = payloads.reduce(into: [0]) { $0.append($0.last! + $1.count + RecordLayout.frameBytes) }

  static func framed(_ payloads: [[UInt8]], bufferSize: Int = 1 << 16) -> [UInt8] {
    var writer = RecordWriter(MemorySink(), bufferSize: bufferSize)
    do {
      for payload in payloads { try writer.append(payload) }
      return try writer.close().bytes
    } catch {
      return []
    }
  }

  @Test func aKnownRecord() {
    let record = "1800000000000000a37f4b2209000000c00b5ad6411a0d627261696e2e4576656e743a324ca9a464"
    #expect(Self.framed([bytes("09000000c00b5ad6411a0d627261696e2e4576656e743a32")]) == bytes(record))
  }

  @Test("a file cut anywhere gives its whole records, then asks for more, then continues", arguments: 0...file.count)
  func cut(at position: Int) throws {
    var reader = RecordReader(
      ScriptedSource(
        chunks: (position == 0 ? [] : [Array(Self.file[..<position])]) + [[], Array(Self.file[position...])]))
    let whole = Self.starts.dropFirst().filter { $0 <= position }.count
    for payload in Self.payloads[..<whole] { #expect(try reader.next() == .record(payload)) }
    #expect(try reader.next() == .needsMoreBytes)
    #expect(reader.unfinishedBytes == position - Self.starts[whole])
    #expect(reader.offset == Self.starts[whole])
    for payload in Self.payloads[whole...] { #expect(try reader.next() == .record(payload)) }
    #expect(try reader.next() == .needsMoreBytes)
    #expect(reader.unfinishedBytes == 0)
  }

  @Test("flipping any one bit is noticed, and the records before it are whole", arguments: file.indices)
  func flipped(_ byte: Int) throws {
    for bit in byte * 8..<byte * 8 + 8 { try flipped(bit: bit) }
  }

  private func flipped(bit: Int) throws {
    var file = Self.file
    file[bit / 8] ^= 1 << (bit % 8)
    var reader = RecordReader(MemorySource(file))
    let damaged = try #require(Self.starts.lastIndex { $0 <= bit / 8 })
    for payload in Self.payloads[..<damaged] { #expect(try reader.next() == .record(payload)) }
    let inHeader = bit / 8 - Self.starts[damaged] < RecordLayout.headerBytes
    let error = try #require(throws: EventFileError.self) { try reader.next() }
    switch error {
    case .lengthChecksum(_, _, let offset):
      #expect(inHeader && offset == Self.starts[damaged])
      #expect(throws: error) { try reader.next() }
    case .dataChecksum(_, _, let offset):
      #expect(!inHeader && offset == Self.starts[damaged])
      for payload in Self.payloads[(damaged + 1)...] { #expect(try reader.next() == .record(payload)) }
      #expect(try reader.next() == .needsMoreBytes)
    default: Issue.record("\(String(describing: error))")
    }
  }

  @Test func aClaimIsNotBelieved() throws {
    // A length of 2^40 with a correct checksum, and nothing after it.
    var header: [UInt8] = MaskedCRC32CTests.littleEndian(1 << 40)
    header += withUnsafeBytes(of: MaskedCRC32C(of: header).value.littleEndian) { Array($0) }
    var reader = RecordReader(MemorySource(header))
    #expect(throws: EventFileError.oversized(length: 1 << 40, limit: 1 << 28, offset: 0)) { try reader.next() }
    var patient = RecordReader(MemorySource(header), limit: .max)
    #expect(try patient.next() == .needsMoreBytes)
    #expect(patient.unfinishedBytes == 12)
  }

  @Test func theLimitIsExact() throws {
    let file = Self.framed([Array(repeating: 1, count: 100)])
    var exact = RecordReader(MemorySource(file), limit: 100)
    #expect(try exact.next() == .record(Array(repeating: 1, count: 100)))
    var less = RecordReader(MemorySource(file), limit: 99)
    #expect(throws: EventFileError.oversized(length: 100, limit: 99, offset: 0)) { try less.next() }
  }

  @Test("records longer than any buffer, in chunks of any size", arguments: [97, 4096, 65536, 300_000])
  func long(chunk: Int) throws {
    let payloads = [Array(repeating: 3, count: 200_000), [], (0..<70_000).map { UInt8($0 % 251) }]
    var reader = RecordReader(ScriptedSource(Self.framed(payloads), inChunksOf: chunk))
    for payload in payloads { #expect(try reader.next() == .record(payload)) }
    #expect(try reader.next() == .needsMoreBytes)
  }

  @Test func anErrorOfTheSourcePasses() throws {
    let failure = FileError.tooLarge(path: "x", limit: 1)
    var reader = RecordReader(ScriptedSource(chunks: [Array(Self.file[..<50])], failure: failure))
    #expect(try reader.next() == .record(Self.payloads[0]))
    #expect(try reader.next() == .record(Self.payloads[1]))
    #expect(throws: failure) { try reader.next() }
  }

  @Test("a write call never ends inside a record", arguments: [0, 1, 30, 64, 1 << 16])
  func wholeRecords(bufferSize: Int) throws {
    var writer = RecordWriter(CallCountingSink(), bufferSize: bufferSize)
    for payload in Self.payloads { try writer.append(payload) }
    let sink = try writer.close()
    #expect(sink.calls.flatMap { $0 } == Self.file)
    var end = 0
    for call in sink.calls {
      end += call.count
      #expect(Self.starts.contains(end))
    }
    if bufferSize == 0 { #expect(sink.calls.count == Self.payloads.count) }
  }

  /// After a failed write, which may have stopped inside a record, nothing more is written.
  @Test func afterAFailureNothingMoreIsWritten() throws {
    let disk = Disk(room: 30)
    var writer = RecordWriter(disk, bufferSize: 0)
    try writer.append([1, 2, 3])
    #expect(throws: disk.full) { try writer.append([4, 5, 6]) }
    disk.room = .max
    for _ in 0..<2 {
      #expect(throws: disk.full) { try writer.append([7]) }
      #expect(throws: disk.full) { try writer.flush() }
    }
    #expect(disk.bytes.count == 30 && writer.writtenBytes == 19)
  }
}

private struct CallCountingSink: ByteSink {
  var calls: [[UInt8]] = []
  mutating func write(_ bytes: UnsafeRawBufferPointer) { calls.append(Array(bytes)) }
}
