// PNGError.swift
// Errors of reading and writing PNG files, each with a message of one line.

/// A failure to read or write a PNG. Offsets count the file's bytes from 0.
public enum PNGError: Error, Equatable, Sendable {
  /// The file does not begin with the signature of a PNG.
  case notPNG
  /// The file ends in the middle of a chunk, or before its last one.
  case truncated(offset: Int)
  /// The checksum of a chunk is wrong.
  case checksum(chunk: String, offset: Int)
  /// A chunk is missing, is in the wrong place, or has impossible contents.
  case badChunk(chunk: String, offset: Int, reason: String)
  /// The picture would take more bytes than the caller's limit.
  case tooLarge(width: Int, height: Int, limit: Int)
  /// The compressed samples are damaged, or too few or too many.
  case badPixelData(reason: String)
  /// The samples could not be compressed.
  case notEncoded(reason: String)
}

extension PNGError: CustomStringConvertible {
  /// One line: what is wrong, and where.
  public var description: String {
    switch self {
    case .notPNG: "not a PNG picture: the signature is missing"
    case .truncated(let offset): "the PNG is truncated at byte \(offset); get the file again"
    case .checksum(let chunk, let offset):
      "the PNG is damaged: wrong checksum of the chunk \(chunk) at byte \(offset); get the file again"
    case .badChunk(let chunk, let offset, let reason):
      "the PNG is damaged: chunk \(chunk) at byte \(offset): \(reason)"
    case .tooLarge(let width, let height, let limit):
      "the PNG of \(width)×\(height) pixels takes more than the \(limit) bytes accepted here"
    case .badPixelData(let reason): "the PNG is damaged: pixel data: \(reason)"
    case .notEncoded(let reason): "the PNG can not be written: \(reason)"
    }
  }
}
