// SafetensorsHeader.swift
// The front of a safetensors file: which tensors it holds, and where.

package import ByteStreams

/// A header of which every length and offset is checked. It is accepted if the official reader accepts it.
///
/// Layout (huggingface/safetensors, README, "Format"): u64 LE header length, header (JSON), then the tensors' bytes, one behind
/// the other without gaps, up to the file's end.
package struct SafetensorsHeader: Sendable {
  /// One tensor.
  package struct Entry: Sendable {
    package let name: String
    /// For example "F32".
    package let dtype: String
    package let shape: [Int]
    /// Where its bytes are in the file: as many as its shape needs.
    package internal(set) var range: Range<Int>
  }

  package let metadata: [String: String]
  /// In the order of their bytes.
  package let entries: [Entry]

  /// The longest header that is read, as in the official reader.
  package static let limit = 100_000_000

  /// Bits of an element of each type.
  private static let bits: [String: Int] = [
    "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
    "C64": 64, "F64": 64, "I64": 64, "U64": 64,
  ]

  /// Whether a file that begins with these bytes can be a safetensors file: the length of a header, and a brace.
  package static func begins(_ front: [UInt8]) -> Bool {
    front.count > 8 && front[4..<8].allSatisfy { $0 == 0 } && front[8] == UInt8(ascii: "{")
  }

  /// Reads the front of a file, and checks that the tensors fill the rest.
  /// - Throws: `SafetensorsError`, `FileError`.
  package init(of file: RandomAccessFile) throws {
    let path = file.path
    let front = try file.bytes(at: 0, count: 8)
    guard front.count == 8 else { throw SafetensorsError.truncated(path: path, got: front.count, want: 8) }
    let length = front.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Self.limit) else {
      throw SafetensorsError.headerLength(path: path, got: length, limit: Self.limit)
    }
    let json = try file.bytes(at: 8, count: Int(length))
    guard json.count == Int(length) else {
      throw SafetensorsError.truncated(path: path, got: 8 + json.count, want: 8 + length)
    }
    let contents = Contents(path: path)
    do {
      var reader = StrictJSON(json)
      try contents.read(&reader)
    } catch is StrictJSON.Fault {
      throw SafetensorsError.badHeader(path: path, reason: "its header is not the JSON of named tensors")
    }
    metadata = contents.metadata ?? [:]
    entries = try Self.placed(contents.entries, from: 8 + json.count, path: path)
    let end = entries.last?.range.upperBound ?? 8 + json.count
    let size = try file.size(expecting: end)
    if size < end { throw SafetensorsError.truncated(path: path, got: size, want: UInt64(end)) }
    if size > end { throw SafetensorsError.surplus(path: path, want: end) }
  }

  /// The tensors in the order of their bytes, each where the one before it ends.
  /// - Parameter start: where the first one's bytes begin.
  private static func placed(
    _ all: [Contents.Stored], from start: Int, path: String
  ) throws(SafetensorsError) -> [Entry] {
    // A tensor of no elements comes before the one that begins where it does.
    let sorted = all.sorted { ($0.first, $0.end, $0.name) < ($1.first, $1.end, $1.name) }
    var entries: [Entry] = []
    entries.reserveCapacity(sorted.count)
    var offset = 0
    for tensor in sorted {
      func bad(_ reason: String) -> SafetensorsError { .badTensor(path: path, name: tensor.name, reason: reason) }
      guard let bits = bits[tensor.dtype] else { throw bad("has elements of the unknown type \(tensor.dtype)") }
      guard let count = tensor.shape.bitCount(elementBits: bits), count % 8 == 0 else {
        throw bad("has an impossible shape")
      }
      if tensor.first != offset {
        throw bad(tensor.first < offset ? "lies over the tensor before it" : "begins after a gap")
      }
      guard tensor.end >= tensor.first, tensor.end - tensor.first == count / 8, tensor.end <= .max - start else {
        throw bad("has other bytes than its shape needs")
      }
      offset = tensor.end
      entries.append(
        Entry(
          name: tensor.name, dtype: tensor.dtype, shape: tensor.shape,
          range: start + tensor.first..<start + tensor.end))
    }
    return entries
  }
}

