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
    let file = try RandomAccessFile(path, limit: Self.fileLimit, accepting: .regular)
    if file.size > Self.fileLimit { throw FileError.tooLarge(path: path, limit: Self.fileLimit) }
    try self.init(of: file)
  }

  /// Reads the bytes of a file of float32 tensors.
  /// - Parameter path: what messages name.
  package init(bytes: [UInt8], path: String) throws { try self.init(of: RandomAccessFile(bytes: bytes, path: path)) }

  /// Every length and offset is checked against the file. Nothing is in memory but the tensors.
  private init(of file: RandomAccessFile) throws {
    do {
      let header = try SafetensorsHeader(of: file)
      metadata = header.metadata
      tensors = []
      for entry in header.entries {
        guard entry.dtype == "F32" else {
          throw SafetensorsError.badTensor(
            path: file.path, name: entry.name, reason: "has elements of type \(entry.dtype), only F32 is read")
        }
        tensors.append(Tensor(name: entry.name, shape: entry.shape, values: try Self.floats(entry.range, of: file)))
      }
    } catch let error as SafetensorsError {
      throw CheckpointError(error)
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

extension CheckpointError {
  fileprivate init(_ error: SafetensorsError) {
    self =
      switch error {
      case .truncated(let path, let got, let want): .truncated(path: path, got: got, want: want)
      case .headerLength(let path, let got, let limit): .headerLength(path: path, got: got, limit: limit)
      case .badHeader(let path, let reason): .badHeader(path: path, reason: reason)
      case .badTensor(let path, let name, let reason): .badTensor(path: path, name: name, reason: reason)
      case .surplus(let path, let want):
        .badHeader(path: path, reason: "bytes follow the last tensor, which ends at byte \(want)")
      }
  }
}
