// ElementType.swift
// The type of an array's elements, and the sizes that follow from it and from a shape.

/// The type of an array's elements, and the order of their bytes.
package struct ElementType: Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    case float16, bfloat16, float32, float64
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case bool
  }

  package let kind: Kind
  package let isBigEndian: Bool

  package init(_ kind: Kind, isBigEndian: Bool = false) {
    self.kind = kind
    self.isBigEndian = isBigEndian
  }

  /// Bytes of one element.
  package var size: Int {
    switch kind {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  package var isWhole: Bool {
    switch kind {
    case .float16, .bfloat16, .float32, .float64: false
    default: true
    }
  }

  /// Converts elements to the nearest float32; numbers that are too large become infinite.
  /// - Parameters:
  ///   - bytes: `count` elements, side by side.
  ///   - stride: from one number to the next in `target`.
  package func convert(
    _ bytes: UnsafeRawPointer, count: Int, into target: UnsafeMutablePointer<Float>, stride: Int = 1
  ) {
    if kind == .float32 && stride == 1 && !isBigEndian && isLittleEndianMachine {
      UnsafeMutableRawPointer(target).copyMemory(from: bytes, byteCount: count * 4)
    } else {
      converted(bytes, count, into: target, stride: stride)
    }
  }

  /// Converts elements to the nearest float64.
  func convert(_ bytes: UnsafeRawPointer, count: Int, into target: UnsafeMutablePointer<Double>) {
    converted(bytes, count, into: target, stride: 1)
  }

  /// Whether elements may lose digits as float32.
  package var isWide: Bool {
    switch kind {
    case .float64, .int32, .int64, .uint32, .uint64: true
    default: false
    }
  }

  @inline(__always)
  private func converted<Number: BinaryFloatingPoint>(
    _ bytes: UnsafeRawPointer, _ count: Int, into target: UnsafeMutablePointer<Number>, stride: Int
  ) {
    switch kind {
    case .float32: each(bytes, count, UInt32.self) { target[$0 * stride] = Number(Float(bitPattern: $1)) }
    case .float64: each(bytes, count, UInt64.self) { target[$0 * stride] = Number(Double(bitPattern: $1)) }
    case .float16: each(bytes, count, UInt16.self) { target[$0 * stride] = Number(Float(halfBits: $1)) }
    case .bfloat16:
      each(bytes, count, UInt16.self) { target[$0 * stride] = Number(Float(bitPattern: UInt32($1) << 16)) }
    case .int8: each(bytes, count, UInt8.self) { target[$0 * stride] = Number(Int8(bitPattern: $1)) }
    case .int16: each(bytes, count, UInt16.self) { target[$0 * stride] = Number(Int16(bitPattern: $1)) }
    case .int32: each(bytes, count, UInt32.self) { target[$0 * stride] = Number(Int32(bitPattern: $1)) }
    case .int64: each(bytes, count, UInt64.self) { target[$0 * stride] = Number(Int64(bitPattern: $1)) }
    case .uint8: each(bytes, count, UInt8.self) { target[$0 * stride] = Number($1) }
    case .uint16: each(bytes, count, UInt16.self) { target[$0 * stride] = Number($1) }
    case .uint32: each(bytes, count, UInt32.self) { target[$0 * stride] = Number($1) }
    case .uint64: each(bytes, count, UInt64.self) { target[$0 * stride] = Number($1) }
    case .bool: each(bytes, count, UInt8.self) { target[$0 * stride] = $1 == 0 ? 0 : 1 }
    }
  }

  /// The text of one element, exact: a whole number, or the shortest that reads back to the same bits.
  package func text(_ bytes: UnsafeRawPointer) -> String {
    var text = ""
    switch kind {
    case .int64: each(bytes, 1, UInt64.self) { text = "\(Int64(bitPattern: $1))" }
    case .uint64: each(bytes, 1, UInt64.self) { text = "\($1)" }
    case .float64: each(bytes, 1, UInt64.self) { text = "\(Double(bitPattern: $1))" }
    case .int32: each(bytes, 1, UInt32.self) { text = "\(Int32(bitPattern: $1))" }
    case .uint32: each(bytes, 1, UInt32.self) { text = "\($1)" }
    default:
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 1) { number in
        guard let base = number.baseAddress else { return }
        convert(bytes, count: 1, into: base)
        text = kind == .bool ? (base[0] == 0 ? "false" : "true") : isWhole ? "\(Int(base[0]))" : "\(base[0])"
      }
    }
    return text
  }

  @inline(__always)
  private func each<Word: FixedWidthInteger>(
    _ bytes: UnsafeRawPointer, _ count: Int, _: Word.Type, _ body: (Int, Word) -> Void
  ) {
    for index in 0..<count {
      let word = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Word>.size, as: Word.self)
      body(index, isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word))
    }
  }
}

private var isLittleEndianMachine: Bool { UInt16(1).littleEndian == 1 }

extension Float {
  /// The number of IEEE 754 binary16 bits, exact.
  init(halfBits bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let (exponent, fraction) = (UInt32(bits >> 10) & 0x1F, UInt32(bits) & 0x3FF)
    switch exponent {
    case 0:
      // Zero, or a multiple of 2⁻²⁴.
      self = Float(sign: sign == 0 ? .plus : .minus, exponent: 0, significand: Float(fraction) * 0x1p-24)
    case 31: self = Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}

extension [Int] {
  /// Returns the bytes of an array with these extents; nil if a product overflows, even beside an extent of 0.
  func byteCount(elementSize: Int) -> Int? {
    var bytes = elementSize
    for extent in self where extent != 0 {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      if extent < 0 || overflow { return nil }
      bytes = product
    }
    return contains(0) ? 0 : bytes
  }

  /// Returns the bits of an array with these extents, multiplied from the first to the last as the official safetensors reader does;
  /// nil if a product overflows.
  func bitCount(elementBits: Int) -> Int? {
    var product = UInt(1)
    for extent in self + [elementBits] {
      let (next, overflow) = product.multipliedReportingOverflow(by: UInt(extent))
      if overflow { return nil }
      product = next
    }
    return Int(exactly: product)
  }
}
