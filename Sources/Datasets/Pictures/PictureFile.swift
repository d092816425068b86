// PictureFile.swift
// One picture file: its size and colors from its first bytes, and its pixels.

import ByteStreams
import JPEG
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
  private let isJPEG: Bool
  /// The most pixels.
  private let pixelLimit: Int

  /// The most bytes of a file.
  private static let fileLimit = 1 << 28

  /// The endings of names that belong to pictures of these formats.
  package static let endings = [".png", ".jpg", ".jpeg"]
  /// The formats, for messages.
  package static let formats = "PNG or JPEG"

  package static func hasEnding(_ name: String) -> Bool {
    let name = name.lowercased()
    return endings.contains { name.hasSuffix($0) }
  }

  /// Reads the file's first bytes.
  /// - Parameter pixelLimit: the most pixels accepted.
  /// - Throws: `DatasetError.notAPicture`, `.badPicture`, `.tooManyPixels`; `FileError`.
  package init(_ path: String, pixelLimit: Int = ReadingOptions.defaultPixelLimit) throws {
    var source = try FileSource(path, accepting: .regular)
    let front = try [UInt8](unsafeUninitializedCapacity: PNGSummary.frontLength) { buffer, count in
      count = try source.fill(UnsafeMutableRawBufferPointer(buffer))
    }
    (self.path, self.pixelLimit) = (path, pixelLimit)
    if JPEGImage.isJPEG(front: front) {
      let header = try Self.jpegHeader(front, path: path)
      (width, height, isColor, isJPEG) = (header.width, header.height, header.channels > 1, true)
    } else if let summary = PNGSummary(front: front) {
      (width, height, isColor, isJPEG) = (summary.width, summary.height, summary.isColor, false)
    } else {
      throw DatasetError.notAPicture(path: path)
    }
    guard width > 0, height > 0 else {
      throw DatasetError.badPicture(path: path, reason: "its sides are \(width)×\(height)")
    }
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    if overflow || pixels > pixelLimit {
      throw DatasetError.tooManyPixels(path: path, height: height, width: width, limit: pixelLimit)
    }
  }

  /// Reads the header of a JPEG, from the whole file if large descriptions come before it.
  private static func jpegHeader(_ front: [UInt8], path: String) throws -> JPEGHeader {
    do {
      return try front.withUnsafeBytes { try JPEGHeader($0) }
    } catch let error as JPEGError {
      if case .truncated = error, front.count == PNGSummary.frontLength {
        let whole = try FileContents.read(path, limit: fileLimit)
        if whole.count > front.count { return try Self.jpegHeader(whole, path: path) }
      }
      throw DatasetError.badPicture(path: path, reason: "\(error)")
    }
  }

  /// Reads the pixels.
  /// - Throws: `DatasetError.badPicture`, `FileError`.
  package func decode() throws -> PNGImage {
    let bytes = try FileContents.read(path, limit: Self.fileLimit)
    do {
      let picture =
        try isJPEG
        ? JPEGImage.decode(bytes, pixelLimit: pixelLimit) : PNGImage.decode(bytes, limit: 4 * pixelLimit)
      guard (picture.width, picture.height) == (width, height) else {
        throw DatasetError.badPicture(path: path, reason: "it has changed while the collection was read")
      }
      return picture
    } catch is NoMemory {
      throw FileError.noMemory(path: path)
    } catch JPEGError.noMemory {
      throw FileError.noMemory(path: path)
    } catch let error as PNGError {
      throw DatasetError.badPicture(path: path, reason: "\(error)")
    } catch let error as JPEGError {
      throw DatasetError.badPicture(path: path, reason: "\(error)")
    }
  }
}
