// IDXDirectory.swift
// A directory with four IDX files named like MNIST's: images and labels for training and for testing.

import ArrayFiles
import ByteStreams
import Parallel
import Tensors
import Zlib

/// A collection of images in a directory.
struct IDXDirectory: ImageSource {
  static let options: Set<ReadingOptions.Option> = [
    .size, .fit, .channels, .validation, .test, .scale, .channelOrder,
  ]
  static let title = "IDX files"

  let path: String
  private let options: ReadingOptions

  init(_ path: String, _ options: ReadingOptions = ReadingOptions()) { (self.path, self.options) = (path, options) }

  static func recognize(_ place: ImagePlace, _ options: ReadingOptions) -> IDXDirectory? {
    count(in: place.path, place.names, prefixes: Part.prefixes(in: place.names)) > 0
      ? IDXDirectory(place.path, options) : nil
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

    /// The file's possible names; some distributions have a dot before `idx`, and some call MNIST's "t10k" "test".
    var names: [String] {
      [rawValue, rawValue.replacing("t10k", with: "test")].flatMap { stem in
        ranks.flatMap { ["\(stem)-idx\($0)-ubyte", "\(stem).idx\($0)-ubyte"] }
      }.reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
    }

    /// Returns the texts before the names of such files, for example "emnist-letters-"; the empty one comes first.
    static func prefixes(in present: Set<String>) -> [String] {
      let endings = allCases.flatMap(\.names)
      let found = present.flatMap { name in
        endings.compactMap { ending -> String? in
          let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
          guard plain.hasSuffix(ending), case let prefix = String(plain.dropLast(ending.count)) else { return nil }
          return prefix.isEmpty || "-_.".contains(prefix.suffix(1)) ? prefix : nil
        }
      }
      return Set(found).sorted()
    }

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
    let place = try locate()
    let files = try parallelMap(place.paths.count, threads: threads) { index in
      try IDXFile(place.paths[index], ranks: Part.allCases[index].ranks)
    }
    let meaning = try LabelMeaning(files, in: path)
    let scale = try scale(of: files, threads: threads)
    let (learning, test) = try datasets(files, place, meaning, scale, threads: threads)
    return DatasetSplits(
      name: Directory.lastPart(of: path), kind: Self.kind(files, scale),
      learning: try options.fitted(learning, path: path, threads: threads),
      test: try options.fitted(test, path: path, threads: threads),
      validation: try options.validationCount(of: learning.count, path: path), classNames: meaning.names,
      notes: try place.notes + notes(files, scale) + [options.fittingNote(test.shape)].compactMap(\.self))
  }

  /// Reads the test images, and the validation images, which come first in the training file.
  /// - Throws: as `load`.
  func loadEvaluation(threads: Int) throws -> EvaluationImages {
    let place = try locate()
    // The number of validation images depends on the number of labels.
    let labels = try IDXFile(place.paths[1], ranks: Part.trainingLabels.ranks)
    let count = try options.validationCount(of: labels.dimensions[0], path: path)
    let files = try parallelMap(place.paths.count, threads: threads) { index in
      index == 1
        ? labels : try IDXFile(place.paths[index], ranks: Part.allCases[index].ranks, first: index == 0 ? count : nil)
    }
    let meaning = try LabelMeaning(files, in: path)
    let scale = try scale(of: files, threads: threads)
    let (learning, test) = try datasets(files, place, meaning, scale, first: count, threads: threads)
    return EvaluationImages(
      validation: try options.fitted(learning, path: path, threads: threads),
      test: try options.fitted(test, path: path, threads: threads), classNames: meaning.names,
      notes: try place.notes + notes(files, scale) + [options.fittingNote(test.shape)].compactMap(\.self))
  }

