// CheckpointError.swift
// The errors of reading a checkpoint, and their one-line messages.

import ArrayFiles
import ByteStreams

/// The reason why a file is no safetensors file, or no checkpoint of this program. Paths and names are not escaped.
package enum CheckpointError: Error, Equatable {
  /// The file ends too early: `want` bytes were declared or needed.
  case truncated(path: String, got: Int, want: UInt64)
  /// The first eight bytes declare a header above the limit.
  case headerLength(path: String, got: UInt64, limit: Int)
  /// The header is no JSON object of tensors.
  case badHeader(path: String, reason: String)
  /// One tensor's entry is wrong.
  case badTensor(path: String, name: String, reason: String)
  case missingTensor(path: String, name: String)
  /// A key of `__metadata__` is missing (`got` is nil) or has an invalid value.
  case metadata(path: String, key: String, got: String?)
  /// The content differs from the content that was written.
  case checksum(path: String, got: String, want: String)
}

extension CheckpointError: CustomStringConvertible {
  /// Says what is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .truncated(let path, let got, let want):
      "\(shown(path)) is truncated: \(DisplayName.counted(got, "byte")) where \(want) are declared; use another checkpoint"
    case .headerLength(let path, let got, let limit):
      "\(shown(path)) is no safetensors file: its header would have \(got) bytes, at most \(limit) are possible"
    case .badHeader(let path, let reason):
      "\(shown(path)) is no safetensors file: \(DisplayName.safe(reason))"
    case .badTensor(let path, let name, let reason):
      "\(shown(path)) is damaged: tensor \(shown(name)) \(DisplayName.safe(reason)); use another checkpoint"
    case .missingTensor(let path, let name):
      "\(shown(path)) has no tensor \(shown(name)); give a checkpoint that aelog has written"
    case .checksum(let path, let got, let want):
      "\(shown(path)) is damaged: its checksum is \(got), but it records \(shown(String(want.prefix(80)))); use another "
        + "checkpoint"
    case .metadata(let path, let key, nil):
      "\(shown(path)) has no \(shown(key)) in its metadata; give a checkpoint that aelog has written"
    case .metadata(let path, let key, let got?):
      "\(shown(path)) has \(shown(key)) = \(shown(String(got.prefix(80)))), which is not valid; use another checkpoint"
    }
  }

  private func shown(_ name: String) -> String { DisplayName.quoted(name) }
}

extension CheckpointError {
  init(_ error: SafetensorsError) {
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
