// SafetensorsFile.swift
// Named float32 tensors in one file: the format that Python's safetensors library reads and writes.

package import ByteStreams

/// Float32 tensors in order, and texts about them.
///
/// Layout (huggingface/safetensors, README, "Format"): u64 LE header length, header (JSON: a map from name to dtype, shape
/// and data_offsets, and `__metadata__`, a map of texts), then the tensors' bytes without gaps. Spaces fill the header up
/// to a multiple of eight, so that the floats lie on their boundaries.
package struct SafetensorsFile: Equatable, Sendable {
  package struct Tensor: Equatable, Sendable {
    package let name: String
    package let shape: [Int]
    /// Row-major, as many as the shape says.
    package let values: [Float]

    /// - Precondition: as many values as the shape says.
    package init(name: String, shape: [Int], values: [Float]) {
      precondition(shape.reduce(1, *) == values.count, "\(name) takes \(shape.reduce(1, *)) values")
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  package var metadata: [String: String]
  /// With different names, in the order of their bytes.
  package var tensors: [Tensor]

  package init(metadata: [String: String], tensors: [Tensor]) {
    self.metadata = metadata
    self.tensors = tensors
  }

  /// Replaces the file at `path` atomically.
  /// - Throws: `FileError`.
  package func write(to path: String) throws { try prepared(for: path).commit() }

  /// Writes a temporary file and syncs it; `commit` moves it to `path`.
  /// - Throws: `FileError`.
  package func prepared(for path: String) throws -> AtomicFile.Prepared {
    try AtomicFile.prepare(path) { sink in
      let header = header
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try sink.write($0) }
      try sink.write(header)
      for tensor in tensors { try tensor.withLittleEndianBytes { try sink.write($0) } }
    }
  }

  /// The bytes of the file.
  package var encoded: [UInt8] {
    let header = header
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
      + tensors.flatMap { tensor in tensor.withLittleEndianBytes { Array($0) } }
  }

  private var header: [UInt8] {
    var entries = [
      "\"__metadata__\":{"
        + metadata.sorted { $0.key < $1.key }.map { "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))" }
        .joined(separator: ",") + "}"
    ]
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.values.count * 4
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(JSONText.quoted(tensor.name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    let text = Array(("{" + entries.joined(separator: ",") + "}").utf8)
    return text + [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
  }
}

extension SafetensorsFile {
  /// Reads a file of float32 tensors.
  /// - Parameter limit: the largest file that is read, in bytes.
  /// - Throws: `SafetensorsError`, `FileError`.
  package init(path: String, limit: Int = 1 << 32) throws {
    let file = try RandomAccessFile(path, limit: limit, accepting: .regular)
    if file.size > limit { throw FileError.tooLarge(path: path, limit: limit) }
    try self.init(of: file)
  }

  /// Reads the bytes of a file of float32 tensors.
  /// - Parameter path: what messages name.
  package init(bytes: [UInt8], path: String) throws { try self.init(of: RandomAccessFile(bytes: bytes, path: path)) }

  /// Every length and offset is checked against the file. Only the tensors are kept in memory.
  private init(of file: RandomAccessFile) throws {
    let header = try SafetensorsHeader(of: file)
    metadata = header.metadata
    tensors = try header.entries.map { entry in
      guard entry.dtype == "F32" else {
        throw SafetensorsError.badTensor(
          path: file.path, name: entry.name, reason: "has elements of type \(entry.dtype), only F32 is read")
      }
      return Tensor(name: entry.name, shape: entry.shape, values: try Self.floats(entry.range, of: file))
    }
  }

  /// Little-endian bytes of a file as numbers.
  private static func floats(_ range: Range<Int>, of file: RandomAccessFile) throws -> [Float] {
    do { try MemoryCheck.require(range.count) } catch { throw FileError.noMemory(path: file.path) }
    var read = 0
    var values = try [Float](unsafeUninitializedCapacity: range.count / 4) { floats, count in
      read = try file.read(at: range.lowerBound, into: UnsafeMutableRawBufferPointer(floats))
      count = read / 4
    }
    guard read == range.count else {
      throw SafetensorsError.truncated(
        path: file.path, got: range.lowerBound + read, want: UInt64(range.upperBound))
    }
    #if _endian(big)
      for index in values.indices { values[index] = Float(bitPattern: UInt32(littleEndian: values[index].bitPattern)) }
    #endif
    return values
  }
}

extension SafetensorsFile.Tensor {
  /// Lends the little-endian bytes of the values, in place where the machine is little-endian.
  package func withLittleEndianBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    #if _endian(little)
      return try values.withUnsafeBytes(body)
    #else
      return try values.map(\.bitPattern.littleEndian).withUnsafeBytes(body)
    #endif
  }
}
