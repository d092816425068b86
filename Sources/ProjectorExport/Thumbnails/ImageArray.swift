// ImageArray.swift
// Thumbnails from arrays of pictures: .npy, .npz and IDX files.

import ArrayFiles
import ByteStreams
import Datasets
import Tensors

/// Pictures in an array: N×H×W, N×H×W×C or N×C×H×W numbers of any range.
struct ImageArray: ThumbnailSource {
  private let images: ArrayImages
  private let threads: Int
  var path: String { images.path }
  var count: Int { images.count }

  /// Opens a .npy file.
  init(npy path: String, threads: Int) throws {
    try self.init(ArrayFile(npy: path, for: .images), threads: threads)
  }

  /// Opens a .npz file: its array of images, or the one that has a picture for each point.
  init(npz path: String, points: Int, threads: Int) throws {
    let archive = try ArrayArchive(RandomAccessFile(path))
    let limit = ReadingOptions().memberLimit
    guard let roles = ArrayRoles(archive.names) else {
      throw DatasetError.noImageArray(path: path, names: archive.names)
    }
    let arrays = try roles.pairs.map { try archive.array($0.images, limit: limit) }
    let fitting = arrays.filter { $0.rows == points }
    guard let array = fitting.count == 1 ? fitting[0] : arrays.count == 1 ? arrays[0] : nil else {
      let counts = zip(roles.pairs, arrays).map { "\($0.images) (\($1.rows))" }.joined(separator: ", ")
      throw ExportError.badImages(
        path: path,
        reason: "of \(counts), not exactly one has a picture for each of the \(points) points; save that one alone")
    }
    try self.init(array, threads: threads)
  }

  /// Opens an IDX file, raw or gzipped.
  init(idx path: String, threads: Int) throws { try self.init(IDXFile(path, ranks: 3...4).array, threads: threads) }

  private init(_ array: ArrayFile, threads: Int) throws {
    self.threads = threads
    let (path, shape) = (array.path, array.shape)
    guard (3...4).contains(shape.count), shape.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw ArrayFileError.shape(path: path, got: shape, want: "N×H×W or N×H×W×C images")
    }
    guard array.columns <= PictureDirectory.sampleLimit else {
      throw ArrayFileError.shape(
        path: path, got: shape, want: "images of at most \(PictureDirectory.sampleLimit) numbers each")
    }
    if shape.count == 3 {
      images = ArrayImages(array, ImageShape(height: shape[1], width: shape[2], channels: 1), .last)
      return
    }
    guard let order = ChannelOrder.ofPictures(Array(shape[1...])) else {
      throw ChannelOrder.pictures.contains(shape[1])
        ? ExportError.unclearChannels(path: path, extents: Array(shape[1...]))
        : ArrayFileError.shape(path: path, got: shape, want: "images of 1 to 4 channels, first or last")
    }
    let (height, width, channels) = order == .last ? (shape[1], shape[2], shape[3]) : (shape[2], shape[3], shape[1])
    images = ArrayImages(array, ImageShape(height: height, width: width, channels: channels), order)
  }

  var note: String? {
    guard images.order == .first else { return nil }
    let shape = images.shape
    return "pictures stored as \(shape.channels)×\(shape.height)×\(shape.width), channels first"
  }

  func opened(_ numbers: [Int]) throws -> Thumbnails {
    let (scale, note) = try scale()
    let (images, shape) = (self.images, self.images.shape)
    return Thumbnails(height: shape.height, width: shape.width, channels: shape.channels, note: note) { place in
      try images.samples([numbers[place]], as: scale, threads: 1)[...]
    }
  }

  /// Returns the range from black to white, from all numbers of the file.
  /// - Throws: `ExportError.badImages` for a number that is not finite.
  private func scale() throws -> (ValueScale, note: String?) {
    let array = images.array
    if images.areBytes, try array.holdsMore(than: 1) { return (.bytes, nil) }
    do {
      let extremes = try array.extremes(threads: threads)
      // Bytes that are all zero are black in any range.
      if images.areBytes, extremes.highest == 0 { return (.bytes, nil) }
      let scale = ValueScale(showing: extremes, isWhole: array.type.isWhole)
      return (scale, scale.note(extremes))
    } catch let error as ArrayFile.NotFinite {
      throw ExportError.badImages(path: path, reason: reason(error))
    }
  }

  /// Returns a message, for example "picture 3, row 0, column 5: nan cannot be shown".
  private func reason(_ error: ArrayFile.NotFinite) -> String {
    let indices = images.array.indices(ofElement: error.element)
    var (row, column, channel) = (indices[1], indices[2], indices.count == 4 ? indices[3] : 0)
    if images.order == .first { (row, column, channel) = (indices[2], indices[3], indices[1]) }
    let place =
      "picture \(indices[0]), row \(row), column \(column)" + (images.shape.channels > 1 ? ", channel \(channel)" : "")
    return "\(place): \(error.value) cannot be shown; replace such numbers, as with numpy.nan_to_num"
  }
}

/// The pictures of a directory of IDX files or of CIFAR's files, in the order of the collection.
struct CollectionPictures: ThumbnailSource {
  let path: String
  private let images: ImageDataset
  var count: Int { images.count }
  var note: String? { "pictures of the collection, training images before test images" }

  init(_ collection: any ImageSource, path: String, threads: Int) throws {
    self.path = path
    images = try collection.loadWhole(threads: threads).images
    guard ChannelOrder.pictures.contains(images.shape.channels) else {
      throw ExportError.badImages(path: path, reason: "images of \(images.shape.channels) channels; want 1 to 4")
    }
  }

  func opened(_ numbers: [Int]) -> Thumbnails {
    let images = images
    return Thumbnails(height: images.shape.height, width: images.shape.width, channels: images.shape.channels) {
      images.image(numbers[$0])[...]
    }
  }
}
