// SafetensorsHeader.swift
// The front of a safetensors file: which tensors it holds, and where.

package import ByteStreams

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A header that has been read without being believed: lengths and offsets are held against the file.
///
/// Layout (huggingface/safetensors, README, "Format"): u64 LE header length, header (JSON), then the tensors' bytes.
package struct SafetensorsHeader: Sendable {
  /// One tensor.
  package struct Entry: Sendable {
    package let name: String
    /// For example "F32".
    package let dtype: String
    package let shape: [Int]
    /// Where its bytes are, counted from the header's end, as declared.
    package let offsets: [Int]
  }

  package let metadata: [String: String]
  /// In the order of their bytes.
  package let entries: [Entry]
  /// Where the tensors' bytes begin.
  package let start: Int

  /// The longest header that is read, as in the format's own reader.
  package static let limit = 100_000_000

  /// Reads the front of a file.
  /// - Throws: `SafetensorsError`, `FileError`.
  package init(of file: RandomAccessFile) throws {
    let front = try file.bytes(at: 0, count: 8)
    let range = try Self.range(front[...], size: file.size, path: file.path)
    let json = try file.bytes(at: range.lowerBound, count: range.count)
    guard json.count == range.count else {
      throw SafetensorsError.truncated(path: file.path, got: 8 + json.count, want: UInt64(range.upperBound))
    }
    try self.init(json[...], path: file.path)
  }

  /// Reads the front of a file in memory.
  package init(of bytes: [UInt8], path: String) throws(SafetensorsError) {
    try self.init(bytes[Self.range(bytes.prefix(8), size: bytes.count, path: path)], path: path)
  }

  /// Where the JSON is.
  private static func range(
    _ front: ArraySlice<UInt8>, size: Int, path: String
  ) throws(SafetensorsError) -> Range<Int> {
    guard front.count == 8 else { throw .truncated(path: path, got: front.count, want: 8) }
    let length = front.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(limit) else { throw .headerLength(path: path, got: length, limit: limit) }
    let end = 8 + Int(length)
    guard size >= end else { throw .truncated(path: path, got: size, want: UInt64(end)) }
    return 8..<end
  }

  private init(_ json: ArraySlice<UInt8>, path: String) throws(SafetensorsError) {
    do {
      let contents = try JSONDecoder().decode(Contents.self, from: Data(json))
      (metadata, entries, start) = (contents.metadata, contents.entries, 8 + json.count)
    } catch {
      throw .badHeader(path: path, reason: "its header is not the JSON of named tensors")
    }
  }

  private struct Contents: Decodable {
    var metadata: [String: String] = [:]
    var entries: [Entry] = []

    private struct Fields: Decodable {
      let dtype: String
      let shape: [Int]
      let data_offsets: [Int]
    }

    private struct Name: CodingKey {
      let stringValue: String
      init(stringValue: String) { self.stringValue = stringValue }
      var intValue: Int? { nil }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Name.self)
      for key in container.allKeys {
        if key.stringValue == "__metadata__" {
          metadata = try container.decode([String: String].self, forKey: key)
        } else {
          let fields = try container.decode(Fields.self, forKey: key)
          entries.append(
            Entry(name: key.stringValue, dtype: fields.dtype, shape: fields.shape, offsets: fields.data_offsets))
        }
      }
      // A tensor of no elements comes before the one that begins where it does.
      entries.sort { left, right in
        left.offsets == right.offsets
          ? left.name < right.name : left.offsets.lexicographicallyPrecedes(right.offsets)
      }
    }
  }
}

extension SafetensorsHeader.Entry {
  /// Where the tensor's bytes are, counted from the header's end, if that many can be there.
  /// - Parameter elementSize: bytes of one element.
  /// - Throws: `SafetensorsError.badTensor`.
  package func range(elementSize: Int, path: String) throws(SafetensorsError) -> Range<Int> {
    func bad(_ reason: String) -> SafetensorsError { .badTensor(path: path, name: name, reason: reason) }
    guard offsets.count == 2 else { throw bad("has \(offsets.count) offsets instead of 2") }
    guard let bytes = shape.byteCount(elementSize: elementSize) else { throw bad("has an impossible shape") }
    let (first, end) = (offsets[0], offsets[1])
    guard first >= 0, end >= first, end - first == bytes else { throw bad("has other bytes than its shape needs") }
    return first..<end
  }
}
