// ThumbnailSource.swift
// Pictures of foreign points as thumbnails: the protocol of their sources, and how a path's kind is detected.

import ArrayFiles
import ByteStreams
import Datasets
import PNG

/// A numbered collection of pictures, which several threads may read at once.
protocol ThumbnailSource: Sendable {
  /// The path of the pictures, for messages.
  var path: String { get }
  /// Number of pictures.
  var count: Int { get }
  /// How the pictures were recognized, in one line; nil if that is obvious.
  var note: String? { get }

  /// Examines the pictures with the given numbers.
  /// - Returns: these pictures, all of one size.
  /// - Throws: `ExportError.badImages`, and errors of reading.
  func opened(_ numbers: [Int]) throws -> Thumbnails
}

/// Pictures of one size, ready to be read.
struct Thumbnails: Sendable {
  let height: Int
  let width: Int
  /// Number of channels, 1 to 4: gray, gray with alpha, color, color with alpha.
  let channels: Int
  /// How numbers become shades, in one line; nil if they are bytes.
  var note: String?
  /// Returns the pixels, [height, width, channels], of the picture at an index of the numbers that were opened.
  let picture: @Sendable (Int) throws -> ArraySlice<UInt8>
}

/// The order of a directory's pictures.
package enum ImageOrder: String, CaseIterable, Sendable {
  /// Numbers in names count as numbers: 2.png comes before 10.png.
  case natural
  /// The order of Python's `sorted`: 10.png comes before 2.png.
  case sorted
}

/// The options and metadata that say which picture belongs to which point.
struct ThumbnailRequest {
  /// Number of points with a picture.
  var points: Int
  /// The width and height of one picture of a finished sprite; if nil, they are detected.
  var tile: (width: Int, height: Int)?
  /// The order of a directory's pictures; if nil, names or metadata decide.
  var order: ImageOrder?
  /// The column of the metadata that names a directory's pictures; if nil, it is detected.
  var column: String?
  /// The columns of the metadata, and the path of their file.
  var columns: [LabelTable.Column] = []
  var metadata = ""
  /// The most threads that examine an array's numbers.
  var threads = 1
}

/// Opens pictures of any kind.
enum ThumbnailFiles {
  /// Detects the kind of pictures at a path, and opens them.
  /// - Throws: `FileError`, `ExportError.badImages`, and errors of the kind's reader.
  static func open(_ path: String, _ request: ThumbnailRequest) throws -> any ThumbnailSource {
    guard let status = try FileStatus.of(path) else {
      throw FileError.system(operation: .open, path: path, code: FileError.noSuchFile)
    }
    let isDirectory = status.kind == .directory
    var front: [UInt8] = []
    if !isDirectory {
      var source = try FileSource(path, accepting: .regular)
      front = try [UInt8](unsafeUninitializedCapacity: BinaryKind.frontLength) { buffer, count in
        count = try source.fill(UnsafeMutableRawBufferPointer(buffer))
      }
    }
    let isSprite = front.starts(with: [0x89, 0x50, 0x4E, 0x47])
    for (option, isGiven) in [("image-order", request.order != nil), ("image-column", request.column != nil)]
    where isGiven && !isDirectory {
      throw ExportError.badImages(path: path, reason: "--\(option) is for a directory of pictures; omit it")
    }
    if request.tile != nil, !isSprite {
      throw ExportError.badImages(path: path, reason: "--thumbnail is for a finished sprite; omit it")
    }
    if isDirectory { return try directory(path, request) }
    if isSprite { return try SpriteTiles(path, points: request.points, tile: request.tile) }
    if front.starts(with: [0x93, 0x4E, 0x55, 0x4D]) { return try ImageArray(npy: path, threads: request.threads) }
    if case .numpyArchive = BinaryKind(front) {
      return try ImageArray(npz: path, points: request.points, threads: request.threads)
    }
    if front.starts(with: [0, 0]) || front.starts(with: [0x1F, 0x8B]) {
      return try ImageArray(idx: path, threads: request.threads)
    }
    if let kind = BinaryKind(front) { throw kind.error(path, for: .images) }
    if ConvertiblePictures.isPicture(path) {
      throw ExportError.badImages(
        path: path, reason: "it is not a PNG file; " + FileConversion(picture: path).advice)
    }
    throw ExportError.badImages(
      path: path, reason: "it is not a PNG, .npy, .npz or IDX file; give one of these, or a directory of pictures")
  }

  /// Opens the pictures of a directory: IDX or CIFAR files if it has them all, else picture files.
  private static func directory(_ path: String, _ request: ThumbnailRequest) throws -> any ThumbnailSource {
    if request.order == nil, request.column == nil, let collection = try ImageSources.collection(in: path) {
      return try CollectionPictures(collection, path: path, threads: request.threads)
    }
    return try PictureDirectory(path, request)
  }
}
