// ThumbnailSource.swift
// Pictures from elsewhere, one for each point.

import ArrayFiles
import ByteStreams
import Datasets
import PNG

/// Pictures of one size, asked for by number, from several threads at once.
protocol ThumbnailSource: Sendable {
  /// What messages name.
  var path: String { get }
  /// How many pictures there are.
  var count: Int { get }
  /// How they were recognized, in one line; nil where that is plain.
  var note: String? { get }

  /// Looks at the pictures that will be asked for.
  /// - Returns: them, all of one size.
  /// - Throws: `ExportError.badImages` and what reading throws.
  func opened(_ numbers: [Int]) throws -> Thumbnails
}

/// Pictures that have been looked at.
struct Thumbnails: Sendable {
  let height: Int
  let width: Int
  /// 1 to 4: gray, gray with alpha, color, color with alpha.
  let channels: Int
  /// How their numbers are shown, in one line; nil where they are bytes.
  var note: String?
  /// [height, width, channels] of the picture at a place of the numbers that were opened.
  let picture: @Sendable (Int) throws -> ArraySlice<UInt8>
}

/// The order of a directory's pictures.
package enum ImageOrder: String, CaseIterable, Sendable {
  /// Numbers in names count as numbers: 2.png comes before 10.png.
  case natural
  /// As Python's `sorted` orders the names: 10.png comes before 2.png.
  case sorted
}

/// What is known of the pictures before they are opened.
struct ThumbnailRequest {
  /// The points that want a picture.
  var points: Int
  /// The width and height of one picture of a finished sprite; nil if they must be found.
  var tile: (width: Int, height: Int)?
  /// The order of a directory's pictures; nil if names or metadata must tell.
  var order: ImageOrder?
  /// The column of the metadata that names a directory's pictures; nil if it must be found.
  var column: String?
  /// The metadata, and its file.
  var columns: [LabelTable.Column] = []
  var metadata = ""
  /// At most so many threads look at an array's numbers.
  var threads = 1
}

/// Finds out what pictures a path has.
enum ThumbnailFiles {
  /// - Throws: `FileError`, `ExportError.badImages`, and what the file's reader throws.
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
      throw ExportError.badImages(path: path, reason: "--\(option) is for a directory of PNG files; leave it out")
    }
    if request.tile != nil, !isSprite {
      throw ExportError.badImages(path: path, reason: "--thumbnail is for a finished sprite; leave it out")
    }
    if isDirectory { return try PNGFolder(path, request) }
    if isSprite { return try SpriteTiles(path, points: request.points, tile: request.tile) }
    if front.starts(with: [0x93, 0x4E, 0x55, 0x4D]) { return try ImageArray(path, threads: request.threads) }
    if front.starts(with: [0, 0]) || front.starts(with: [0x1F, 0x8B]) { return try IDXImages(path) }
    if let kind = BinaryKind(front) { throw kind.error(path, for: .images) }
    if OtherPictures.isPicture(path) {
      throw ExportError.badImages(
        path: path, reason: "it is no PNG file; " + FileConversion(picture: path).advice)
    }
    throw ExportError.badImages(
      path: path, reason: "it is no PNG, .npy or IDX file; give one of these, or a directory of PNG files")
  }
}

extension ChannelOrder {
  /// What is said of pictures that have their channels first.
  static func note(channels: Int, height: Int, width: Int) -> String {
    "pictures stored as \(channels)×\(height)×\(width), channels first"
  }
}
