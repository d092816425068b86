// SafetensorsFile.swift
// Named tensors of float32 in one file, in the format that Python's safetensors reads.

package import ByteStreams
import CKernels

/// Tensors in order, and texts about them.
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

  /// Replaces the file at `path`, whole or not at all.
  /// - Throws: `FileError`.
  package func write(to path: String) throws { try prepared(for: path).commit() }

  /// The file on the device, to be put at `path`.
  /// - Throws: `FileError`.
  package func prepared(for path: String) throws -> AtomicFile.Prepared {
    try AtomicFile.prepare(path) { sink in
      let header = header
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try sink.write($0) }
      try sink.write(header)
      for tensor in tensors { try tensor.withLittleEndianBytes { try sink.write($0) } }
    }
  }

  /// A CRC-32C of the texts but the one named `checksum`, and of all tensors' names, shapes and bytes: eight digits.
  package var checksum: String {
    var crc: UInt32 = 0
    func add(_ bytes: UnsafeRawBufferPointer) { crc = ck_crc32c(crc, bytes.baseAddress, bytes.count) }
    func add(_ text: String) { Array(text.utf8).withUnsafeBytes { add($0) } }
    for (key, text) in metadata.sorted(by: { $0.key < $1.key }) where key != Self.checksumKey {
      add("\(key)\0\(text)\0")
    }
    for tensor in tensors {
      add("\(tensor.name)\0\(tensor.shape)\0")
      tensor.withLittleEndianBytes { add($0) }
    }
    return crc.zeroPadded(to: 8, radix: 16)
  }

  /// The text under which a file may hold its checksum.
  static let checksumKey = "checksum"

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

extension SafetensorsFile.Tensor {
  /// Whether no value is NaN or infinite.
  var isFinite: Bool {
    // Without a branch for each value, so that the compiler makes vectors of it.
    let exponent: UInt32 = 0x7F80_0000
    return values.withUnsafeBytes { bytes in
      bytes.bindMemory(to: UInt32.self).reduce(into: UInt32(0)) { $0 |= $1 & exponent == exponent ? 1 : 0 } == 0
    }
  }

  /// Lends the bytes of the values: where they are, on a little-endian machine.
  fileprivate func withLittleEndianBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    #if _endian(little)
      return try values.withUnsafeBytes(body)
    #else
      return try values.map(\.bitPattern.littleEndian).withUnsafeBytes(body)
    #endif
  }
}
