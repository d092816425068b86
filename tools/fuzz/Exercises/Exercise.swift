// Exercise.swift
// The fuzz targets: arbitrary bytes are read as each kind of file. None may trap, hang or take more memory than the bytes
// explain.

import ByteStreams
import EventFiles
import ProjectorFiles

/// The fuzz targets, which also replay stored crashes.
package enum Exercise: String, CaseIterable, Sendable {
  /// The bytes are an event file.
  case records
  /// The bytes are payloads of records, each behind its length in one byte (255: up to the end).
  case events
  /// The bytes are a picture.
  case png
  /// The bytes are a JPEG.
  case jpeg
  /// The bytes are a configuration, points, labels, a picture and views, with the byte FE between.
  case projector
  /// The bytes are four IDX files, with the bytes FE 7F between.
  case idx
  /// The bytes are a .npy or .npz file of images.
  case arrays
  /// The bytes are two of CIFAR's binary files, with the bytes FE 7F between.
  case cifar
  /// The bytes are the decoded pictures of a collection.
  case decoded
  /// The bytes are a gzip file.
  case gzip
  /// The bytes are a zip archive.
  case zip
  /// The bytes are a tar archive.
  case tar
  /// The bytes are a checkpoint.
  case checkpoint
  /// The bytes are a run's record.
  case run
  /// The bytes are a sweep's specification.
  case sweep
  /// The bytes are a .npy or safetensors file.
  case array
  /// The bytes are a safetensors file, or the header of one.
  case safetensors
  /// The bytes are the projector's stored views.
  case bookmarks
  /// The bytes are a text file of points, after one byte that selects the options.
  case table
  /// The bytes are a text file of labels, after one byte that selects the options.
  case labels

  /// Reads `bytes` in every way of this target.
  /// - Parameter directory: an empty directory, which is emptied again.
  /// - Throws: `Disagreement` if two ways of reading differ; `FileError` if the directory cannot be used.
  package func run(on bytes: [UInt8], in directory: String) throws {
    switch self {
    case .records: try Self.readRecords(bytes, directory)
    case .events: try Self.readLog(Self.framed(bytes), directory)
    case .png: try Self.readPicture(bytes)
    case .jpeg: try Self.readJPEG(bytes)
    case .projector: try Self.readProjector(bytes, directory)
    case .idx: try Self.readImages(bytes, directory)
    case .arrays: try Self.readArrayImages(bytes, directory)
    case .cifar: try Self.readRecords(of: bytes, directory)
    case .decoded: try Self.readDecoded(bytes)
    case .gzip: try Self.readCompressed(bytes)
    case .zip: try Self.readZip(bytes)
    case .tar: try Self.readTar(bytes)
    case .checkpoint: try Self.readCheckpoint(bytes, directory)
    case .run: try Self.readRun(bytes, directory)
    case .sweep: try Self.readSweep(bytes)
    case .array: try Self.readArray(bytes, directory)
    case .safetensors: try Self.readTensors(bytes)
    case .bookmarks: try Self.readViews(bytes, directory)
    case .table: try Self.readTable(bytes, directory)
    case .labels: try Self.readLabels(bytes, directory)
    }
  }

  /// Two ways of reading gave different results.
  package struct Disagreement: Error {
    let what: String
  }

  private static func readRecords(_ bytes: [UInt8], _ directory: String) throws {
    let whole = records(of: MemorySource(bytes))
    let size = Int(bytes.first ?? 0) % 31 + 1
    let parts = records(of: SlowSource(bytes, size: size))
    if whole != parts { throw Disagreement(what: "records in parts of \(size) bytes") }
    try readLog(bytes, directory)
  }

  /// Reads every payload, up to the first error of a length.
  private static func records(of source: some ByteSource) -> [[UInt8]] {
    var reader = RecordReader(source, limit: 1 << 20)
    var found: [[UInt8]] = []
    while true {
      let offset = reader.offset
      do {
        guard case .record(let payload) = try reader.next() else { return found }
        found.append(payload)
      } catch {
        if reader.offset == offset { return found }
      }
    }
  }

  /// Reads an event file event by event and value by value, and verifies it.
  private static func readLog(_ file: [UInt8], _ directory: String) throws {
    var events = EventFileReader(MemorySource(file), limit: 1 << 20)
    while true {
      let offset = events.offset
      do {
        if try events.next() == .needsMoreBytes { break }
      } catch {
        if events.offset == offset { break }
      }
    }
    let path = Directory.join(directory, "tfevents")
    try write(file, to: path)
    defer { try? FileContents.remove(path) }
    var reader = RunReader(directory, limit: 1 << 20)
    try reader.read { value in
      _ = value.number
      _ = value.forEachImage { _ in }
      _ = try? value.content()
      _ = try? value.graph()
      _ = (value.tag, value.kind, value.metadata)
    }
    let report = try LogDirectory(directory).verify(recordLimit: 1 << 20)
    for tail in report.tornTails where tail.offset + tail.count != file.count {
      throw Disagreement(what: "a tail of \(tail.count) bytes from \(tail.offset) on in a file of \(file.count)")
    }
  }

  private static func framed(_ bytes: [UInt8]) throws -> [UInt8] {
    var writer = RecordWriter(MemorySink())
    var rest = bytes[...]
    while let count = rest.popFirst() {
      let payload = rest.prefix(count == 255 ? rest.count : Int(count))
      try writer.append(Array(payload))
      rest = rest.dropFirst(payload.count)
    }
    return try writer.close().bytes
  }

  private static func readProjector(_ bytes: [UInt8], _ directory: String) throws {
    let parts = bytes.split(separator: 0xFE, maxSplits: 4, omittingEmptySubsequences: false)
    let text = String(decoding: parts[0], as: UTF8.self)
    if let config = try? ProjectorConfig(parsing: text), try ProjectorConfig(parsing: config.text) != config {
      throw Disagreement(what: "a configuration written and read again")
    }
    let names = [ProjectorConfig.fileName, "t", "m", "s", "b"]
    let files = Swift.zip(names, parts).map { (path: Directory.join(directory, $0), bytes: Array($1)) }
    defer { for file in files { try? FileContents.remove(file.path) } }
    for file in files { try write(file.bytes, to: file.path) }
    _ = ProjectorVerifier.verify(directory, isRun: true, isRoot: true)
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    let sink = try FileSink(path)
    try sink.write(bytes)
    try sink.close()
  }
}

/// A source that gives few bytes at a time.
struct SlowSource: ByteSource {
  private var memory: MemorySource
  private let size: Int

  init(_ bytes: [UInt8], size: Int) {
    memory = MemorySource(bytes)
    self.size = size
  }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    memory.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(size)))
  }
}
