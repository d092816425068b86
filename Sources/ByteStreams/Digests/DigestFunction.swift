// DigestFunction.swift
// Message digests by which publishers state the content of a file: bytes in, hexadecimal text out.

/// A digest that works on blocks of 64 bytes (Merkle and Damgård's construction).
package protocol DigestFunction {
  /// Whether the length that ends the padded message has its highest byte first.
  static var lengthIsBigEndian: Bool { get }
  init()
  /// Takes whole blocks.
  mutating func absorb(_ blocks: UnsafeRawBufferPointer)
  /// The digest of the blocks so far.
  var bytes: [UInt8] { get }
}

/// The digest of bytes that come in parts of any size.
package struct DigestStream<Function: DigestFunction> {
  private static var blockSize: Int { 64 }

  private var function = Function()
  /// Bytes that fill no block yet.
  private var rest: [UInt8] = []
  private var count: UInt64 = 0

  package init() {}

  /// Takes the next bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    count &+= UInt64(bytes.count)
    var bytes = bytes[...]
    if !rest.isEmpty {
      let missing = bytes.prefix(Self.blockSize - rest.count)
      rest += missing
      bytes = bytes.dropFirst(missing.count)
      if rest.count < Self.blockSize { return }
      rest.withUnsafeBytes { function.absorb($0) }
      rest.removeAll(keepingCapacity: true)
    }
    let whole = bytes.count / Self.blockSize * Self.blockSize
    if whole > 0 { function.absorb(UnsafeRawBufferPointer(rebasing: bytes.prefix(whole))) }
    rest += bytes.dropFirst(whole)
  }

  /// Returns the digest of all bytes as hexadecimal digits in lower case.
  package func finish() -> String {
    var function = function
    // A one bit, zeros, and the length in bits, up to the end of a block.
    var padded = rest + [0x80]
    while padded.count % Self.blockSize != Self.blockSize - 8 { padded.append(0) }
    let bits = count &* 8
    withUnsafeBytes(of: Function.lengthIsBigEndian ? bits.bigEndian : bits.littleEndian) { padded += $0 }
    padded.withUnsafeBytes { function.absorb($0) }
    return function.bytes.map { $0.zeroPadded(to: 2, radix: 16) }.joined()
  }

  /// Returns the digest of bytes in memory.
  package static func text(of bytes: [UInt8]) -> String {
    var stream = DigestStream()
    bytes.withUnsafeBytes { stream.update($0) }
    return stream.finish()
  }
}
