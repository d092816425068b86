// ThumbnailSource.swift
// Pictures from elsewhere, one for each point.

import ByteStreams
import Datasets
import PNG

/// Pictures of one size, asked for by number, from several threads at once.
protocol ThumbnailSource: Sendable {
  /// What messages name.
  var path: String { get }
  /// How many pictures there are.
  var count: Int { get }

  /// Looks at the pictures that will be asked for.
  /// - Returns: them, all of one size.
  /// - Throws: `ExperimentError.badImages` and what reading throws.
  func opened(_ numbers: [Int]) throws -> Thumbnails
}

/// Pictures that have been looked at.
struct Thumbnails: Sendable {
  let height: Int
  let width: Int
  /// 1 to 4: grey, grey with alpha, colour, colour with alpha.
  let channels: Int
  /// [height, width, channels] of the picture at a place of the numbers that were opened.
  let picture: @Sendable (Int) throws -> ArraySlice<UInt8>
}

/// Finds out what pictures a path has.
enum ThumbnailFiles {
  /// - Parameter tile: width and height of one picture of a finished sprite; found from the number of points, if nil.
  /// - Throws: `FileError`, `ExperimentError.badImages`, and what the file's reader throws.
  static func open(_ path: String, points: Int, tile: (width: Int, height: Int)? = nil) throws -> any ThumbnailSource {
    guard let status = try FileStatus.of(path) else {
      throw FileError.system(operation: .open, path: path, code: FileError.noSuchFile)
    }
    if status.kind == .directory { return try PNGFolder(path) }
    var source = try FileSource(path)
    let front = try [UInt8](unsafeUninitializedCapacity: 8) { buffer, count in
      count = try source.fill(UnsafeMutableRawBufferPointer(buffer))
    }
    if front.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return try SpriteTiles(path, points: points, tile: tile) }
    if front.starts(with: [0x93, 0x4E, 0x55, 0x4D]) { return try ImageArray(path) }
    if front.starts(with: [0, 0]) || front.starts(with: [0x1F, 0x8B]) { return try IDXImages(path) }
    throw ExperimentError.badImages(
      path: path, reason: "it is no PNG, .npy or IDX file; give one of these, or a directory of PNG files")
  }
}

/// The images of an IDX file, raw or gzipped.
private struct IDXImages: ThumbnailSource {
  let path: String
  private let file: IDXFile
  var count: Int { file.dimensions[0] }

  init(_ path: String) throws {
    self.path = path
    file = try IDXFile(path, ranks: 3...4)
  }

  func opened(_ numbers: [Int]) throws -> Thumbnails {
    let extents = file.dimensions
    let channels = extents.count == 4 ? extents[3] : 1
    guard (1...4).contains(channels) else {
      throw ExperimentError.badImages(path: path, reason: "images of \(channels) channels; want 1 to 4")
    }
    let (elements, size) = (file.elements, extents[1] * extents[2] * channels)
    return Thumbnails(height: extents[1], width: extents[2], channels: channels) {
      elements[numbers[$0] * size..<(numbers[$0] + 1) * size]
    }
  }
}