  /// Returns the scale of all images. A training file of which only a part was read is read again if the scale depends on the rest.
  private func scale(of files: [IDXFile], threads: Int) throws -> ArrayScale {
    let (training, test) = (files[0], files[2])
    if options.scale == nil, training.areBytes, test.areBytes,
      [test, training].contains(where: { $0.elements.contains { $0 > ValueScale.darkBytes } })
    {
      return ArrayScale(.bytes)
    }
    let isWhole = training.array.rows == training.dimensions[0]
    let whole = isWhole ? training : try IDXFile(training.path, ranks: Part.trainingImages.ranks)
    return try ArrayScale(
      [whole, test].map { file in
        let images = try file.images(options)
        return ArrayImages(file.array, images.shape, images.order)
      }, options, threads: threads)
  }

  /// Returns the type and range of the elements in a few words; an empty text for bytes from 0 to 255.
  private static func kind(_ files: [IDXFile], _ scale: ArrayScale) -> String {
    let types = [files[0], files[2]].map { "\($0.type.kind)" }
    if types == ["uint8", "uint8"], scale.scale == .bytes { return "" }
    return
      "IDX files of \(types[0] == types[1] ? types[0] : types.joined(separator: " and ")) from \(scale.scale.range)"
  }

  /// The four files of a collection.
  private struct Place {
    let paths: [String]
    /// Whether rows and columns of the images are exchanged in the files, as EMNIST's are.
    let isTransposed: Bool
    var notes: [String]
  }

  /// Finds the four files.
  private func locate() throws -> Place {
    let names = Set(try Directory.list(path))
    let prefixes = Part.prefixes(in: names)
    guard prefixes.count < 2 || prefixes.first == "" else {
      throw DatasetError.severalCollections(directory: path, prefixes: prefixes)
    }
    let prefix = prefixes.first ?? ""
    let found = try Part.allCases.map { part in
      let candidates = try IDXCandidates(part.names.map { prefix + $0 }, in: path, present: names)
      guard let path = candidates.path else {
        throw DatasetError.missingFile(
          directory: self.path, missing: part.content, names: part.names.map { prefix + $0 })
      }
      return (path: path, note: candidates.note)
    }
    let isTransposed = prefix.lowercased().hasPrefix("emnist")
    let turned = isTransposed ? ["EMNIST stores images with rows and columns exchanged; they are turned upright"] : []
    return Place(paths: found.map(\.path), isTransposed: isTransposed, notes: found.compactMap(\.note) + turned)
  }

  /// Returns how many of the four files a directory has, under any of the prefixes.
  private static func count(in directory: String, _ names: Set<String>, prefixes: [String]) -> Int {
    prefixes.map { prefix in
      Part.allCases.count { part in
        (try? IDXCandidates(part.names.map { prefix + $0 }, in: directory, present: names))?.path != nil
      }
    }.max() ?? 0
  }

  /// Returns the directories below a directory that have all four files.
  static func collections(below path: String) -> [String] {
    var (waiting, next) = ([path], 0)
    var found: [String] = []
    while next < min(waiting.count, searchLimit) {
      let directory = waiting[next]
      next += 1
      let names = (try? Directory.list(directory)) ?? []
      let prefixes = Part.prefixes(in: Set(names))
      if count(in: directory, Set(names), prefixes: prefixes) == Part.allCases.count { found.append(directory) }
      for name in names where !name.hasPrefix(".") {
        let place = Directory.join(directory, name)
        if Directory.isDirectoryNotLink(place) { waiting.append(place) }
      }
    }
    return found
  }

  /// The most directories that are searched.
  private static let searchLimit = 1000

  /// Returns lines about images with channels first, numbers beyond the scale, and test images that are nearly black.
  private func notes(_ files: [IDXFile], _ scale: ArrayScale) throws(DatasetError) -> [String] {
    var notes: [String] = []
    for file in [files[0], files[2]] where notes.isEmpty {
      let images = try file.images(options)
      if images.order == .first {
        let extents = file.dimensions.dropFirst().map(String.init).joined(separator: "×")
        notes.append("the images are stored as \(extents), channels first; they are read as \(images.shape)")
      }
    }
    if let note = scale.note { notes.append(note) }
    let test = files[2]
    if scale.scale == .bytes, test.areBytes, !test.elements.contains(where: { $0 > 1 }), test.elements.contains(1) {
      notes.append("no pixel of the test images is above 1 of 255, so they are nearly black; store 0 and 255")
    }
    return notes
  }