extension SafetensorsHeader {
  /// The entries of the JSON, collected while it is read.
  fileprivate final class Contents {
    /// A tensor, nothing of which has been checked.
    struct Stored {
      let name: String
      let dtype: String
      let shape: [Int]
      /// Counted from the header's end.
      let first: Int
      let end: Int
    }

    private let path: String
    private(set) var metadata: [String: String]?
    private(set) var entries: [Stored] = []
    /// The place of each name in `entries`. The last tensor of a name counts, as in the official reader. Names are compared by bytes.
    private var places: [[UInt8]: Int] = [:]
    private var hasMetadata = false

    init(path: String) { self.path = path }

    func read(_ json: inout StrictJSON) throws {
      try json.object { json, key in
        if key == "__metadata__" { return try readMetadata(&json) }
        let tensor = try readTensor(&json, named: key)
        let bytes = Array(key.utf8)
        if let place = places[bytes] {
          entries[place] = tensor
        } else {
          places[bytes] = entries.count
          entries.append(tensor)
        }
      }
      try json.end()
    }

    private func readMetadata(_ json: inout StrictJSON) throws {
      if hasMetadata { throw StrictJSON.Fault() }
      hasMetadata = true
      if json.null() { return }
      var texts: [String: String] = [:]
      try json.object { json, key in texts[key] = try json.string() }
      metadata = texts
    }

    /// An object of three fields, and others that mean nothing; or a list of the three.
    private func readTensor(_ json: inout StrictJSON, named name: String) throws -> Stored {
      var (dtype, shape, offsets): (String?, [Int]?, [Int]?)
      if json.next == UInt8(ascii: "[") {
        var count = 0
        try json.array { json in
          switch count {
          case 0: dtype = try json.string()
          case 1: shape = try naturals(&json, of: name, "an impossible shape")
          case 2: offsets = try naturals(&json, of: name, "impossible offsets")
          default: throw StrictJSON.Fault()
          }
          count += 1
        }
      } else {
        try json.object { json, key in
          switch key {
          case "dtype" where dtype == nil: dtype = try json.string()
          case "shape" where shape == nil: shape = try naturals(&json, of: name, "an impossible shape")
          case "data_offsets" where offsets == nil: offsets = try naturals(&json, of: name, "impossible offsets")
          case "dtype", "shape", "data_offsets": throw StrictJSON.Fault()
          default: try json.skip()
          }
        }
      }
      guard let dtype, let shape, let offsets else { throw StrictJSON.Fault() }
      guard offsets.count == 2 else {
        throw SafetensorsError.badTensor(path: path, name: name, reason: "has \(offsets.count) offsets instead of 2")
      }
      return Stored(name: name, dtype: dtype, shape: shape, first: offsets[0], end: offsets[1])
    }

    /// Whole numbers of 0 or more.
    private func naturals(_ json: inout StrictJSON, of name: String, _ fault: String) throws -> [Int] {
      var numbers: [Int] = []
      guard json.next == UInt8(ascii: "[") else { throw StrictJSON.Fault() }
      do {
        try json.array { json in numbers.append(try json.natural()) }
      } catch {
        throw SafetensorsError.badTensor(path: path, name: name, reason: "has \(fault)")
      }
      return numbers
    }
  }
}

/// A file that is no safetensors file, or a damaged one. Paths and names are as given, not escaped.
package enum SafetensorsError: Error, Equatable {
  /// The file ends too early: `want` bytes were declared or needed.
  case truncated(path: String, got: Int, want: UInt64)
  /// The first eight bytes declare a header longer than any.
  case headerLength(path: String, got: UInt64, limit: Int)
  /// The header is no JSON object of tensors.
  case badHeader(path: String, reason: String)
  /// One tensor's entry is wrong.
  case badTensor(path: String, name: String, reason: String)
  /// Bytes follow the last tensor, which ends at byte `want`.
  case surplus(path: String, want: Int)
}

extension SafetensorsError: CustomStringConvertible {
  /// The message: the file, its fault, and what to do.
  package var description: String {
    switch self {
    case .truncated(let path, let got, let want):
      "\(shown(path)) is truncated: \(DisplayName.counted(got, "byte")) where \(want) are declared; get the file again"
    case .headerLength(let path, let got, let limit):
      "\(shown(path)) is no safetensors file: its header would have \(got) bytes, at most \(limit) are possible"
    case .badHeader(let path, let reason):
      "\(shown(path)) is no safetensors file: \(DisplayName.safe(reason))"
    case .badTensor(let path, let name, let reason):
      "\(shown(path)) is damaged: tensor \(shown(name)) \(DisplayName.safe(reason)); get the file again"
    case .surplus(let path, let want):
      "\(shown(path)) is damaged: bytes follow the last tensor, which ends at byte \(want); get the file again"
    }
  }

  private func shown(_ name: String) -> String { DisplayName.quoted(name) }
}
