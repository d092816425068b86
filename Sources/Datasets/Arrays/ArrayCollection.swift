// ArrayCollection.swift
// A .npy or .npz file: an array of images, or several for training, validation and test, with labels from arrays or a file.

import ArrayFiles
import ByteStreams
import Parallel
import Tensors
import Zlib

/// A collection of images in NumPy's files.
struct ArrayCollection: ImageSource {
  static let options: Set<ReadingOptions.Option> = [
    .size, .fit, .channels, .validation, .test, .labels, .scale, .imageShape, .channelOrder, .maxPixels,
  ]
  static let title = "NumPy arrays"

  let path: String
  private let options: ReadingOptions

  static func recognize(_ place: ImagePlace, _ options: ReadingOptions) throws -> ArrayCollection? {
    if place.isDirectory { return nil }
    let name = place.path.lowercased()
    let isNamed = name.hasSuffix(".npy") || name.hasSuffix(".npz")
    let front = try RandomAccessFile(place.path, accepting: .regular).bytes(at: 0, count: BinaryKind.frontLength)
    guard isNamed || BinaryKind(front) == .numpy || ArrayArchive.begins(front) else { return nil }
    return ArrayCollection(path: place.path, options: options)
  }

  func load(threads: Int) throws -> DatasetSplits {
    try told {
      let plan = try plan(threads: threads)
      return DatasetSplits(
        name: Directory.lastPart(of: path), kind: plan.kind, training: try plan.images(of: .training, threads: threads),
        evaluation: try plan.evaluation(threads: threads))
    }
  }

  func loadEvaluation(threads: Int) throws -> EvaluationImages {
    try told { try plan(threads: threads).evaluation(threads: threads) }
  }

  /// Reads all images, even one alone, row after row.
  func loadWhole(threads: Int) throws -> (images: ImageDataset, notes: [String]) {
    try told {
      var notes: [String] = []
      let arrays = try open(notes: &notes)
      let scale = try ArrayScale(arrays.map(\.images), options, threads: threads)
      let parts = arrays.map { [Split](repeating: .test, count: $0.images.count) }
      let images = try ArrayPlan(path: path, arrays: arrays, parts: parts, scale: scale, options: options, notes: [])
        .images(of: .test, threads: threads)
      return (images, notes + remarks(arrays, scale))
    }
  }

  /// Divides the images into parts.
  private func plan(threads: Int) throws -> ArrayPlan {
    var notes: [String] = []
    let arrays = try open(notes: &notes)
    let own = arrays.compactMap(\.part)
    for (part, fraction) in [(Split.validation, options.validation), (.test, options.test)]
    where fraction != nil && own.contains(part) {
      throw DatasetError.ownPart(path: path, part: part)
    }
    let (count, least) = (arrays.reduce(0) { $0 + $1.images.count }, 3)
    guard count >= least else { throw DatasetError.tooFewRows(path: path, got: count, want: least) }
    let scale = try ArrayScale(arrays.map(\.images), options, threads: threads)
    var parts = PartRule(options).parts(
      labels: arrays.flatMap { $0.labels ?? [UInt16](repeating: 0, count: $0.images.count) },
      names: arrays.flatMap { (0..<$0.images.count).map(String.init) },
      own: arrays.flatMap { [Split](repeating: $0.part ?? .training, count: $0.images.count) },
      missing: [Split.validation, .test].filter { !own.contains($0) })[...]
    for part in Split.allCases where !parts.contains(part) { throw DatasetError.emptyPart(path: path, part: part) }
    let divided = arrays.map { array in
      defer { parts = parts.dropFirst(array.images.count) }
      return Array(parts.prefix(array.images.count))
    }
    notes += remarks(arrays, scale)
    return ArrayPlan(path: path, arrays: arrays, parts: divided, scale: scale, options: options, notes: notes)
  }

  private func remarks(_ arrays: [LabeledArray], _ scale: ArrayScale) -> [String] {
    [arrays.lazy.compactMap(\.images.note).first, scale.note, options.fittingNote(arrays[0].images.shape)]
      .compactMap(\.self)
  }

