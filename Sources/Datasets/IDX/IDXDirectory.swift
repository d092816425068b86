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

    /// N×H×W or N×H×W×C for images, N for labels.
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
    let paths = try paths()
    let files = try parallelMap(paths.count, threads: threads) { index in
      try IDXFile(paths[index], ranks: Part.allCases[index].ranks)
    }
    let (learning, test) = try Self.datasets(files)
    return DatasetSplits(
      name: Directory.lastPart(of: path), learning: learning, test: test, classNames: Self.classNames(files))
  }

  /// Reads the test images and the first of those to learn from, which validate.
  /// - Throws: as `load`.
  func loadEvaluation(threads: Int) throws -> EvaluationImages {
    let paths = try paths()
    // Their number says how many images validate.
    let labels = try IDXFile(paths[1], ranks: Part.trainingLabels.ranks)
    let count = DatasetSplits.validationCount(of: labels.elements.count)
    let others = try parallelMap(paths.count, threads: threads) { index in
      index == 1
        ? labels : try IDXFile(paths[index], ranks: Part.allCases[index].ranks, first: index == 0 ? count : nil)
    }
    let (learning, test) = try Self.datasets(others, first: count)
    return EvaluationImages(validation: learning, test: test, classNames: Self.classNames(others))
  }

  /// Of the four files.
  private func paths() throws -> [String] {
    guard let status = try FileStatus.of(path) else { throw DatasetError.missingDirectory(path: path) }
    guard status.kind == .directory else { throw DatasetError.notADirectory(path: path) }
    let names = Set(try Directory.list(path))
    return try Part.allCases.map { try locate($0, among: names) }
  }

  /// The numbers of the labels.
  private static func classNames(_ files: [IDXFile]) -> [String] {
    (0...Int(max(files[1].elements.max() ?? 0, files[3].elements.max() ?? 0))).map(String.init)
  }

  /// The path of a part: raw before gzipped.
  private func locate(_ part: Part, among names: Set<String>) throws(DatasetError) -> String {
    let candidates = part.names + part.names.map { "\($0).gz" }
    guard let name = candidates.first(where: names.contains) else {
      throw .missingFile(directory: path, missing: part.content, names: part.names)
    }
    return Directory.join(path, name)
  }

  /// Images to learn from, or the first of them, and to judge by.
  private static func datasets(
    _ files: [IDXFile], first: Int? = nil
  ) throws(DatasetError) -> (learning: ImageDataset, test: ImageDataset) {
    let learning = try dataset(images: files[0], labels: files[1], first: first)
    let test = try dataset(images: files[2], labels: files[3])
    if learning.shape != test.shape {
      throw .shapesDiffer(
        training: files[0].path, trainingShape: learning.shape, test: files[2].path, testShape: test.shape)
    }
    if files[0].dimensions[0] < 2 { throw .tooFew(path: files[0].path, got: files[0].dimensions[0]) }
    return (learning, test)
  }

  private static func dataset(
    images: IDXFile, labels: IDXFile, first: Int? = nil
  ) throws(DatasetError) -> ImageDataset {
    let extents = images.dimensions
    if extents[0] != labels.dimensions[0] {
      throw .countsDiffer(
        images: images.path, imageCount: extents[0], labels: labels.path, labelCount: labels.dimensions[0])
    }
    let shape = ImageShape(height: extents[1], width: extents[2], channels: extents.count == 4 ? extents[3] : 1)
    return ImageDataset(shape: shape, pixels: images.elements, labels: Array(labels.elements.prefix(first ?? .max)))
  }
}
