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
    guard let status = try FileStatus.of(path) else { throw DatasetError.missingDirectory(path: path) }
    guard status.kind == .directory else { throw DatasetError.notADirectory(path: path) }
    let names = Set(try Directory.list(path))
    let paths = try Part.allCases.map { try locate($0, among: names) }
    let files = try parallelMap(paths.count, threads: threads) { index in
      try IDXFile(paths[index], ranks: Part.allCases[index].ranks)
    }
    let learning = try Self.dataset(images: files[0], labels: files[1])
    let test = try Self.dataset(images: files[2], labels: files[3])
    if learning.shape != test.shape {
      throw DatasetError.shapesDiffer(
        training: files[0].path, trainingShape: learning.shape, test: files[2].path, testShape: test.shape)
    }
    if learning.count < 2 { throw DatasetError.tooFew(path: files[0].path, got: learning.count) }
    let classCount = Int(max(learning.labels.max() ?? 0, test.labels.max() ?? 0)) + 1
    return DatasetSplits(
      name: Directory.lastPart(of: path), learning: learning, test: test,
      classNames: (0..<classCount).map(String.init))
  }

  /// The path of a part: raw before gzipped.
  private func locate(_ part: Part, among names: Set<String>) throws(DatasetError) -> String {
    let candidates = part.names + part.names.map { "\($0).gz" }
    guard let name = candidates.first(where: names.contains) else {
      throw .missingFile(directory: path, missing: part.content, names: part.names)
    }
    return Directory.join(path, name)
  }

  private static func dataset(images: IDXFile, labels: IDXFile) throws(DatasetError) -> ImageDataset {
    let extents = images.dimensions
    if extents[0] != labels.dimensions[0] {
      throw .countsDiffer(
        images: images.path, imageCount: extents[0], labels: labels.path, labelCount: labels.dimensions[0])
    }
    let shape = ImageShape(height: extents[1], width: extents[2], channels: extents.count == 4 ? extents[3] : 1)
    return ImageDataset(shape: shape, pixels: images.elements, labels: labels.elements)
  }
}
