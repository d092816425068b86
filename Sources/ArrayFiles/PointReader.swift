// PointReader.swift
// The one way to read points from a file: a source of rows, and how a file becomes one.

import ByteStreams
import Parallel
package import PointMatrices

/// Points in a file. Several threads may read at once.
///
/// A new kind of file is a type that conforms, and a case in `TensorSource.open`.
package protocol PointReader: EmbeddingPoints {
  /// The file, for messages.
  var path: String { get }

  /// Reads rows in any order.
  /// - Parameter buffer: [rows.count, dimensions], row-major.
  func read(_ rows: ArraySlice<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws

  /// Whether the file's numbers may have more digits than float32.
  var hasMoreDigits: Bool { get }

  /// Reads rows in any order into memory.
  /// - Parameter origin: a number for each dimension, subtracted in double precision before rounding to float32; none, if nil.
  ///   The file is read again for it.
  func matrix(of rows: [Int], around origin: [Double]?, threads: Int) throws -> PointMatrix

  /// The columns that are not dimensions.
  var labels: [LabelTable.Column] { get }
  /// Number of label cells that were cut because they had more than `LabelTable.cellLimit` characters.
  var shortened: Int { get }
  /// Describes what was recognized in the file.
  var notes: [String] { get }
  /// The first number that is not finite, as a text file has it.
  var firstOdd: PointTable.OddNumber? { get }
}

extension PointReader {
  package var labels: [LabelTable.Column] { [] }
  package var shortened: Int { 0 }
  package var notes: [String] { [] }
  package var firstOdd: PointTable.OddNumber? { nil }
}

extension PointMatrix {
  static let rowsPerPart = 1024

  /// Collects rows of a source, each thread a part at a time.
  init(
    _ rows: [Int], of source: some EmbeddingPoints, rowsPerPart part: Int = Self.rowsPerPart, threads: Int,
    read: @Sendable (ArraySlice<Int>, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    let (dimensions, part) = (source.dimensions, max(1, part))
    let values = try [Float](unsafeUninitializedCapacity: rows.count * dimensions) { buffer, count in
      nonisolated(unsafe) let base = buffer.baseAddress
      _ = try parallelMap((rows.count + part - 1) / part, threads: threads) { index in
        let range = index * part..<min((index + 1) * part, rows.count)
        guard let base else { return }
        let start = base + range.lowerBound * dimensions
        try read(rows[range], UnsafeMutableBufferPointer(start: start, count: range.count * dimensions))
      }
      count = rows.count * dimensions
    }
    self.init(count: rows.count, dimensions: dimensions, values: values)
  }
}

/// Chosen rows of a file in a given order.
package struct ChosenPoints: EmbeddingPoints {
  private let source: any PointReader
  private let rows: [Int]
  package let dimensions: Int
  package var points: Int { rows.count }

  /// - Parameter least: number of columns; columns of zeros follow those of the file where it has fewer.
  package init(_ rows: [Int], of source: any PointReader, dimensions least: Int) {
    (self.source, self.rows) = (source, rows)
    dimensions = max(least, source.dimensions)
  }

  package func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    let columns = source.dimensions
    try source.read(rows[range], into: UnsafeMutableBufferPointer(rebasing: buffer[..<(range.count * columns)]))
    guard columns < dimensions, let base = buffer.baseAddress else { return }
    // From the last to the first, so that nothing is overwritten before it has been moved.
    for row in (0..<range.count).reversed() {
      for column in (0..<dimensions).reversed() {
        base[row * dimensions + column] = column < columns ? base[row * columns + column] : 0
      }
    }
  }
}

/// The file that holds the numbers of an embedding, as the user names it.
package enum TensorSource: Hashable, Sendable {
  /// Recognized by its first bytes or its name: .npy, safetensors, or text.
  case file(String)
  /// A tensor of a safetensors file.
  case tensor(String, name: String)
  /// Little-endian float32 numbers and nothing else.
  case raw(String, rows: Int, columns: Int)

  package var path: String {
    switch self {
    case .file(let path), .tensor(let path, _), .raw(let path, _, _): path
    }
  }

  /// Whether the numbers are written as text.
  package var isText: Bool {
    guard case .file(let path) = self else { return false }
    return [".tsv", ".tab", ".csv", ".txt", ".vec"].contains { path.lowercased().hasSuffix($0) }
  }

  /// Opens the file. Text is read at once; the rows of an array stay in the file.
  /// - Parameter options: the user's answers about a text file.
  /// - Throws: `ArrayFileError`, `SafetensorsError`, `FileError`.
  package func open(_ options: PointTable.Options = .init()) throws -> any PointReader {
    let array: ArrayFile
    switch self {
    case .file(let path):
      if isText { return try PointTable(path, options) }
      array = try Self.array(path)
    case .tensor(let path, let name): array = try ArrayFile(safetensors: path, name: name)
    case .raw(let path, let rows, let columns): array = try ArrayFile(raw: path, rows: rows, columns: columns)
    }
    guard array.shape.count >= 2 else {
      throw ArrayFileError.shape(path: path, got: array.shape, want: "points × dimensions")
    }
    return array
  }

  /// Opens an array by its first bytes, whatever its name is.
  private static func array(_ path: String) throws -> ArrayFile {
    let (file, name) = (try RandomAccessFile(path), path.lowercased())
    let front = try file.bytes(at: 0, count: BinaryKind.frontLength)
    let kind = BinaryKind(front)
    if kind == .numpy { return try ArrayFile(npy: file) }
    if SafetensorsHeader.begins(front) { return try ArrayFile(safetensors: file) }
    if let kind { throw kind.error(path, for: .numbers) }
    if name.hasSuffix(".npy") { return try ArrayFile(npy: file) }
    if name.hasSuffix(".safetensors") { return try ArrayFile(safetensors: file) }
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
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }

  /// Whether the byte occurs in text; those from 128 on are parts of characters.
  fileprivate var isText: Bool { self >= 0x20 && self != 0x7F || isBlank }
}
