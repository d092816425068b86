// SafetensorsFile+Reading.swift
// A safetensors file of float32 tensors read without trusting it.

import ArrayFiles
import ByteStreams

extension SafetensorsFile {
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
    do throws(SafetensorsError) {
      let header = try SafetensorsHeader(of: bytes, path: path)
      metadata = header.metadata
      tensors = []
      var offset = 0
      for entry in header.entries {
        let end = try entry.check(after: offset, path: path)
        guard end <= bytes.count - header.start else {
          throw SafetensorsError.truncated(path: path, got: bytes.count, want: UInt64(header.start) + UInt64(end))
        }
        let values = floats(bytes[header.start + offset..<header.start + end])
        tensors.append(Tensor(name: entry.name, shape: entry.shape, values: values))
        offset = end
      }
      guard offset == bytes.count - header.start else {
        throw SafetensorsError.badHeader(
          path: path, reason: "\(bytes.count - header.start - offset) bytes follow the last tensor")
      }
    } catch {
      throw CheckpointError(error)
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

extension SafetensorsHeader.Entry {
  /// Where the tensor ends, counted from the header's end.
  /// - Parameter offset: where the tensor before it ends.
  fileprivate func check(after offset: Int, path: String) throws(SafetensorsError) -> Int {
    func bad(_ reason: String) -> SafetensorsError { .badTensor(path: path, name: name, reason: reason) }
    if dtype != "F32" { throw bad("has elements of type \(dtype), only F32 is read") }
    if let first = offsets.first, offsets.count == 2, first != offset {
      // A shape that cannot be is the more telling fault.
      if shape.contains(where: { $0 < 0 }) { throw bad("has an impossible shape") }
      throw bad(first < offset ? "lies over the tensor before it" : "begins after a gap")
    }
    return try range(elementSize: 4, path: path).upperBound
  }
}

extension CheckpointError {
  fileprivate init(_ error: SafetensorsError) {
    self =
      switch error {
      case .truncated(let path, let got, let want): .truncated(path: path, got: got, want: want)
      case .headerLength(let path, let got, let limit): .headerLength(path: path, got: got, limit: limit)
      case .badHeader(let path, let reason): .badHeader(path: path, reason: reason)
      case .badTensor(let path, let name, let reason): .badTensor(path: path, name: name, reason: reason)
      }
  }
}
