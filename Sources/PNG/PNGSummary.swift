// PNGSummary.swift
// The size and the colors of a PNG file, from its first chunks.

/// The properties of a picture that are known before its samples are read.
package struct PNGSummary: Equatable, Sendable {
  /// In pixels.
  package let width: Int
  /// In pixels.
  package let height: Int
  /// Whether its pixels may have colors; false for a palette of grays.
  package let isColor: Bool

  /// Bytes of a file that hold everything up to the palette, if no large chunk comes before it.
  package static let frontLength = 1 << 16

  /// Reads the header, and the palette if there is one.
  /// - Parameter front: the file's first bytes.
  /// - Returns: nil if these bytes do not begin a PNG.
  package init?(front: [UInt8]) {
    guard front.count >= 33, front.starts(with: PNGLayout.signature) else { return nil }
    width = Int(front.bigEndian(at: 16..<20))
    height = Int(front.bigEndian(at: 20..<24))
    switch front[25] {
    case 0, 4: isColor = false
    case 3: isColor = Self.paletteIsColor(front)
    default: isColor = true
    }
  }

  /// Returns whether any color of the palette has unequal parts; true if the palette is not within these bytes.
  private static func paletteIsColor(_ front: [UInt8]) -> Bool {
    var offset = PNGLayout.signature.count
    while offset + 8 <= front.count {
      let count = Int(front.bigEndian(at: offset..<offset + 4))
      let start = offset + 8
      if front[offset + 4..<start].elementsEqual("PLTE".utf8) {
        guard start + count <= front.count, count % 3 == 0 else { return true }
        return stride(from: start, to: start + count, by: 3).contains {
          front[$0] != front[$0 + 1] || front[$0] != front[$0 + 2]
        }
      }
      offset = start + count + 4
    }
    return true
  }
}
