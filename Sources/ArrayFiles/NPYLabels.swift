// NPYLabels.swift
// The labels in a .npy file: a list of numbers or of texts.

import ByteStreams

/// Labels from a .npy file.
package enum NPYLabels {
  /// A text for each row.
  /// - Throws: `ArrayFileError`, `FileError`.
  /// - Complexity: O(bytes).
  package static func read(_ path: String) throws -> [String] {
    let file = try RandomAccessFile(path)
    let header = try NPYHeader(of: file)
    guard header.shape.count == 1 || (header.shape.count == 2 && header.shape[1] == 1) else {
      throw ArrayFileError.shape(path: path, got: header.shape, want: "a list with one label for each point")
    }
    let (size, count) = (header.element.size, header.shape[0])
    if size == 0 { return [String](repeating: "", count: count) }
    let bytes = try file.bytes(at: header.offset, count: count * size)
    guard bytes.count == count * size else {
      throw ArrayFileError.truncated(path: path, got: header.offset + bytes.count, want: header.offset + count * size)
    }
    return bytes.withUnsafeBytes { bytes in
      (0..<count).map { index in
        let element = UnsafeRawBufferPointer(rebasing: bytes[index * size..<(index + 1) * size])
        return text(of: element, header.element)
      }
    }
  }

  private static func text(of element: UnsafeRawBufferPointer, _ kind: NPYHeader.Element) -> String {
    switch kind {
    case .number(let type): return element.baseAddress.map(type.text) ?? ""
    case .bytes: return String(decoding: element[..<(element.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0)], as: UTF8.self)
    case .text(let length, let isBigEndian):
      var text = String.UnicodeScalarView()
      for index in 0..<length {
        let word = element.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
        let value = isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
        if value == 0 { break }
        text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
      }
      return String(text)
    }
  }
}