  /// Returns the training images, or the first of them, and the test images.
  private func datasets(
    _ files: [IDXFile], _ place: Place, _ meaning: LabelMeaning, _ scale: ArrayScale, first: Int? = nil, threads: Int
  ) throws -> (learning: ImageDataset, test: ImageDataset) {
    let learning = try dataset(files[0], files[1], place, meaning, scale, first: first, threads: threads)
    let test = try dataset(files[2], files[3], place, meaning, scale, threads: threads)
    if learning.shape != test.shape {
      throw DatasetError.shapesDiffer(
        training: files[0].path, trainingShape: learning.shape, test: files[2].path, testShape: test.shape)
    }
    if files[0].dimensions[0] < 2 { throw DatasetError.tooFew(path: files[0].path, got: files[0].dimensions[0]) }
    return (learning, test)
  }

  private func dataset(
    _ file: IDXFile, _ labels: IDXFile, _ place: Place, _ meaning: LabelMeaning, _ scale: ArrayScale,
    first: Int? = nil, threads: Int
  ) throws -> ImageDataset {
    let count = file.dimensions[0]
    if count != labels.dimensions[0] {
      throw DatasetError.countsDiffer(
        images: file.path, imageCount: count, labels: labels.path, labelCount: labels.dimensions[0])
    }
    let images = try file.images(options)
    let pixels = try file.pixels(of: images, as: scale.scale, threads: threads)
    let isTransposed = place.isTransposed && images.shape.channels == 1
    return ImageDataset(
      shape: isTransposed
        ? ImageShape(height: images.shape.width, width: images.shape.height, channels: 1) : images.shape,
      pixels: isTransposed ? Self.transposed(pixels, images.shape, threads: threads) : pixels,
      labels: try labels.labels().prefix(first ?? .max).map { $0 - meaning.first },
      classNames: meaning.areNumbers ? [] : meaning.names)
  }

  /// Returns gray images with rows and columns exchanged.
  private static func transposed(_ pixels: [UInt8], _ shape: ImageShape, threads: Int) -> [UInt8] {
    pixels.withUnsafeBufferPointer { stored in
      // Only read.
      nonisolated(unsafe) let stored = stored
      return [UInt8](count: stored.count, partSize: shape.count, threads: threads) { image, target in
        for row in 0..<shape.height {
          for column in 0..<shape.width {
            target[column * shape.height + row] = stored[image * shape.count + row * shape.width + column]
          }
        }
      }
    }
  }
}

/// The meaning of the numbers in the files of labels.
private struct LabelMeaning {
  /// The names of the classes: those of `classes.txt`, or the numbers of the labels.
  let names: [String]
  /// The number of the first class, which the program counts from 0: 1 in files such as EMNIST's letters, which have names.
  let first: UInt16
  /// Whether each class is called by its number.
  let areNumbers: Bool

  /// - Throws: `FileError`.
  init(_ files: [IDXFile], in directory: String) throws {
    let labels = [try files[1].labels(), try files[3].labels()]
    let largest = Int(labels.compactMap { $0.max() }.max() ?? 0)
    let path = Directory.join(directory, PublishedCollection.classesFileName)
    let numbers = (0...largest).map(String.init)
    let lines =
      try FileStatus.of(path)?.kind == .regular
      ? String(decoding: try FileContents.read(path, limit: 1 << 16), as: UTF8.self).split(whereSeparator: \.isNewline)
        .map(String.init) : []
    if largest < lines.count, lines != numbers {
      (names, first, areNumbers) = (lines, 0, false)
    } else if largest == lines.count, largest > 0, !labels.contains(where: { $0.contains(0) }) {
      (names, first, areNumbers) = (lines, 1, false)
    } else {
      (names, first, areNumbers) = (numbers, 0, true)
    }
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
