// JPEGError.swift
// Why bytes are no JPEG that this module reads, in one line for people.

/// A failure to read a JPEG. Offsets count the file's bytes from 0.
package enum JPEGError: Error, Equatable, Sendable {
  /// The file does not begin with the marker of a JPEG.
  case notJPEG
  /// The file ends before its image does.
  case truncated(offset: Int)
  /// The file contradicts itself, or its compressed samples are damaged.
  case damaged(reason: String)
  /// A sound JPEG of a kind that is not read here.
  case unsupported(feature: String)
  /// The image has more pixels than the caller accepts.
  case tooLarge(width: Int, height: Int, limit: Int)
  /// The system does not give this memory.
  case noMemory(bytes: Int)
}

extension JPEGError: CustomStringConvertible {
  /// One line: what is wrong, and where.
  package var description: String {
    switch self {
    case .notJPEG: "not a JPEG picture: the marker at its start is missing"
    case .truncated(let offset): "the JPEG is truncated at byte \(offset); get the file again"
    case .damaged(let reason): "the JPEG is damaged: \(reason); get the file again"
    case .unsupported(let feature):
      "JPEG pictures with \(feature) are not read here; save the picture as an ordinary JPEG or as PNG"
    case .tooLarge(let width, let height, let limit):
      "the JPEG of \(width)×\(height) pixels has more than the \(limit) pixels accepted here"
    case .noMemory(let bytes):
      "no memory for the JPEG: \((bytes + 999_999) / 1_000_000) MB more were needed; give smaller pictures, fewer threads, or "
        + "more memory (ulimit -v)"
    }
  }
}
