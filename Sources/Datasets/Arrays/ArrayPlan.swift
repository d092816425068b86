// ArrayPlan.swift
// The part of each row of a collection of arrays, and the scale that its numbers share.

import ArrayFiles
import Parallel
import Tensors

/// The scale of all arrays of a collection.
struct ArrayScale: Sendable {
  let scale: ValueScale
  /// A line about numbers that are clipped; nil if there are none.
  let note: String?

  /// Takes a scale beyond which no number is.
  init(_ scale: ValueScale) { (self.scale, note) = (scale, nil) }

  /// Examines all numbers.
  /// - Parameter options: may choose the scale. An inherited scale is taken only if it holds all numbers.
  /// - Throws: `DatasetError.unknownScale` if none is chosen and none is recognized; `.notFinite`.
  init(_ arrays: [ArrayImages], _ options: ReadingOptions, threads: Int) throws {
    let told = options.scale
    // Bytes need no second look, and are always finite.
    let dark = Float(ValueScale.darkBytes)
    if told == nil, arrays.allSatisfy(\.areBytes), try arrays.contains(where: { try $0.array.holdsMore(than: dark) }) {
      (scale, note) = (.bytes, nil)
      return
    }
    let found = try arrays.map { try $0.extremes(threads: threads) }
    let extremes = (lowest: found.map(\.lowest).min() ?? 0, highest: found.map(\.highest).max() ?? 0)
    let recognized = ValueScale(
      recognizing: extremes, isWhole: arrays.allSatisfy(\.array.type.isWhole), areBytes: arrays.allSatisfy(\.areBytes))
    let isTold = !options.areInherited || (told.map { $0.clipping(extremes) == nil } ?? false)
    guard let scale = isTold ? told ?? recognized : recognized ?? told else {
      throw DatasetError.unknownScale(path: arrays[0].path, lowest: extremes.lowest, highest: extremes.highest)
    }
    self.scale = scale
    note = scale.clipping(extremes).map { "numbers from \(scale.range) become 0 to 255; \($0)" }
  }
}

/// Arrays of images whose rows are divided into training, validation and test images.
struct ArrayPlan {
  let path: String
  let arrays: [LabeledArray]
  /// The part of each row of each array.
  let parts: [[Split]]
  let scale: ArrayScale
  let options: ReadingOptions
  let notes: [String]

  private var classes: [String] { arrays[0].classes }
  private var areNumbers: Bool { classes.enumerated().allSatisfy { "\($0)" == $1 } }

  /// The kind of collection in a few words, for example "array of float64 from 0 to 16".
  var kind: String {
    let types = arrays.map { "\($0.images.array.type.kind)" }
    let type = Set(types).count == 1 ? types[0] : types.joined(separator: ", ")
    return (arrays.count == 1 ? "array" : "arrays") + " of \(type) from \(scale.scale.range)"
      + (arrays[0].labels == nil ? ", no labels" : "")
  }

  func evaluation(threads: Int) throws -> EvaluationImages {
    EvaluationImages(
      validation: try images(of: .validation, threads: threads), test: try images(of: .test, threads: threads),
      classNames: classes, notes: notes)
  }

  /// Reads the images of one part, in the order of their rows.
  func images(of part: Split, threads: Int) throws -> ImageDataset {
    let chosen = parts.map { parts in parts.indices.filter { parts[$0] == part } }
    var pixels: [UInt8] = []
    for (array, rows) in zip(arrays, chosen) where !rows.isEmpty {
      let samples = try array.images.samples(rows, as: scale.scale, threads: threads)
      if pixels.isEmpty { pixels = samples } else { pixels += samples }
    }
    let labels = zip(arrays, chosen).flatMap { array, rows in rows.map { array.labels?[$0] ?? 0 } }
    let images = ImageDataset(
      shape: arrays[0].images.shape, pixels: pixels, labels: labels, classNames: areNumbers ? [] : classes,
      hasLabels: arrays[0].labels != nil)
    return try options.fitted(images, path: path, threads: threads)
  }
}
