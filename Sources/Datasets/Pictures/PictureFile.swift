// PictureFile.swift
// One picture file: its size and colors from its first bytes, and its pixels.

import ByteStreams
package import PNG

/// A picture in a file of any format that is read.
package struct PictureFile: Sendable {
  package let path: String
  /// In pixels.
  package let width: Int
  /// In pixels.
  package let height: Int
  /// Whether its pixels may have colors.
  package let isColor: Bool

  /// The most bytes of a file.
  private static let fileLimit = 1 << 28
  /// The most pixels of a picture, against small files that expand to huge pictures.
  package static let pixelLimit = 1 << 26

  /// The endings of names that belong to pictures of these formats.
  package static let endings = [".png"]
  /// The formats, for messages.
  package static let formats = "PNG"

  package static func hasEnding(_ name: String) -> Bool {
    let name = name.lowercased()
    return endings.contains { name.hasSuffix($0) }
  }

  /// Reads the file's first bytes.
  /// - Throws: `DatasetError.notAPicture`, `.badPicture`; `FileError`.
  package init(_ path: String) throws {
    var source = try FileSource(path, accepting: .regular)
    let front = try [UInt8](unsafeUninitializedCapacity: PNGSummary.frontLength) { buffer, count in
      count = try source.fill(UnsafeMutableRawBufferPointer(buffer))
    }
    guard let summary = PNGSummary(front: front) else { throw DatasetError.notAPicture(path: path) }
    guard summary.width > 0, summary.height > 0 else {
      throw DatasetError.badPicture(path: path, reason: "its sides are \(summary.width)×\(summary.height)")
    }
    let (pixels, overflow) = summary.width.multipliedReportingOverflow(by: summary.height)
    if overflow || pixels > Self.pixelLimit {
      throw DatasetError.badPicture(
        path: path,
        reason: "\(summary.width)×\(summary.height) pixels are more than the limit, \(Self.pixelLimit)")
    }
    self.path = path
    (width, height, isColor) = (summary.width, summary.height, summary.isColor)
  }

  /// Reads the pixels.
  /// - Throws: `DatasetError.badPicture`, `FileError`.
  package func decode() throws -> PNGImage {
    let bytes = try FileContents.read(path, limit: Self.fileLimit)
    do {
      let picture = try PNGImage.decode(bytes, limit: 4 * Self.pixelLimit)
      guard (picture.width, picture.height) == (width, height) else {
        throw DatasetError.badPicture(path: path, reason: "it has changed while the collection was read")
      }
      return picture
    } catch is NoMemory {
      throw FileError.noMemory(path: path)
    } catch let error as PNGError {
      throw DatasetError.badPicture(path: path, reason: "\(error)")
    }
  }
}
