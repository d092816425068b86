// ForeignPoints.swift
// Rows of numbers that another program has written, read as they are wanted.

import ArrayFiles
import ByteStreams
import Embeddings
import Parallel
import ProjectorFiles

/// Where the numbers of an embedding are.
package enum TensorSource: Hashable, Sendable {
  /// Known by its first bytes or its name: .npy, safetensors, or text.
  case file(String)
  /// A tensor of a safetensors file.
  case tensor(String, name: String)
  /// Little-endian float32 numbers and nothing else.
  case raw(String, rows: Int, columns: Int)

  var path: String {
    switch self {
    case .file(let path), .tensor(let path, _), .raw(let path, _, _): path
    }
  }

  /// Whether the numbers are written as text.
  package var isText: Bool {
    guard case .file(let path) = self else { return false }
    return [".tsv", ".tab", ".csv", ".txt", ".vec"].contains { path.lowercased().hasSuffix($0) }
  }
}

/// A matrix, in its file or, where that is text, in memory.
struct ForeignPoints: Sendable {
  let path: String
  let rows: Int
  let columns: Int
  private let storage: Storage
  private let options: TextNumbers.Options

  private enum Storage {
    case array(NumberArray)
    case text(TextNumbers)
  }

  /// Numbers that are looked at together.
  private static let blockNumbers = 1 << 20

  /// - Parameter options: the user's answers about a text file.
  /// - Throws: `ArrayFileError`, `SafetensorsError`, `FileError`.
  init(_ source: TensorSource, _ options: TextNumbers.Options = .init()) throws {
    self.options = options
    path = source.path
    switch source {
    case .raw(let path, let rows, let columns):
      storage = .array(try NumberArray(raw: path, rows: rows, columns: columns))
    case .tensor(let path, let name): storage = .array(try NumberArray(safetensors: path, name: name))
    case .file(let path):
      storage = source.isText ? .text(try TextNumbers(path, options)) : .array(try Self.array(path))
    }
    switch storage {
    case .array(let array): (rows, columns) = (array.rows, array.columns)
    case .text(let text): (rows, columns) = (text.rows, text.columns)
    }
    if case .array(let array) = storage, array.shape.count < 2 {
      throw ArrayFileError.shape(path: path, got: array.shape, want: "points × dimensions")
    }
    guard rows >= 2, columns >= 1 else {
      throw ExperimentError.noPoints(
        path: path,
        reason:
          "\(DisplayName.counted(rows, "point")) of \(DisplayName.counted(columns, "dimension")) can't be shown; give two "
          + "points or more")
    }
  }

  /// Opens an array by its first bytes, whatever its name is.
  private static func array(_ path: String) throws -> NumberArray {
    let (file, name) = (try RandomAccessFile(path), path.lowercased())
    let front = try file.bytes(at: 0, count: BinaryKind.frontLength)
    let kind = BinaryKind(front)
    if kind == .numpy { return try NumberArray(npy: file) }
    if SafetensorsHeader.begins(front) { return try NumberArray(safetensors: file) }
    if let kind { throw kind.error(path, for: .numbers) }
    if name.hasSuffix(".npy") { return try NumberArray(npy: file) }
    if name.hasSuffix(".safetensors") { return try NumberArray(safetensors: file) }
    let first = front.first { !$0.isBlank }
    if first == UInt8(ascii: "["), front.allSatisfy(\.isText) {
      let conversion = FileConversion(array: path, importing: "json", "json.load(open(sys.argv[1]))", for: .numbers)
      throw ArrayFileError.unreadable(path: path, reason: "JSON is not read", advice: conversion.advice)
    }
    if !front.isEmpty, front.allSatisfy(\.isText) {
      throw ArrayFileError.unreadable(
        path: path, reason: "it is text, but its name does not say of what kind",
        advice: "give it a name that ends in .csv, .tsv or .txt")
    }
    throw ArrayFileError.unreadable(
      path: path, reason: "neither its name nor its first bytes say what it holds",
      advice: "give the --shape of raw float32 numbers, as in --shape 10000x128, or save it with numpy.save")
  }

  /// Columns of a text file that are not dimensions.
  var labels: [LabelTable.Column] { text?.labels ?? [] }
  /// Number of their cells that were cut because they were very long.
  var shortened: Int { text?.shortened ?? 0 }
  /// Describes what was recognized in a text file.
  var notes: [String] { text?.notes ?? [] }

  private var text: TextNumbers? {
    guard case .text(let text) = storage else { return nil }
    return text
  }

