// CIFARDirectory.swift
// The binary files of CIFAR-10 and CIFAR-100: 32×32 color images.

import ByteStreams
import Parallel
import Tensors

/// A directory with the binary version of CIFAR-10 or CIFAR-100.
///
/// A record is one byte of label (CIFAR-100: the coarse, then the fine label), then 1,024 red, green and blue samples, each plane row by
/// row.
///
/// Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009; the page of the data set.
struct CIFARDirectory: ImageSource {
  static let options: Set<ReadingOptions.Option> = [.size, .fit, .channels, .validation, .test]
  static let title = "CIFAR's files"

  /// One of the two collections.
  enum Version: CaseIterable {
    case ten
    case hundred

    var name: String { self == .ten ? "CIFAR-10" : "CIFAR-100" }
    /// The directory that the archive unpacks.
    var folder: String { self == .ten ? "cifar-10-batches-bin" : "cifar-100-binary" }
    var training: [String] { self == .ten ? (1...5).map { "data_batch_\($0).bin" } : ["train.bin"] }
    var test: String { self == .ten ? "test_batch.bin" : "test.bin" }
    var names: String { self == .ten ? "batches.meta.txt" : "fine_label_names.txt" }
    var classes: Int { self == .ten ? 10 : 100 }
    var labelBytes: Int { self == .ten ? 1 : 2 }
    /// The names of the classes, if the file of names is missing; CIFAR-100's are numbers then.
    var knownNames: [String] {
      self == .ten
        ? ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
        : (0..<100).map(String.init)
    }
  }

  let path: String
  let version: Version
  let options: ReadingOptions

  private static let shape = ImageShape(height: 32, width: 32, channels: 3)
  /// The most bytes of a file: ten times the largest that was published.
  private static let fileLimit = 1 << 31

  static func recognize(_ place: ImagePlace, _ options: ReadingOptions) throws -> CIFARDirectory? {
    for version in Version.allCases {
      if place.names.contains(version.test) && !place.names.isDisjoint(with: version.training) {
        return CIFARDirectory(path: place.path, version: version, options: options)
      }
      let inside = Directory.join(place.path, version.folder)
      if place.names.contains(version.folder), Directory.exists(inside),
        let found = try recognize(ImagePlace(inside), options)
      {
        return found
      }
    }
    return nil
  }

  func load(threads: Int) throws -> DatasetSplits {
    let learning = try read(version.training, first: nil, threads: threads)
    if learning.count < 2 { throw DatasetError.tooFew(path: path, got: learning.count) }
    let cut = try options.validationCount(of: learning.count, path: path)
    let fitted = try options.fitted(learning, path: path, threads: threads)
    return DatasetSplits(
      name: Directory.lastPart(of: path), kind: version.name, training: fitted[cut..<fitted.count],
      evaluation: try evaluation(fitted[0..<cut], threads: threads))
  }

  func loadEvaluation(threads: Int) throws -> EvaluationImages {
    let counts = try version.training.map { try recordCount(of: $0) }
    let cut = try options.validationCount(of: counts.reduce(0, +), path: path)
    let learning = try read(version.training, first: cut, threads: threads)
    return try evaluation(options.fitted(learning, path: path, threads: threads), threads: threads)
  }

  private func evaluation(_ validation: ImageDataset, threads: Int) throws -> EvaluationImages {
    let test = try options.fitted(read([version.test], first: nil, threads: threads), path: path, threads: threads)
    return EvaluationImages(
      validation: validation, test: test, classNames: try classNames(),
      notes: [options.fittingNote(Self.shape)].compactMap(\.self))
  }

  private func classNames() throws -> [String] {
    let path = Directory.join(path, version.names)
    guard try FileStatus.of(path)?.kind == .regular else { return version.knownNames }
    let text = String(decoding: try FileContents.read(path, limit: 1 << 16), as: UTF8.self)
    let names = text.split(whereSeparator: \.isNewline).map(String.init)
    return names.count == version.classes ? names : version.knownNames
  }

  private var recordBytes: Int { version.labelBytes + Self.shape.count }

  /// Returns the number of images in a file.
  private func recordCount(of name: String) throws -> Int {
    let path = Directory.join(path, name)
    guard let size = try FileStatus.of(path)?.size else {
      throw DatasetError.missingFile(directory: self.path, missing: "part of \(version.name)", names: [name])
    }
    guard size > 0, size % recordBytes == 0 else {
      throw DatasetError.notRecords(path: path, got: size, record: recordBytes)
    }
    return size / recordBytes
  }

  /// Reads images of several files.
  /// - Parameter first: number of images to read from the beginning; all, if nil.
  private func read(_ names: [String], first: Int?, threads: Int) throws -> ImageDataset {
    var (pixels, labels): ([UInt8], [UInt16]) = ([], [])
    for name in names {
      let count = try recordCount(of: name)
      let wanted = min(count, first.map { max(0, $0 - labels.count) } ?? count)
      if wanted == 0 { break }
      let path = Directory.join(path, name)
      let bytes = try RandomAccessFile(path, limit: Self.fileLimit, accepting: .regular)
        .bytes(at: 0, count: wanted * recordBytes)
      guard bytes.count == wanted * recordBytes else {
        throw DatasetError.truncated(path: path, got: bytes.count, want: wanted * recordBytes, compressed: false)
      }
      for record in 0..<wanted {
        let label = bytes[record * recordBytes + version.labelBytes - 1]
        guard label < version.classes else {
          throw DatasetError.badLabel(path: path, got: Int(label), image: record, want: version.classes)
        }
        labels.append(UInt16(label))
      }
      pixels += samples(bytes, count: wanted, threads: threads)
    }
    return ImageDataset(shape: Self.shape, pixels: pixels, labels: labels, classNames: try classNames())
  }

  /// Returns the samples of records with channels last.
  private func samples(_ bytes: [UInt8], count: Int, threads: Int) -> [UInt8] {
    let (size, record, skipped) = (Self.shape.count, recordBytes, version.labelBytes)
    return bytes.withUnsafeBufferPointer { bytes in
      // Only read.
      nonisolated(unsafe) let bytes = bytes
      return [UInt8](count: count * size, partSize: size, threads: threads) { index, target in
        let start = index * record + skipped
        ChannelOrder.putChannelsLast(
          UnsafeBufferPointer(rebasing: bytes[start..<start + size]), channels: 3, area: size / 3, to: target)
      }
    }
  }
}
