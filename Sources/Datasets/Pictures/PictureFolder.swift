// PictureFolder.swift
// A directory of pictures: class folders or one flat folder, with or without folders for training, validation and test.

import ByteStreams
import PNG
import Parallel
import Tensors

/// A collection of picture files. Its classes are the folders of the first level; folders below belong to their class.
struct PictureFolder: ImageSource {
  static let options: Set<ReadingOptions.Option> = [
    .size, .fit, .channels, .skipBroken, .validation, .test, .maxPixels,
  ]
  static let title = "pictures"

  let path: String
  private let listing: PictureListing
  private let options: ReadingOptions

  static func recognize(_ place: ImagePlace, _ options: ReadingOptions) throws -> PictureFolder? {
    guard place.isDirectory else { return nil }
    return try PictureListing(place.path, skipBroken: options.skipBroken ?? false).map {
      PictureFolder(path: place.path, listing: $0, options: options)
    }
  }

  func load(threads: Int) throws -> DatasetSplits {
    let plan = try plan(threads: threads)
    let training = try read(plan, .training, threads: threads)
    let evaluation = try evaluation(plan, alsoBroken: training.broken, threads: threads)
    return DatasetSplits(
      name: Directory.lastPart(of: path), kind: listing.kind, training: training.images,
      evaluation: evaluation)
  }

  /// Reads all pictures, even one alone, in natural order of their paths.
  func loadWhole(threads: Int) throws -> (images: ImageDataset, notes: [String]) {
    let (pictures, broken) = try open(threads: threads)
    if pictures.isEmpty { throw DatasetError.tooFewPictures(path: path, got: 0, want: 1) }
    var notes = listing.notes
    let shape = try shape(of: pictures.map(\.file), notes: &notes)
    try MemoryCheck.require(pictures.count * shape.count)
    let whole = Plan(
      pictures: pictures, parts: pictures.map { _ in .test }, fitting: PictureFitting(shape, options.fit ?? .crop),
      classNames: listing.classNames, hasLabels: listing.hasLabels, notes: notes, broken: broken,
      decoded: ReadingProgress.Counter(of: pictures.count))
    let read = try read(whole, .test, threads: threads)
    return (read.images, notes + Self.notes(broken: broken + read.broken))
  }

  func loadEvaluation(threads: Int) throws -> EvaluationImages {
    try evaluation(plan(threads: threads), threads: threads)
  }

  /// Hashes each file's path, size and time of change, and the options.
  func stamp() throws -> String? {
    var hash = ContentHash()
    for text in ["1", path, options.text] { Array(text.utf8).withUnsafeBytes { hash.add($0) } }
    for entry in listing.entries {
      Array(entry.name.utf8).withUnsafeBytes { hash.add($0) }
      let status = try FileStatus.of(Directory.join(path, entry.name))
      hash.add(UInt64(status?.size ?? 0))
      hash.add((status?.modified ?? 0).bitPattern)
    }
    return hash.hexadecimal
  }

  /// The pictures to read, the part of each, and their common shape.
  private struct Plan {
    let pictures: [(entry: PictureListing.Entry, file: PictureFile)]
    let parts: [Split]
    let fitting: PictureFitting
    let classNames: [String]
    let hasLabels: Bool
    let notes: [String]
    /// Number of files that were left out because they are no pictures.
    let broken: Int
    let decoded: ReadingProgress.Counter
  }

  private func plan(threads: Int) throws -> Plan {
    let (pictures, broken) = try open(threads: threads)
    let least = 3
    guard pictures.count >= least else {
      throw DatasetError.tooFewPictures(path: path, got: pictures.count, want: least)
    }
    var notes = listing.notes
    let shape = try shape(of: pictures.map(\.file), notes: &notes)
    let parts = try parts(of: pictures.map(\.entry))
    try MemoryCheck.require(pictures.count * shape.count)
    return Plan(
      pictures: pictures, parts: parts, fitting: PictureFitting(shape, options.fit ?? .crop),
      classNames: listing.classNames, hasLabels: listing.hasLabels, notes: notes, broken: broken,
      decoded: ReadingProgress.Counter(of: pictures.count))
  }

  /// Opens all pictures.
  /// - Returns: the pictures, and the number of files that were left out.
  private func open(threads: Int) throws -> (pictures: [(entry: PictureListing.Entry, file: PictureFile)], broken: Int)
  {
    let (entries, path, skips, limit) = (listing.entries, path, options.skipBroken ?? false, options.pixelLimit)
    let files = try parallelMap(entries.count, threads: threads) { index in
      do {
        return try Optional(PictureFile(Directory.join(path, entries[index].name), pixelLimit: limit))
      } catch let error as DatasetError {
        if skips { return nil }
        throw error
      }
    }
    let pictures = zip(entries, files).compactMap { entry, file in file.map { (entry: entry, file: $0) } }
    return (pictures, entries.count - pictures.count)
  }

