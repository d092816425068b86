// IDXDirectory.swift
// A directory with four IDX files named like MNIST's: images and labels, to learn from and to judge by.

import ByteStreams
import Parallel
import Tensors
import Zlib

/// A collection of images on disk.
struct IDXDirectory {
  let path: String

  init(_ path: String) { self.path = path }

  /// One of the four files.
  private enum Part: String, CaseIterable {
    case trainingImages = "train-images"
    case trainingLabels = "train-labels"
    case testImages = "t10k-images"
    case testLabels = "t10k-labels"

    var isImages: Bool { self == .trainingImages || self == .testImages }

    /// N×H×W, N×H×W×C or N×C×H×W for images, N for labels.
    var ranks: ClosedRange<Int> { isImages ? 3...4 : 1...1 }

    /// The names it may have; some distributions put a dot for the last hyphen but one.
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

  /// Reads the four files, each on a thread of its own.
  /// - Throws: `DatasetError`, `FileError`, `ZlibError`.
  func load(threads: Int) throws -> DatasetSplits {
    let (paths, notes) = try locate()
    let files = try parallelMap(paths.count, threads: threads) { index in
      try IDXFile(paths[index], ranks: Part.allCases[index].ranks)
    }
    let (learning, test) = try Self.datasets(files, threads: threads)
    return DatasetSplits(
      name: Directory.lastPart(of: path), learning: learning, test: test, classNames: Self.classNames(files),
      notes: try notes + Self.notes(files))
  }

  /// Reads the test images and the first of those to learn from, which validate.
  /// - Throws: as `load`.
  func loadEvaluation(threads: Int) throws -> EvaluationImages {
    let (paths, notes) = try locate()
    // Their number says how many images validate.
    let labels = try IDXFile(paths[1], ranks: Part.trainingLabels.ranks)
    let count = DatasetSplits.validationCount(of: labels.elements.count)
    let others = try parallelMap(paths.count, threads: threads) { index in
      index == 1
        ? labels : try IDXFile(paths[index], ranks: Part.allCases[index].ranks, first: index == 0 ? count : nil)
    }
    let (learning, test) = try Self.datasets(others, first: count, threads: threads)
    return EvaluationImages(
      validation: learning, test: test, classNames: Self.classNames(others), notes: try notes + Self.notes(others))
  }

  /// The paths of the four files, and what there is to say about them.
  private func locate() throws -> (paths: [String], notes: [String]) {
    guard let status = try FileStatus.of(path) else { throw DatasetError.missingDirectory(path: path) }
    guard status.kind == .directory else { throw DatasetError.notADirectory(path: path) }
    let names = Set(try Directory.list(path))
    if let error = try elsewhere(names) { throw error }
    let found = try Part.allCases.map { part in
      let candidates = try IDXCandidates(part.names, in: path, present: names)
      guard let path = candidates.path else {
        throw DatasetError.missingFile(directory: self.path, missing: part.content, names: part.names)
      }
      return (path: path, note: candidates.note)
    }
    return (found.map(\.path), found.compactMap(\.note))
  }

  /// The error for a directory that has none of the files but leads to some, or to pictures.
  private func elsewhere(_ names: Set<String>) throws -> DatasetError? {
    func has(_ parts: [Part], in directory: String, _ names: Set<String>) -> Int {
      parts.count { ((try? IDXCandidates($0.names, in: directory, present: names))?.path) != nil }
    }
    if has(Part.allCases, in: path, names) > 0 { return nil }
    var (waiting, next) = ([path], 0)
    var (found, example): ([String], String?) = ([], nil)
    while next < min(waiting.count, Self.searchLimit) {
      let directory = waiting[next]
      next += 1
      let names = (try? Directory.list(directory)) ?? []
      if has(Part.allCases, in: directory, Set(names)) == Part.allCases.count { found.append(directory) }
      for name in names where !name.hasPrefix(".") {
        let place = Directory.join(directory, name)
        if Self.isPicture(name) {
          example = example ?? place
        } else if Directory.isItself(place) {
          waiting.append(place)
        }
      }
    }
    if !found.isEmpty { return .elsewhere(directory: path, found: found) }
    return example.map { .pictures(directory: path, example: $0) }
  }

  /// The most directories that are searched.
  private static let searchLimit = 1000

  private static func isPicture(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"].contains(where: name.hasSuffix)
  }

  /// One line where images are stored with channels first, and one where their pixels are 0 and 1.
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

  /// The numbers of the labels.
  private static func classNames(_ files: [IDXFile]) -> [String] {
    (0...Int(max(files[1].elements.max() ?? 0, files[3].elements.max() ?? 0))).map(String.init)
  }

  /// Images to learn from, or the first of them, and to judge by.
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
      labels: Array(labels.elements.prefix(first ?? .max)))
  }
}
