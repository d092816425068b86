// EmbeddingTable.swift
// The points that a projector shows, and the bytes of their tensor file, as text or as raw numbers.

import ByteStreams
import Parallel
@_exported public import PointMatrices

/// Points of one embedding: [points, dimensions], row-major.
///
/// TensorBoard's page shows the first 100,000 points, so shuffle or choose before. Its t-SNE and UMAP find neighbors by
/// the dot product: for fewer than 50 dimensions they are right for vectors of length 1 only.
public struct EmbeddingTable: Equatable, Sendable {
  package let matrix: PointMatrix

  /// Rows: at least 2.
  public var points: Int { matrix.count }
  /// Columns: at least 2.
  public var dimensions: Int { matrix.dimensions }
  /// [points, dimensions], all finite.
  public var values: [Float] { matrix.values }

  /// A table of given values.
  /// - Parameter values: [points, dimensions], row-major.
  /// - Throws: `ProjectorError` where TensorBoard could not show the points: fewer than 2 points or dimensions, a value
  ///   that is not finite, nothing but zeros, or a wrong number of values.
  /// - Complexity: O(values).
  public init(points: Int, dimensions: Int, values: [Float]) throws {
    guard points >= 2, dimensions >= 2 else {
      throw ProjectorError.tooSmall(points: points, dimensions: dimensions)
    }
    let (count, overflow) = points.multipliedReportingOverflow(by: dimensions)
    guard !overflow, values.count == count else {
      throw ProjectorError.valueCount(got: values.count, points: points, dimensions: dimensions)
    }
    try self.init(PointMatrix(count: points, dimensions: dimensions, values: values))
  }

  /// A table of the points of a matrix.
  /// - Throws: `ProjectorError` where TensorBoard could not show them.
  package init(_ matrix: PointMatrix) throws {
    let (points, dimensions) = (matrix.count, matrix.dimensions)
    guard points >= 2, dimensions >= 2 else {
      throw ProjectorError.tooSmall(points: points, dimensions: dimensions)
    }
    if !matrix.isFinite, let index = matrix.values.firstIndex(where: { !$0.isFinite }) {
      throw ProjectorError.notFinite(
        value: "\(matrix.values[index])", row: index / dimensions, column: index % dimensions)
    }
    if matrix.isZero { throw ProjectorError.allZero(points: points, dimensions: dimensions) }
    self.matrix = matrix
  }
}

extension EmbeddingTable: EmbeddingPoints {
  /// Copies the numbers of points `range`.
  public func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) {
    matrix.read(range, into: buffer)
  }
}

/// How the points are stored. TensorBoard tells the two apart by trying to read the file as text.
public enum TensorFormat: String, CaseIterable, Sendable {
  /// Decimal numbers between tabs, a point a line. Readable everywhere; TensorBoard needs 0.8 µs a number.
  case tsv
  /// Little-endian float32, row by row. A tenth of the size or less, read at once.
  case binary

  /// The usual ending of the file's name, for example "tsv".
  public var fileExtension: String {
    switch self {
    case .tsv: "tsv"
    case .binary: "bytes"
    }
  }
}

extension EmbeddingTable {
  /// Returns the bytes of the tensor file.
  ///
  /// As text each number is the shortest that reads back to the same bits. As binary the bits are exact but for one
  /// case: TensorBoard takes a file for text if it happens to be valid UTF-8, so there a zero becomes −0, or, where no
  /// zero helps, the first number moves by at most 127 units in its last place.
  /// - Complexity: O(values).
  public func encoded(as format: TensorFormat) -> [UInt8] {
    let encoder = TensorEncoder(dimensions: dimensions, format: format, threads: processorCount)
    return values.withUnsafeBufferPointer { encoder.encoded($0, isFirst: true).concatenated }
  }
}

