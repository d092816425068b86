// ZlibError.swift
// Errors of compressed data, each with a message of one line.

import ByteStreams

/// A failure to expand or compress bytes. `name` is the file's, or nil for bytes in memory; offsets count compressed bytes from 0.
package enum ZlibError: Error, Equatable {
  /// The bytes do not begin like compressed ones.
  case notCompressed(name: String?)
  /// The bytes end before the compressed text does.
  case truncated(name: String?, offset: Int)
  /// A code, a length or a checksum is wrong.
  case corrupt(name: String?, offset: Int, reason: String)
  /// Other bytes follow the compressed text.
  case trailingBytes(name: String?, offset: Int)
  /// The text is longer than the caller's limit.
  case tooLarge(name: String?, limit: Int)
  /// An archive of several files can't be read from this place on.
  case badArchive(name: String?, offset: Int, reason: String)
  /// The system has no memory for a stream's state.
  case outOfMemory
}

extension ZlibError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notCompressed(let name):
      "\(shown(name)) is not compressed data of the expected format"
    case .truncated(let name, let offset):
      "\(shown(name)) is truncated: the compressed data end at byte \(offset) in the middle; get the file again"
    case .corrupt(let name, let offset, let reason):
      "\(shown(name)) is damaged at byte \(offset) of the compressed data (\(reason)); get the file again"
    case .trailingBytes(let name, let offset):
      "\(shown(name)) has other bytes after the end of the compressed data, from byte \(offset); get the file again"
    case .tooLarge(let name, let limit):
      "\(shown(name)) expands to more than \(limit) bytes, which are not accepted here"
    case .badArchive(let name, let offset, let reason):
      "\(shown(name)) is no archive that can be read (\(reason), at byte \(offset)); get the file again"
    case .outOfMemory:
      "no memory for a compression stream; close other programs"
    }
  }

  private func shown(_ name: String?) -> String { name.map(DisplayName.quoted) ?? "compressed data" }
}