  /// Returns the shape of all images.
  /// - Throws: `DatasetError.sizesDiffer` if the pictures have several sizes and none is chosen.
  private func shape(of files: [PictureFile], notes: inout [String]) throws(DatasetError) -> ImageShape {
    let colored = files.count(where: \.isColor)
    let channels = options.channels?.channels ?? (colored > 0 ? 3 : 1)
    if options.channels == nil, colored > 0, colored < files.count {
      notes.append("\(files.count - colored) of \(files.count) pictures are gray; all are read as color")
    }
    let sizes = Dictionary(grouping: files) { [$0.height, $0.width] }.mapValues(\.count)
      .sorted { ($1.value, $0.key[0], $0.key[1]) < ($0.value, $1.key[0], $1.key[1]) }
    if let size = options.size {
      if sizes.count > 1 || sizes[0].key != size {
        let fit = options.fit ?? .crop
        let (height, width) = (sizes[0].key[0], sizes[0].key[1])
        let old = sizes.count == 1 ? "pictures of \(height)×\(width)" : "\(sizes.count) sizes of pictures"
        notes.append("\(old) become \(size[0])×\(size[1]) (\(fit.rawValue))")
      }
      return ImageShape(height: size[0], width: size[1], channels: channels)
    }
    guard sizes.count == 1 else {
      throw .sizesDiffer(
        path: path, commonest: sizes.prefix(3).map { .init(height: $0.key[0], width: $0.key[1], count: $0.value) },
        sizes: sizes.count)
    }
    return ImageShape(height: sizes[0].key[0], width: sizes[0].key[1], channels: channels)
  }

  /// Returns the part of each picture.
  /// - Throws: `DatasetError.ownPart` for an option that chooses a fraction where the collection has that part.
  private func parts(of entries: [PictureListing.Entry]) throws(DatasetError) -> [Split] {
    for (part, fraction) in [(Split.validation, options.validation), (.test, options.test)]
    where fraction != nil && listing.parts.contains(part) {
      throw .ownPart(path: path, part: part)
    }
    let parts = PartRule(options).parts(
      labels: entries.map(\.label), names: entries.map(\.name), own: entries.map { $0.part ?? .training },
      missing: [Split.validation, .test].filter { !listing.parts.contains($0) })
    for part in Split.allCases where !parts.contains(part) { throw .emptyPart(path: path, part: part) }
    return parts
  }

  /// - Parameter others: number of broken training pictures.
  private func evaluation(_ plan: Plan, alsoBroken others: Int = 0, threads: Int) throws -> EvaluationImages {
    let validation = try read(plan, .validation, threads: threads)
    let test = try read(plan, .test, threads: threads)
    return EvaluationImages(
      validation: validation.images, test: test.images, classNames: plan.classNames,
      notes: plan.notes + Self.notes(broken: plan.broken + others + validation.broken + test.broken))
  }

  private static func notes(broken: Int) -> [String] {
    broken > 0 ? ["\(DisplayName.counted(broken, "file")) left out: no picture, or broken"] : []
  }

  /// Decodes the pictures of one part.
  /// - Returns: the images, and the number of broken pictures that were left out.
  private func read(_ plan: Plan, _ part: Split, threads: Int) throws -> (images: ImageDataset, broken: Int) {
    let chosen = plan.pictures.indices.filter { plan.parts[$0] == part }.map { plan.pictures[$0] }
    let (shape, skips) = (plan.fitting.shape, options.skipBroken ?? false)
    let broken = Locked<Set<Int>>([])
    let pixels = try [UInt8](
      count: chosen.count * shape.count, partSize: shape.count, threads: threads
    ) { index, bytes in
      defer { plan.decoded.count() }
      do {
        _ = bytes.update(fromContentsOf: plan.fitting.samples(of: try chosen[index].file.decode()))
      } catch let error as DatasetError {
        guard skips else { throw error }
        bytes.update(repeating: 0)
        broken.withLock { _ = $0.insert(index) }
      }
    }
    let images = ImageDataset(
      shape: shape, pixels: pixels, labels: chosen.map(\.entry.label), classNames: plan.classNames,
      hasLabels: plan.hasLabels,
      names: chosen.map(\.entry.name))
    let leftOut = broken.withLock { $0 }
    if leftOut.isEmpty { return (images, 0) }
    if leftOut.count == chosen.count { throw DatasetError.emptyPart(path: path, part: part) }
    return (images.gathered(chosen.indices.filter { !leftOut.contains($0) }, threads: threads), leftOut.count)
  }
}
