// TensorFile.swift
// The bytes of a table of points, as text or as raw numbers.

/// How the points are stored. TensorBoard tells the two apart by trying to read the file as text.
public enum TensorFormat: String, CaseIterable, Sendable {
  /// Decimal numbers between tabs, a point a line. Readable everywhere; TensorBoard needs 0.8 µs a number.
  case tsv
  /// Little-endian float32, row by row. A tenth of the size or less, read at once.
  case binary

  /// The usual ending of the file's name, for example "tsv".
  public var fileExtension: String {
    switch self {
    case .tsv: "tsv"
    case .binary: "bytes"
    }
  }
}

extension EmbeddingTable {
  /// The bytes of the tensor file.
  ///
  /// As text each number is the shortest that reads back to the same bits. As binary the bits are exact but for one
  /// case: TensorBoard takes a file for text if it happens to be valid UTF-8, so there a zero becomes −0, or, where no
  /// zero helps, the first number moves by at most 127 units in its last place.
  /// - Complexity: O(values).
  public func encoded(as format: TensorFormat) -> [UInt8] {
    switch format {
    case .tsv: tabSeparated()
    case .binary: DecodeProof.applied(to: littleEndian())
    }
  }

  private func tabSeparated() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 12)
    for row in 0..<points {
      for column in 0..<dimensions {
        if column > 0 { bytes.append(UInt8(ascii: "\t")) }
        DecimalText.append(values[row * dimensions + column], to: &bytes)
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  private func littleEndian() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 4)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}

/// Keeps raw numbers from being taken for text.
enum DecodeProof {
  /// `bytes` of little-endian float32, changed only where their first line is valid UTF-8.
  ///
  /// The first line counts because TensorBoard decodes line by line where TensorFlow is installed, and all at once else.
  static func applied(to bytes: [UInt8]) -> [UInt8] {
    let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    guard String(validating: bytes[..<end], as: UTF8.self) != nil else { return bytes }
    var changed = bytes
    // −0: bytes 0, 0, 0, 0x80, of which the last can not stand behind a zero.
    for start in stride(from: 0, to: end, by: 4) where bytes[start..<start + 4].allSatisfy({ $0 == 0 }) {
      changed[start + 3] = 0x80
      return changed
    }
    let bits = bytes[..<4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    for distance: UInt32 in 1...128 {
      for candidate in [bits &- distance, bits &+ distance] where startsNoCharacter(candidate) {
        for byte in 0..<4 { changed[byte] = UInt8(truncatingIfNeeded: candidate >> (8 * UInt32(byte))) }
        return changed
      }
    }
    return changed
  }

  /// True for the bits of a finite number of the same sign whose first byte can not begin a UTF-8 character.
  private static func startsNoCharacter(_ bits: UInt32) -> Bool {
    let first = UInt8(truncatingIfNeeded: bits)
    return Float(bitPattern: bits).isFinite && ((0x80...0xC1).contains(first) || first >= 0xF5)
  }
}
