// IDXFile.swift
// One IDX file, raw or gzipped, in memory: its header, its elements, and its images with channels last.

package import ArrayFiles
import ByteStreams
import Parallel
import Tensors
import Zlib

/// The elements of an IDX file.
package struct IDXFile: Sendable {
  package let path: String
  /// The outermost first: images, rows, columns, channels.
  package let dimensions: [Int]
  package let type: ElementType
  /// The bytes of all elements, or of those of the first images.
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
    let want = isPart ? header.byteCount / count * (first ?? count) : header.byteCount
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
    (dimensions, type) = (header.dimensions, header.type)
  }

  /// Whether the elements are unsigned bytes.
  package var areBytes: Bool { type.kind == .uint8 }

  /// Reads the next `count` bytes, which are few, or fewer at the end.
  private static func front(of source: inout some ByteSource, count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try source.fill(UnsafeMutableRawBufferPointer(buffer))
    }
  }
}

/// The header of an IDX file: its element type and its dimensions.
///
/// Two zero bytes, the element type, the number of dimensions; then each dimension as a big-endian 32-bit number. The elements are
/// big-endian too.
///
/// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", file formats.
struct IDXHeader: Equatable {
  static let unsignedByte: UInt8 = 0x08

  /// The element types by their number in the file.
  static let types: [UInt8: ElementType.Kind] = [
    unsignedByte: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
  ]

  /// The outermost first: images, rows, columns, channels.
  let dimensions: [Int]
  let type: ElementType
  /// Bytes after the header.
  let byteCount: Int

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
    guard magic >> 16 == 0, let kind = Self.types[bytes[2]], let rank = ranks.first(where: { $0 == Int(bytes[3]) })
    else {
      throw .wrongMagic(path: path, got: magic, want: ranks.map(Self.magic))
    }
    guard bytes.count >= Self.byteCount(rank: rank) else {
      throw .headerCut(path: path, got: bytes.count, want: Self.byteCount(rank: rank))
    }
    type = ElementType(kind, isBigEndian: true)
    dimensions = (0..<rank).map { Int(Self.number(in: bytes, at: 4 + 4 * $0)) }
    if dimensions.contains(0) { throw .empty(path: path, dimensions: dimensions) }
    var product = type.size
    for dimension in dimensions {
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      if overflow { throw .oversized(path: path, dimensions: dimensions) }
      product = next
    }
    byteCount = product
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
  /// - Parameter options: may choose the order.
  /// - Throws: `DatasetError.unclearChannels` if four dimensions can be read in two ways.
  func images(_ options: ReadingOptions) throws(DatasetError) -> Images {
    guard dimensions.count == 4 else {
      return Images(shape: ImageShape(height: dimensions[1], width: dimensions[2], channels: 1), order: .last)
    }
    let extents = Array(dimensions.dropFirst())
    switch options.order(of: extents) {
    case .last?:
      return Images(shape: ImageShape(height: extents[0], width: extents[1], channels: extents[2]), order: .last)
    case .first?:
      return Images(shape: ImageShape(height: extents[1], width: extents[2], channels: extents[0]), order: .first)
    case nil: throw .unclearChannels(path: path, extents: extents)
    }
  }

  /// The elements that were read as an array of rows.
  package var array: ArrayFile {
    let rowBytes = dimensions.dropFirst().reduce(type.size, *)
    return ArrayFile(
      bytes: elements, type: type, shape: [elements.count / rowBytes] + dimensions.dropFirst(), path: path)
  }

  /// Whether the first bytes of a file are those of an IDX file.
  package static func begins(_ front: [UInt8]) -> Bool {
    front.count >= 8 && front[0] == 0 && front[1] == 0 && IDXHeader.types[front[2]] != nil && (1...4).contains(front[3])
  }

  /// The text of each element: the shortest that reads back to the same number.
  package var texts: [String] {
    elements.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: type.size).compactMap { place in
        bytes.baseAddress.map { type.text($0 + place) }
      }
    }
  }

  /// Returns the numbers of a file of labels.
  /// - Throws: `DatasetError.fractionLabel` for a number that is not whole, `.badLabel` for one below 0 or above 65,535.
  func labels() throws(DatasetError) -> [UInt16] {
    if areBytes { return elements.map(UInt16.init) }
    let largest = Int(UInt16.max)
    var numbers: [UInt16] = []
    numbers.reserveCapacity(elements.count / type.size)
    for row in 0..<elements.count / type.size {
      let text = elements.withUnsafeBytes { bytes in bytes.baseAddress.map { type.text($0 + row * type.size) } ?? "" }
      guard let number = Double(text), let whole = Int(exactly: number) else {
        throw .fractionLabel(path: path, row: row, got: text)
      }
      guard let label = UInt16(exactly: whole) else {
        throw .badLabel(path: path, got: whole, image: row, want: largest + 1)
      }
      numbers.append(label)
    }
    return numbers
  }

  /// Returns all pixels of `images`, N×height×width×channels.
  /// - Parameter threads: the most threads at work.
  /// - Throws: as `ArrayImages.samples`.
  func pixels(of images: Images, as scale: ValueScale, threads: Int) throws -> [UInt8] {
    guard areBytes, scale == .bytes else {
      let array = array
      return try ArrayImages(array, images.shape, images.order).samples(
        Array(0..<array.rows), as: scale, threads: threads)
    }
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
