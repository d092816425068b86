// JPEGSegments.swift
// The segments of a JPEG file, from its first to the one that begins its first scan.

/// Finds the segments before a JPEG's compressed samples (ITU-T T.81, annex B). Bytes between segments are skipped, as decoders do.
package struct JPEGSegments: Sequence, IteratorProtocol {
  package struct Segment: Equatable {
    /// The byte that names the kind of segment.
    package let marker: UInt8
    /// Where its contents are in the file, without their length; cut where the file ends.
    package let contents: Range<Int>

    /// True for C0 … CF without tables (C4), extensions (C8) and arithmetic coding (CC): the header of a frame.
    package var isFrame: Bool { (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker) }
    /// True where the compressed samples follow.
    package var isScan: Bool { marker == 0xDA }
  }

  private let file: UnsafeRawBufferPointer
  private var offset = 2

  /// - Parameter file: begins with the two bytes of a JPEG; may be the front of a file.
  package init(_ file: UnsafeRawBufferPointer) { self.file = file }

  package mutating func next() -> Segment? {
    while let marker = nextMarker() {
      // Marks without contents: a restart, or a reserved one.
      if marker == 0x01 || (0xD0...0xD7).contains(marker) { continue }
      guard marker != 0xD8, marker != 0xD9, offset + 2 <= file.count else { return nil }
      let length = Int(file[offset]) << 8 | Int(file[offset + 1])
      guard length >= 2 else { return nil }
      let contents = offset + 2..<Swift.min(offset + length, file.count)
      offset = marker == 0xDA ? file.count : contents.upperBound
      return Segment(marker: marker, contents: contents)
    }
    return nil
  }

  /// The byte after the next run of FF that zero does not follow.
  private mutating func nextMarker() -> UInt8? {
    while offset < file.count {
      while offset < file.count, file[offset] != 0xFF { offset += 1 }
      while offset < file.count, file[offset] == 0xFF { offset += 1 }
      guard offset < file.count else { return nil }
      defer { offset += 1 }
      if file[offset] != 0 { return file[offset] }
    }
    return nil
  }
}