  func read(_ numbers: some RandomAccessCollection<Int>, into target: UnsafeMutablePointer<Float>) throws {
    switch storage {
    case .array(let array): try array.read(numbers, into: target)
    case .text(let text):
      text.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        for (place, number) in numbers.enumerated() {
          (target + place * columns).update(from: base + number * columns, count: columns)
        }
      }
    }
  }

  /// Looks at all numbers once.
  /// - Parameter drops: whether rows with numbers that are not finite are left out.
  /// - Returns: the rows that can be shown, or nil for all of them.
  /// - Throws: `ExperimentError.notFinite`, unless such rows are left out; `.noPoints` where too few are left or all are equal.
  func finiteRows(dropping drops: Bool) throws -> [Int]? {
    var kept: [Int] = []
    var hasDropped = false
    var first: [Float] = []
    var areEqual = true
    let block = max(1, Self.blockNumbers / columns)
    var numbers = [Float](repeating: 0, count: min(block, rows) * columns)
    for start in stride(from: 0, to: rows, by: block) {
      let range = start..<min(start + block, rows)
      try numbers.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        try read(range, into: base)
        for row in range {
          let values = UnsafeBufferPointer(start: base + (row - start) * columns, count: columns)
          if let column = values.firstIndex(where: { !$0.isFinite }) {
            guard drops else { throw notFinite("\(values[column])", row: row, column: column) }
            if !hasDropped { kept = Array(0..<row) }
            hasDropped = true
            continue
          }
          if hasDropped { kept.append(row) }
          if first.isEmpty { first = Array(values) } else if areEqual { areEqual = values.elementsEqual(first) }
        }
      }
    }
    let count = hasDropped ? kept.count : rows
    if count < 2 {
      let advice = text == nil ? "" : ", or select other dimensions with --columns"
      throw ExperimentError.noPoints(
        path: path,
        reason:
          "\(count) of \(DisplayName.counted(rows, "point")) \(count == 1 ? "is" : "are") finite; two are needed\(advice)"
      )
    }
    if areEqual {
      throw ExperimentError.noPoints(
        path: path, reason: "all \(count) points are equal, which shows nothing and hangs the page; give others")
    }
    return hasDropped ? kept : nil
  }

  /// Returns the error for the first number that is not finite. In a text file it is shown as written.
  private func notFinite(_ value: String, row: Int, column: Int) -> ExperimentError {
    guard let odd = text?.firstOdd else { return .notFinite(path: path, value: value, row: row, column: column) }
    return .missingNumber(path: path, text: odd.text, line: odd.line, column: odd.column)
  }

  /// Rows of given numbers, all in memory.
  func pointSet(_ numbers: [Int], threads: Int) throws -> PointMatrix {
    try pointSet(numbers, threads: threads) { try read($0, into: $1) }
  }

  private func pointSet(
    _ numbers: [Int], threads: Int, read: @Sendable (ArraySlice<Int>, UnsafeMutablePointer<Float>) throws -> Void
  ) throws -> PointMatrix {
    let values = try [Float](unsafeUninitializedCapacity: numbers.count * columns) { buffer, count in
      nonisolated(unsafe) let base = buffer.baseAddress
      // An array whose columns lie together is passed over once.
      let part = isByRows ? Self.rowsPerPart : max(1, numbers.count)
      _ = try parallelMap((numbers.count + part - 1) / part, threads: threads) { index in
        let range = index * part..<min((index + 1) * part, numbers.count)
        if let base { try read(numbers[range], base + range.lowerBound * columns) }
      }
      count = numbers.count * columns
    }
    return PointMatrix(count: numbers.count, dimensions: columns, values: values)
  }

  /// The same rows around their mean, if their numbers have digits that were lost to an offset when they became float32; else nil.
  /// The file is read once more.
  /// - Parameter points: the rows as float32.
  func centered(_ points: PointMatrix, _ numbers: [Int], threads: Int) throws -> PointMatrix? {
    let mean = points.mean
    guard hasMoreDigits, points.losesDigits(around: mean) else { return nil }
    switch storage {
    case .text:
      let all = try TextNumbers(path, options, from: mean)
      // Another program may be writing it.
      guard all.rows == rows, all.columns == columns else {
        throw ArrayFileError.unreadable(
          path: path, reason: "it changed while it was read", advice: "export it again when it is complete")
      }
      let values = numbers.flatMap { all.values[$0 * columns..<($0 + 1) * columns] }
      return PointMatrix(count: numbers.count, dimensions: columns, values: values)
    case .array(let array): return try pointSet(numbers, threads: threads) { try array.read($0, from: mean, into: $1) }
    }
  }

  private var hasMoreDigits: Bool {
    switch storage {
    case .array(let array): array.type.isWide
    case .text: true
    }
  }

  private static let rowsPerPart = 1024

  private var isByRows: Bool {
    switch storage {
    case .array(let array): !array.isFortranOrder
    case .text: true
    }
  }
}

/// Rows of a foreign matrix in the order in which they are shown.
struct ChosenRows: EmbeddingPoints {
  let source: ForeignPoints
  let numbers: [Int]
  var points: Int { numbers.count }
  /// The page has three axes; columns of zeros fill them up.
  var dimensions: Int { max(3, source.columns) }

  func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    guard let base = buffer.baseAddress else { return }
    let columns = source.columns
    try source.read(numbers[range], into: base)
    if columns == dimensions { return }
    // From the last to the first, so that nothing is overwritten before it has been moved.
    for row in (0..<range.count).reversed() {
      for column in (0..<dimensions).reversed() {
        base[row * dimensions + column] = column < columns ? base[row * columns + column] : 0
      }
    }
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }

  /// Whether the byte occurs in text; those from 128 on are parts of characters.
  fileprivate var isText: Bool { self >= 0x20 && self != 0x7F || isBlank }
}
