// IDXHeader.swift
// The first bytes of an IDX file: what its elements are and how many.

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

  /// The first four bytes of a file of unsigned bytes in so many dimensions.
  static func magic(rank: Int) -> UInt32 { UInt32(unsignedByte) << 8 | UInt32(rank) }

  /// The bytes of a header of so many dimensions.
  static func byteCount(rank: Int) -> Int { 4 + 4 * rank }

  /// Reads the header at the front of `bytes`.
  /// - Parameters:
  ///   - bytes: the file's first bytes, as far as the largest rank needs them; fewer where the file is shorter.
  ///   - ranks: the numbers of dimensions that fit.
  ///   - path: what messages name.
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