  /// Opens the arrays of images, and reads their labels.
  /// - Returns: one array or more, all with images of one shape, all with labels or none.
  private func open(notes: inout [String]) throws -> [LabeledArray] {
    let file = try RandomAccessFile(path, accepting: .regular)
    let front = try file.bytes(at: 0, count: BinaryKind.frontLength)
    guard ArrayArchive.begins(front) else {
      return try labeled([(nil, ArrayImages(ArrayFile(npy: file, for: .images), options), nil)])
    }
    let archive = try ArrayArchive(file)
    guard let roles = ArrayRoles(archive.names) else {
      throw DatasetError.noImageArray(path: path, names: archive.names)
    }
    if !roles.ignored.isEmpty {
      let names = roles.ignored.prefix(5).map(DisplayName.quoted).joined(separator: ", ")
      notes.append("other arrays are not read: \(names)\(roles.ignored.count > 5 ? ", …" : "")")
    }
    return try labeled(
      roles.pairs.map { pair in
        (
          part: pair.part, images: try ArrayImages(expanded { try archive.array(pair.images, limit: $0) }, options),
          labels: try pair.labels.map { name in
            (name: "\(path): \(name)", texts: try expanded { try archive.labels(name, limit: $0) })
          }
        )
      })
  }

  /// Reads a member of an archive within the limit of its bytes.
  private func expanded<Result>(_ read: (_ limit: Int) throws -> Result) throws -> Result {
    do {
      return try read(options.memberLimit)
    } catch ZlibError.tooLarge(let name, let limit) {
      throw DatasetError.arrayTooLarge(path: name ?? path, limit: limit)
    }
  }

  /// Gives arrays their class numbers, from their own labels or from the file that the options name.
  private func labeled(
    _ arrays: [(part: Split?, images: ArrayImages, labels: (name: String, texts: [String])?)]
  ) throws -> [LabeledArray] {
    let first = arrays[0]
    for other in arrays where other.images.shape != first.images.shape {
      throw DatasetError.shapesDiffer(
        training: first.images.path, trainingShape: first.images.shape, test: other.images.path,
        testShape: other.images.shape)
    }
    var labels = arrays.map(\.labels)
    if let file = options.labels {
      guard arrays.count == 1, labels[0] == nil else {
        throw DatasetError.ownLabels(path: path)
      }
      let texts = try LabelFile.read(file, count: first.images.count, of: first.images.path, limit: options.memberLimit)
      labels = [(name: file, texts: texts)]
    }
    let known = labels.compactMap(\.self)
    if known.isEmpty { return arrays.map { LabeledArray(part: $0.part, images: $0.images, labels: nil, classes: []) } }
    if let place = labels.firstIndex(where: { $0 == nil }) {
      throw DatasetError.unlabeledPart(path: arrays[place].images.path)
    }
    for (array, labels) in zip(arrays, known) where labels.texts.count != array.images.count {
      throw DatasetError.countsDiffer(
        images: array.images.path, imageCount: array.images.count, labels: labels.name,
        labelCount: labels.texts.count)
    }
    let classes = try ClassLabels(known.flatMap(\.texts), path: known[0].name)
    var numbers = classes.numbers[...]
    return arrays.map { array in
      defer { numbers = numbers.dropFirst(array.images.count) }
      return LabeledArray(
        part: array.part, images: array.images, labels: Array(numbers.prefix(array.images.count)),
        classes: classes.names)
    }
  }

  /// Runs `body`, and reports errors of array files as those of a collection.
  private func told<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as ArrayFileError {
      throw DatasetError.array(error)
    } catch is NoMemory {
      throw FileError.noMemory(path: path)
    }
  }
}

/// Images of an array, with their classes.
struct LabeledArray: Sendable {
  /// Nil if the collection has no parts of its own.
  let part: Split?
  let images: ArrayImages
  /// The class of each image; nil if the collection has no labels.
  let labels: [UInt16]?
  /// The names of all classes of the collection.
  let classes: [String]
}
