// RawNames.swift
// Names in both normal forms and in none, for tests of everything that compares names.

import Foundation

/// Names that look alike and differ.
package enum RawNames {
  /// "é" as one scalar, and as "e" with a combining accent: equal for Swift's String, other bytes for the file system.
  package static let composed = "caf\u{E9}"
  package static let decomposed = "cafe\u{301}"
  /// "é" in ISO 8859-1, which is not UTF-8.
  package static let latin1: [UInt8] = Array("caf".utf8) + [0xE9]

  /// Makes a directory of that name in `directory`.
  package static func makeDirectory(_ name: [UInt8], in directory: String) throws {
    try call { mkdir($0, 0o755) }(directory, name)
  }

  /// Gives the file at `path` another name in the same directory.
  package static func rename(_ path: String, to name: [UInt8]) throws {
    try call { Foundation.rename(path, $0) }(URL(fileURLWithPath: path).deletingLastPathComponent().path, name)
  }

  /// Removes an empty directory, or a file.
  package static func remove(_ name: [UInt8], in directory: String) throws {
    try call { Foundation.remove($0) }(directory, name)
  }

  private static func call(
    _ body: @escaping (UnsafePointer<CChar>) -> Int32
  ) -> (_ directory: String, _ name: [UInt8]) throws -> Void {
    { directory, name in
      let path = (Array(directory.utf8) + [UInt8(ascii: "/")] + name + [0]).map { CChar(bitPattern: $0) }
      if path.withUnsafeBufferPointer({ $0.baseAddress.map(body) ?? -1 }) != 0 {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
    }
  }
}
