// IDXFile.swift
// One IDX file, raw or gzipped, in memory: its header, its elements, and its images with channels last.

import ByteStreams
import Parallel
import Tensors
import Zlib

/// The elements of an IDX file.
package struct IDXFile: Sendable {
  package let path: String
  /// The outermost first: images, rows, columns, channels.
  package let dimensions: [Int]
  /// All elements, or those of the first images.
  package let elements: [UInt8]

  /// The most bytes that one byte of deflated data can expand to.
  private static let largestExpansion = 1_032

  /// Reads the file at `path`; its first bytes, not its name, tell whether it is gzipped.
  /// - Parameters:
  ///   - ranks: the accepted numbers of dimensions.
  ///   - first: number of elements to read along the first dimension; all, if nil. The rest is not checked.
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
        try isPart ? source.readUpTo(want, expected: want) : source.readAll(expected: want, limit: want)
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

  /// Reads the next `count` bytes, which are few, or fewer at the end.
  private static func front(of source: inout some ByteSource, count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try source.fill(UnsafeMutableRawBufferPointer(buffer))
    }
  }
}

/// The header of an IDX file: its element type and its dimensions.
///
/// Two zero bytes, the element type, the number of dimensions; then each dimension as a big-endian 32-bit number.
///
/// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", file formats.
struct IDXHeader: Equatable {
  /// Unsigned bytes, the only element type read here.
  static let unsignedByte: UInt8 = 0x08

  /// The outermost first: images, rows, columns, channels.
  let dimensions: [Int]
  /// The product of the dimensions: bytes after the header.
  let bodyCount: Int

  /// Returns the first four bytes of a file of unsigned bytes with `rank` dimensions.
  static func magic(rank: Int) -> UInt32 { UInt32(unsignedByte) << 8 | UInt32(rank) }

  /// Returns the bytes of a header with `rank` dimensions.
  static func byteCount(rank: Int) -> Int { 4 + 4 * rank }

  /// Reads the header at the front of `bytes`.
  /// - Parameters:
  ///   - bytes: the file's first bytes, as many as the largest rank needs; fewer if the file is shorter.
  ///   - ranks: the accepted numbers of dimensions.
  ///   - path: the path that messages show.
  init(_ bytes: [UInt8], ranks: ClosedRange<Int>, path: String) throws(DatasetError) {
    guard bytes.count >= 4 else {
      throw .headerCut(path: path, got: bytes.count, want: Self.byteCount(rank: ranks.lowerBound))
    }
    let magic = Self.number(in: bytes, at: 0)
    if magic >> 16 == 0, [0x09, 0x0B, 0x0C, 0x0D, 0x0E].contains(bytes[2]), ranks.contains(Int(bytes[3])) {
      throw .wrongElementType(path: path, got: bytes[2])
    }
    guard let rank = ranks.first(where: { Self.magic(rank: $0) == magic }) else {
      throw .wrongMagic(path: path, got: magic, want: ranks.map(Self.magic))
    }
    guard bytes.count >= Self.byteCount(rank: rank) else {
      throw .headerCut(path: path, got: bytes.count, want: Self.byteCount(rank: rank))
    }
    dimensions = (0..<rank).map { Int(Self.number(in: bytes, at: 4 + 4 * $0)) }
    if dimensions.contains(0) { throw .empty(path: path, dimensions: dimensions) }
    var product = 1
    for dimension in dimensions {
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      if overflow { throw .oversized(path: path, dimensions: dimensions) }
      product = next
    }
    bodyCount = product
  }

  private static func number(in bytes: [UInt8], at offset: Int) -> UInt32 {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}

extension IDXFile {
  /// The images of three or four dimensions: N×height×width, or N×height×width×channels, or N×channels×height×width.
  struct Images {
    let shape: ImageShape
    /// The order in the file.
    let order: ChannelOrder
  }

  /// Returns the shape of the images and the order of their channels.
  /// - Throws: `DatasetError.unclearChannels` if four dimensions can be read in two ways.
  func images() throws(DatasetError) -> Images {
    guard dimensions.count == 4 else {
      return Images(shape: ImageShape(height: dimensions[1], width: dimensions[2], channels: 1), order: .last)
    }
    let extents = Array(dimensions.dropFirst())
    switch ChannelOrder.ofImages(extents) {
    case .last?:
      return Images(shape: ImageShape(height: extents[0], width: extents[1], channels: extents[2]), order: .last)
    case .first?:
      return Images(shape: ImageShape(height: extents[1], width: extents[2], channels: extents[0]), order: .first)
    case nil: throw .unclearChannels(path: path, extents: extents)
    }
  }

  /// Returns all pixels of `images`, N×height×width×channels.
  /// - Parameter threads: the most threads that copy, if the file has channels first.
  func pixels(of images: Images, threads: Int) -> [UInt8] {
    let (size, channels) = (images.shape.count, images.shape.channels)
    guard images.order == .first, channels > 1 else { return elements }
    return elements.withUnsafeBufferPointer { stored in
      // Only read.
      nonisolated(unsafe) let stored = stored
      let chunk = 64
      return [UInt8](count: stored.count, partSize: chunk * size, threads: threads) { part, bytes in
        for start in stride(from: 0, to: bytes.count, by: size) {
          let from = part * chunk * size + start
          ChannelOrder.putChannelsLast(
            UnsafeBufferPointer(rebasing: stored[from..<from + size]), channels: channels, area: size / channels,
            to: UnsafeMutableBufferPointer(rebasing: bytes[start..<start + size]))
        }
      }
    }
  }
}
