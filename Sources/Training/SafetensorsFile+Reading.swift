// SafetensorsFile+Reading.swift
// A safetensors file read without trusting it.

import ByteStreams

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension SafetensorsFile {
  /// The longest header that is read, as in the format's own reader.
  static let headerLimit = 100_000_000
  /// The largest file that is read: three times the most weights a model may have, and its header.
  static let fileLimit = 1_300_000_000

  /// Reads a file of float32 tensors.
  /// - Throws: `CheckpointError`, `FileError`.
  package init(path: String) throws {
    try self.init(bytes: FileContents.read(path, limit: Self.fileLimit), path: path)
  }

  /// Reads the bytes of a file of float32 tensors: every length and offset is held against the bytes that are there.
  /// - Parameter path: what messages name.
  package init(bytes: [UInt8], path: String) throws(CheckpointError) {
    guard bytes.count >= 8 else { throw .truncated(path: path, got: bytes.count, want: 8) }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Self.headerLimit) else {
      throw .headerLength(path: path, got: length, limit: Self.headerLimit)
    }
    let start = 8 + Int(length)
    guard bytes.count >= start else { throw .truncated(path: path, got: bytes.count, want: UInt64(start)) }
    let header = try Header(bytes[8..<start], path: path)
    metadata = header.metadata
    tensors = []
    var offset = 0
    for (name, entry) in header.entries {
      let end = try entry.check(name: name, after: offset, path: path)
      guard end <= bytes.count - start else {
        throw .truncated(path: path, got: bytes.count, want: UInt64(start) + UInt64(end))
      }
      tensors.append(
        Tensor(name: name, shape: entry.shape, values: floats(bytes[start + offset..<start + end])))
      offset = end
    }
    guard offset == bytes.count - start else {
      throw .badHeader(path: path, reason: "\(bytes.count - start - offset) bytes follow the last tensor")
    }
  }
}

/// Little-endian bytes as numbers.
private func floats(_ bytes: ArraySlice<UInt8>) -> [Float] {
  bytes.withUnsafeBytes { bytes in
    [Float](unsafeUninitializedCapacity: bytes.count / 4) { floats, count in
      count = bytes.count / 4
      for index in 0..<count {
        floats[index] = Float(
          bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
      }
    }
  }
}

/// The JSON at the front of a file.
private struct Header: Decodable {
  var metadata: [String: String] = [:]
  /// In the order of their bytes.
  var entries: [(name: String, entry: Entry)] = []

  struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]

    /// Where the tensor ends, counted from the header's end.
    /// - Parameter offset: where the tensor before it ends.
    func check(name: String, after offset: Int, path: String) throws(CheckpointError) -> Int {
      func bad(_ reason: String) -> CheckpointError { .badTensor(path: path, name: name, reason: reason) }
      if dtype != "F32" { throw bad("has elements of type \(dtype), only F32 is read") }
      guard data_offsets.count == 2 else { throw bad("has \(data_offsets.count) offsets instead of 2") }
      var bytes = 4
      for extent in shape {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
        if extent < 0 || overflow { throw bad("has an impossible shape") }
        bytes = product
      }
      let (first, end) = (data_offsets[0], data_offsets[1])
      if first < offset { throw bad("lies over the tensor before it") }
      if first > offset { throw bad("begins after a gap") }
      // Both are 0 or more here, so that nothing overflows.
      guard end >= first, end - first == bytes else { throw bad("has other bytes than its shape needs") }
      return end
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    init(stringValue: String) { self.stringValue = stringValue }
    var intValue: Int? { nil }
    init?(intValue: Int) { nil }
  }

  init(_ bytes: ArraySlice<UInt8>, path: String) throws(CheckpointError) {
    do {
      self = try JSONDecoder().decode(Header.self, from: Data(bytes))
    } catch {
      throw .badHeader(path: path, reason: "its header is not the JSON of named tensors")
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    for key in container.allKeys {
      if key.stringValue == "__metadata__" {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        entries.append((key.stringValue, try container.decode(Entry.self, forKey: key)))
      }
    }
    // A tensor of no elements comes before the one that begins where it does.
    entries.sort { left, right in
      let (a, b) = (left.entry.data_offsets, right.entry.data_offsets)
      return a == b ? left.name < right.name : a.lexicographicallyPrecedes(b)
    }
  }
}
