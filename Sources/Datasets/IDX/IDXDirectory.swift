// IDXDirectory.swift
// A directory with four IDX files named like MNIST's: images and labels for training and for testing.

import ByteStreams
import Parallel
import Tensors
import Zlib

/// A collection of images in a directory.
struct IDXDirectory: ImageSource {
  let path: String
  private let options: ReadingOptions

  init(_ path: String, _ options: ReadingOptions = ReadingOptions()) { (self.path, self.options) = (path, options) }

  static func recognize(_ place: ImagePlace, _ options: ReadingOptions) -> IDXDirectory? {
    has(Part.allCases, in: place.path, place.names) > 0 ? IDXDirectory(place.path, options) : nil
  }

  /// One of the four files.
  private enum Part: String, CaseIterable {
    case trainingImages = "train-images"
    case trainingLabels = "train-labels"
    case testImages = "t10k-images"
    case testLabels = "t10k-labels"

    var isImages: Bool { self == .trainingImages || self == .testImages }

    /// N×H×W, N×H×W×C or N×C×H×W for images, N for labels.
    var ranks: ClosedRange<Int> { isImages ? 3...4 : 1...1 }

    /// The file's possible names; some distributions have a dot before `idx`.
    var names: [String] { ranks.flatMap { ["\(rawValue)-idx\($0)-ubyte", "\(rawValue).idx\($0)-ubyte"] } }

    var content: String {
      switch self {
      case .trainingImages: "training images"
      case .trainingLabels: "labels of the training images"
      case .testImages: "test images"
      case .testLabels: "labels of the test images"
      }
    }
  }

  /// Reads the four files, each on its own thread.
  /// - Throws: `DatasetError`, `FileError`, `ZlibError`.
  func load(threads: Int) throws -> DatasetSplits {
    let (paths, notes) = try locate()
    let files = try parallelMap(paths.count, threads: threads) { index in
      try IDXFile(paths[index], ranks: Part.allCases[index].ranks)
    }
    let (learning, test) = try Self.datasets(files, threads: threads)
    return DatasetSplits(
      name: Directory.lastPart(of: path), learning: try options.fitted(learning, path: path, threads: threads),
      test: try options.fitted(test, path: path, threads: threads),
      validation: try options.validationCount(of: learning.count, path: path), classNames: Self.classNames(files),
      notes: try notes + Self.notes(files))
  }

  /// Reads the test images, and the validation images, which come first in the training file.
  /// - Throws: as `load`.
  func loadEvaluation(threads: Int) throws -> EvaluationImages {
    let (paths, notes) = try locate()
    // The number of validation images depends on the number of labels.
    let labels = try IDXFile(paths[1], ranks: Part.trainingLabels.ranks)
    let count = try options.validationCount(of: labels.elements.count, path: path)
    let others = try parallelMap(paths.count, threads: threads) { index in
      index == 1
        ? labels : try IDXFile(paths[index], ranks: Part.allCases[index].ranks, first: index == 0 ? count : nil)
    }
    let (learning, test) = try Self.datasets(others, first: count, threads: threads)
    return EvaluationImages(
      validation: try options.fitted(learning, path: path, threads: threads),
      test: try options.fitted(test, path: path, threads: threads), classNames: Self.classNames(others),
      notes: try notes + Self.notes(others))
  }

  /// Returns the paths of the four files, and remarks on them.
  private func locate() throws -> (paths: [String], notes: [String]) {
    let names = Set(try Directory.list(path))
    let found = try Part.allCases.map { part in
      let candidates = try IDXCandidates(part.names, in: path, present: names)
      guard let path = candidates.path else {
        throw DatasetError.missingFile(directory: self.path, missing: part.content, names: part.names)
      }
      return (path: path, note: candidates.note)
    }
    return (found.map(\.path), found.compactMap(\.note))
  }

  /// Returns how many of the files a directory has.
  private static func has(_ parts: [Part], in directory: String, _ names: Set<String>) -> Int {
    parts.count { ((try? IDXCandidates($0.names, in: directory, present: names))?.path) != nil }
  }

  /// Returns the directories below a directory that have all four files.
  static func collections(below path: String) -> [String] {
    var (waiting, next) = ([path], 0)
    var found: [String] = []
    while next < min(waiting.count, searchLimit) {
      let directory = waiting[next]
      next += 1
      let names = (try? Directory.list(directory)) ?? []
      if has(Part.allCases, in: directory, Set(names)) == Part.allCases.count { found.append(directory) }
      for name in names where !name.hasPrefix(".") {
        let place = Directory.join(directory, name)
        if Directory.isDirectoryNotLink(place) { waiting.append(place) }
      }
    }
    return found
  }

  /// The most directories that are searched.
  private static let searchLimit = 1000

