// SafetensorsError.swift
// What is wrong with a safetensors file, in one line for people.

import ByteStreams

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
  /// What, where, and what to do.
  package var description: String {
    switch self {
    case .truncated(let path, let got, let want):
      "\(shown(path)) is cut off: \(DisplayName.counted(got, "byte")) where \(want) are declared; get the file again"
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