extension EmbeddingPoints {
  /// Writes the tensor file block by block.
  func write(as format: TensorFormat, to sink: inout some ByteSink, threads: Int) throws {
    let encoder = TensorEncoder(dimensions: dimensions, format: format, threads: threads)
    let block = max(1, TensorEncoder.numbersPerBlock / dimensions)
    var numbers = [Float](repeating: 0, count: min(points, block) * dimensions)
    for first in stride(from: 0, to: points, by: block) {
      let range = first..<min(first + block, points)
      let count = range.count * dimensions
      try numbers.withUnsafeMutableBufferPointer { buffer in
        let part = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
        try read(range, into: part)
        for bytes in encoder.encoded(UnsafeBufferPointer(part), isFirst: first == 0) { try sink.write(bytes) }
      }
    }
  }
}

/// Encodes numbers as the bytes of a tensor file.
private struct TensorEncoder {
  let dimensions: Int
  let format: TensorFormat
  /// Number of threads.
  let threads: Int

  /// Count of numbers in memory at once.
  static let numbersPerBlock = 1 << 20
  /// Count of numbers that one thread turns to text at a time.
  private static let numbersPerPart = 1 << 15

  /// - Parameter rows: [any number, dimensions]
  /// - Returns: the bytes, in parts.
  func encoded(_ rows: UnsafeBufferPointer<Float>, isFirst: Bool) -> [[UInt8]] {
    switch format {
    case .tsv: return tabSeparated(rows)
    case .binary: return [isFirst ? DecodeProof.applied(to: littleEndian(rows)) : littleEndian(rows)]
    }
  }

  private func tabSeparated(_ rows: UnsafeBufferPointer<Float>) -> [[UInt8]] {
    nonisolated(unsafe) let rows = rows
    let count = rows.count / dimensions
    let part = max(1, Self.numbersPerPart / dimensions)
    return parallelMap((count + part - 1) / part, threads: threads) { index in
      let range = index * part..<min((index + 1) * part, count)
      return [UInt8](unsafeUninitializedCapacity: range.count * dimensions * (DecimalText.byteLimit + 1)) {
        text, length in
        guard var end = text.baseAddress else { return }
        for row in range {
          for place in row * dimensions..<(row + 1) * dimensions {
            end += DecimalText.write(rows[place], to: end)
            end.pointee = UInt8(ascii: "\t")
            end += 1
          }
          end[-1] = UInt8(ascii: "\n")
        }
        length = text.baseAddress.map { end - $0 } ?? 0
      }
    }
  }

  private func littleEndian(_ rows: UnsafeBufferPointer<Float>) -> [UInt8] {
    #if _endian(little)
      return Array(UnsafeRawBufferPointer(rows))
    #else
      return rows.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    #endif
  }
}

/// Keeps raw numbers from being taken for text.
enum DecodeProof {
  /// `bytes` of little-endian float32, changed only where their first line is valid UTF-8.
  ///
  /// The first line counts because TensorBoard decodes line by line where TensorFlow is installed, and all at once else.
  static func applied(to bytes: [UInt8]) -> [UInt8] {
    let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    guard String(validating: bytes[..<end], as: UTF8.self) != nil else { return bytes }
    var changed = bytes
    // −0: bytes 0, 0, 0, 0x80, of which the last can not stand behind a zero.
    for start in stride(from: 0, to: end, by: 4) where bytes[start..<start + 4].allSatisfy({ $0 == 0 }) {
      changed[start + 3] = 0x80
      return changed
    }
    let bits = bytes[..<4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    for distance: UInt32 in 1...128 {
      for candidate in [bits &- distance, bits &+ distance] where startsNoCharacter(candidate) {
        for byte in 0..<4 { changed[byte] = UInt8(truncatingIfNeeded: candidate >> (8 * UInt32(byte))) }
        return changed
      }
    }
    return changed
  }

  /// True for the bits of a finite number of the same sign whose first byte can not begin a UTF-8 character.
  private static func startsNoCharacter(_ bits: UInt32) -> Bool {
    let first = UInt8(truncatingIfNeeded: bits)
    return Float(bitPattern: bits).isFinite && ((0x80...0xC1).contains(first) || first >= 0xF5)
  }
}