  /// Returns a line if images are stored with channels first, and a line if their pixels are 0 and 1.
  private static func notes(_ files: [IDXFile]) throws(DatasetError) -> [String] {
    var notes: [String] = []
    for file in [files[0], files[2]] where notes.isEmpty {
      let images = try file.images()
      if images.order == .first {
        let extents = file.dimensions.dropFirst().map(String.init).joined(separator: "×")
        notes.append("the images are stored as \(extents), channels first; they are read as \(images.shape)")
      }
    }
    let test = files[2].elements
    if !test.contains(where: { $0 > 1 }), test.contains(1) {
      notes.append("no pixel of the test images is above 1 of 255, so they are nearly black; store 0 and 255")
    }
    return notes
  }

  /// Returns the names of the classes: the numbers of the labels.
  private static func classNames(_ files: [IDXFile]) -> [String] {
    (0...Int(max(files[1].elements.max() ?? 0, files[3].elements.max() ?? 0))).map(String.init)
  }

  /// Returns the training images, or the first of them, and the test images.
  private static func datasets(
    _ files: [IDXFile], first: Int? = nil, threads: Int
  ) throws(DatasetError) -> (learning: ImageDataset, test: ImageDataset) {
    let learning = try dataset(images: files[0], labels: files[1], first: first, threads: threads)
    let test = try dataset(images: files[2], labels: files[3], threads: threads)
    if learning.shape != test.shape {
      throw .shapesDiffer(
        training: files[0].path, trainingShape: learning.shape, test: files[2].path, testShape: test.shape)
    }
    if files[0].dimensions[0] < 2 { throw .tooFew(path: files[0].path, got: files[0].dimensions[0]) }
    return (learning, test)
  }

  private static func dataset(
    images file: IDXFile, labels: IDXFile, first: Int? = nil, threads: Int
  ) throws(DatasetError) -> ImageDataset {
    let count = file.dimensions[0]
    if count != labels.dimensions[0] {
      throw .countsDiffer(
        images: file.path, imageCount: count, labels: labels.path, labelCount: labels.dimensions[0])
    }
    let images = try file.images()
    return ImageDataset(
      shape: images.shape, pixels: file.pixels(of: images, threads: threads),
      labels: labels.elements.prefix(first ?? .max).map { UInt16($0) })
  }
}

/// The files that may be one of the four, by their names.
///
/// They lie in the directory, or in a directory in it that has such a name itself, as some archives unpack.
struct IDXCandidates {
  /// Paths below the directory; the first is read.
  let all: [String]
  private let directory: String

  /// - Parameters:
  ///   - names: the possible names, the preferred one first; each may also end in .gz.
  ///   - present: the names in the directory.
  /// - Throws: `FileError`.
  init(_ names: [String], in directory: String, present: Set<String>) throws {
    let possible = names + names.map { "\($0).gz" }
    let kinds = try possible.filter(present.contains).map {
      (name: $0, kind: try FileStatus.of(Directory.join(directory, $0))?.kind)
    }
    let inside = try kinds.filter { $0.kind == .directory }.flatMap { folder in
      try possible.map { "\(folder.name)/\($0)" }.filter {
        try FileStatus.of(Directory.join(directory, $0))?.kind == .regular
      }
    }
    let files = kinds.filter { $0.kind != .directory && $0.kind != nil }.map(\.name) + inside
    // Reading a dangling link fails with an error that names it.
    all = files.isEmpty ? kinds.filter { $0.kind == nil }.map(\.name) : files
    self.directory = directory
  }

  /// The file to read; nil if there is none.
  var path: String? { all.first.map { Directory.join(directory, $0) } }

  /// A line that names the other files whose content differs from the file that is read; nil if there are none.
  var note: String? {
    guard let first = all.first, all.count > 1 else { return nil }
    let mark = try? ContentMark(Directory.join(directory, first))
    let others = all.dropFirst().filter { other in
      let found = try? ContentMark(Directory.join(directory, other))
      return found == nil || found != mark
    }
    if others.isEmpty { return nil }
    return "\(DisplayName.quoted(first)) is read; \(others.map(DisplayName.quoted).joined(separator: ", ")) "
      + "\(others.count == 1 ? "holds" : "hold") something else"
  }
}

/// The size and checksum of a file's content, raw or gzipped, to tell two files apart; a gzip file has them at its end.
private struct ContentMark: Equatable {
  private let size: UInt32
  private let checksum: UInt32

  /// - Throws: `FileError`.
  init(_ path: String) throws {
    let file = try RandomAccessFile(path)
    if file.size >= 18, Gzip.isCompressed(try file.bytes(at: 0, count: 2)) {
      let trailer = try file.bytes(at: file.size - 8, count: 8).map(UInt32.init)
      checksum = trailer[0] | trailer[1] << 8 | trailer[2] << 16 | trailer[3] << 24
      size = trailer[4] | trailer[5] << 8 | trailer[6] << 16 | trailer[7] << 24
      return
    }
    var (checksum, place) = (UInt32(0), 0)
    while case let bytes = try file.bytes(at: place, count: 1 << 20), !bytes.isEmpty {
      checksum = CRC32.of(bytes, after: checksum)
      place += bytes.count
    }
    (self.checksum, size) = (checksum, UInt32(truncatingIfNeeded: place))
  }
}
