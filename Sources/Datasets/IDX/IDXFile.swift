// IDXFile.swift
// One IDX file, raw or gzipped, in memory.

import ByteStreams
import Zlib

/// The elements of an IDX file.
package struct IDXFile: Sendable {
  package let path: String
  /// The outermost first: images, rows, columns, channels.
  package let dimensions: [Int]
  /// All, or those of the first images.
  package let elements: [UInt8]

  /// Deflate makes no byte of more than 1,032.
  private static let largestExpansion = 1_032

  /// Reads the file at `path`; gzip is known by its first bytes, not by the name.
  /// - Parameters:
  ///   - ranks: the numbers of dimensions that fit.
  ///   - first: how many along the first dimension are read; all, if nil. What comes after them is not looked at.
  /// - Throws: `DatasetError`, `FileError`, `ZlibError`.
  /// - Complexity: O(bytes); allocates no more than the file can hold.
  package init(_ path: String, ranks: ClosedRange<Int>, first: Int? = nil) throws {
    var probe = try FileSource(path, accepting: .regular)
    let size = try probe.claimedSize()
    if Gzip.isCompressed(try Self.front(of: &probe, count: 2)) {
      var source = try GzipSource(FileSource(path, accepting: .regular), name: path)
      let (bound, overflow) = (size ?? 0).multipliedReportingOverflow(by: Self.largestExpansion)
      try self.init(
        path, from: &source, ranks: ranks, first: first, bound: overflow ? .max : bound, isCompressed: true)
    } else {
      var source = try FileSource(path, accepting: .regular)
      try self.init(path, from: &source, ranks: ranks, first: first, bound: size ?? .max, isCompressed: false)
    }
  }

  /// - Parameter bound: the most bytes the source can have.
  private init(
    _ path: String, from source: inout some ByteSource, ranks: ClosedRange<Int>, first: Int?, bound: Int,
    isCompressed: Bool
  ) throws {
    let front = try Self.front(of: &source, count: 4)
    let rest = front.count == 4 ? 4 * min(Int(front[3]), ranks.upperBound) : 0
    let header = try IDXHeader(front + Self.front(of: &source, count: rest), ranks: ranks, path: path)
    let count = header.dimensions[0]
    let isPart = first.map { $0 < count } ?? false
    let want = isPart ? header.bodyCount / count * (first ?? count) : header.bodyCount
    let available = bound - IDXHeader.byteCount(rank: header.dimensions.count)
    if want > available {
      throw DatasetError.truncated(path: path, got: max(available, 0), want: want, compressed: isCompressed)
    }
    do {
      elements =
        try isPart ? source.front(want, expected: want) : source.readAll(expected: want, limit: want)
    } catch is TooManyBytes {
      throw DatasetError.surplus(path: path, want: want)
    } catch is NoMemory {
      throw FileError.noMemory(path: path)
    }
    if elements.count < want {
      throw DatasetError.truncated(path: path, got: elements.count, want: want, compressed: false)
    }
    self.path = path
    dimensions = header.dimensions
  }

  /// The next `count` bytes, which are few, or fewer at the end.
  private static func front(of source: inout some ByteSource, count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try source.fill(UnsafeMutableRawBufferPointer(buffer))
    }
  }
}
