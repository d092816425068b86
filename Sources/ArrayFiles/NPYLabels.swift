// NPYLabels.swift
// The labels in a .npy file: a list of numbers or of texts.

package import ByteStreams

/// Labels from a .npy file.
package enum NPYLabels {
  /// A text for each row.
  /// - Parameter encoding: the encoding of byte strings; UTF-8, if nil.
  /// - Throws: `ArrayFileError`, `FileError`.
  /// - Complexity: O(bytes).
  package static func read(_ path: String, encoding: TextEncoding? = nil) throws -> [String] {
    try read(RandomAccessFile(path), encoding: encoding)
  }

  /// A text for each row of an open file.
  package static func read(_ file: RandomAccessFile, encoding: TextEncoding? = nil) throws -> [String] {
    let path = file.path
    let header = try NPYHeader(of: file, for: .labels)
    guard header.shape.count == 1 || (header.shape.count == 2 && header.shape[1] == 1) else {
      let advice = header.shape.count == 2 ? "; of one-hot rows, save rows.argmax(axis=1)" : ""
      throw ArrayFileError.shape(path: path, got: header.shape, want: "a list with one label for each row\(advice)")
    }
    let (size, count) = (header.element.size, header.shape[0])
    if size == 0 { return [String](repeating: "", count: count) }
    let bytes = try file.bytes(at: header.offset, count: count * size)
    guard bytes.count == count * size else {
      throw ArrayFileError.truncated(path: path, got: header.offset + bytes.count, want: header.offset + count * size)
    }
    return try bytes.withUnsafeBytes { bytes in
      try (0..<count).map { index in
        let element = UnsafeRawBufferPointer(rebasing: bytes[index * size..<(index + 1) * size])
        if let text = text(of: element, header.element, encoding) { return text }
        throw ArrayFileError.unreadable(
          path: path, reason: "row \(index) is not \(isBytes(header.element) ? "UTF-8" : "Unicode text")",
          advice: isBytes(header.element)
            ? "give its --encoding, for example windows-1252" : "save texts without lone surrogates")
      }
    }
  }

  private static func isBytes(_ kind: NPYHeader.Element) -> Bool {
    if case .bytes = kind { return true }
    return false
  }

  /// Returns an element's text without trailing zeros; nil for invalid text, since a replacement could merge two classes.
  private static func text(
    of element: UnsafeRawBufferPointer, _ kind: NPYHeader.Element, _ encoding: TextEncoding?
  ) -> String? {
    switch kind {
    case .number(let type): return element.baseAddress.map(type.text) ?? ""
    case .bytes:
      let bytes = element[..<(element.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0)]
      return encoding?.text(ofBytes: bytes) ?? String(validating: bytes, as: UTF8.self)
    case .text(let length, let isBigEndian):
      var text = String.UnicodeScalarView()
      var zeros = 0
      for index in 0..<length {
        let word = element.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
        let value = isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
        if value == 0 {
          zeros += 1
          continue
        }
        guard let scalar = Unicode.Scalar(value) else { return nil }
        while zeros > 0 {
          text.append("\0")
          zeros -= 1
        }
        text.append(scalar)
      }
      return String(text)
    }
  }
}
