// DecimalText.swift
// Numbers as the shortest decimal text that reads back to the same bits.

/// Text of finite numbers, for example "0", "-1.5", "16777216", "1e-05": as Swift describes them, but with no ".0" at the end.
enum DecimalText {
  /// The most bytes of a number, as of "-1.1754944e-38".
  static let byteLimit = 15

  /// Writes a finite number, at most `byteLimit` bytes.
  /// - Returns: the number of bytes.
  static func write(_ value: Float, to bytes: UnsafeMutablePointer<UInt8>) -> Int {
    var end = bytes
    if value.sign == .minus { end.put("-") }
    if value == 0 {
      end.put("0")
      return end - bytes
    }
    let decimal = ShortestDecimal(value)
    let length = decimal.length
    // The exponent of the first digit.
    let exponent = decimal.exponent + length - 1
    if exponent < -4 || value.magnitude > 16_777_216 {
      end.put(decimal.digits, digits: length, whole: 1)
      end.put("e")
      end.put(exponent < 0 ? "-" : "+")
      end.put(exponent.magnitude, digits: 2, whole: 2)
    } else if exponent < 0 {
      end.put("0")
      end.put(".")
      for _ in 1..<(-exponent) { end.put("0") }
      end.put(decimal.digits, digits: length, whole: length)
    } else {
      let whole = exponent + 1
      end.put(decimal.digits, digits: length, whole: whole)
      if length < whole { for _ in length..<whole { end.put("0") } }
    }
    return end - bytes
  }

  static func string(_ value: Float) -> String {
    String(unsafeUninitializedCapacity: byteLimit) { buffer in buffer.baseAddress.map { write(value, to: $0) } ?? 0 }
  }
}

/// The decimal number of the fewest digits among those that read back to a given float, the closest to it of these:
/// `digits` · 10^`exponent`, with no zero at the end.
///
/// Source: R. Giulietti, "The Schubfach way to render doubles", 2020. The float and the middles between it and its neighbors are
/// taken times a power of ten, of which 64 bits are enough, and rounded to odd; then integers are compared.
private struct ShortestDecimal {
  /// At most nine digits.
  private(set) var digits: UInt32
  private(set) var exponent: Int

  /// - Parameter value: finite, and not zero; its sign does not matter.
  init(_ value: Float) {
    let fraction = value.significandBitPattern
    let biased = Int(value.exponentBitPattern)
    let significand = biased == 0 ? fraction : fraction | 1 << 23
    let binary = max(biased, 1) - 150
    // Below a power of two the neighbor is only half as far.
    let isLopsided = fraction == 0 && biased > 1
    // ⌊log₁₀ 2^binary⌋, or that of three quarters of it.
    let ten = (binary * 1_262_611 - (isLopsided ? 524_031 : 0)) >> 22
    let shift = UInt32(binary + PowerOfTen.binaryExponent(-ten) + 1)
    let power = PowerOfTen.leadingBits(-ten)
    // Four times the float, and the middles below and above it.
    let value = Self.product(power, (4 * significand) << shift)
    var low = Self.product(power, (4 * significand - (isLopsided ? 1 : 2)) << shift)
    var high = Self.product(power, (4 * significand + 2) << shift)
    // A middle reads as its even neighbor.
    if significand & 1 == 1 { (low, high) = (low + 1, high - 1) }
    let whole = value / 4
    let fewer = whole / 10
    if whole >= 10, (low <= 40 * fewer) != (40 * fewer + 40 <= high) {
      (digits, exponent) = (40 * fewer + 40 <= high ? fewer + 1 : fewer, ten + 1)
    } else if (low <= 4 * whole) != (4 * whole + 4 <= high) {
      (digits, exponent) = (4 * whole + 4 <= high ? whole + 1 : whole, ten)
    } else {
      let middle = 4 * whole + 2
      (digits, exponent) = (value > middle || (value == middle && whole & 1 == 1) ? whole + 1 : whole, ten)
    }
    while digits.isMultiple(of: 10) { (digits, exponent) = (digits / 10, exponent + 1) }
  }

  /// The number of digits.
  var length: Int {
    if digits >= 10_000_000 { return digits >= 100_000_000 ? 9 : 8 }
    var (length, limit) = (1, UInt32(10))
    while digits >= limit { (length, limit) = (length + 1, limit * 10) }
    return length
  }

  /// The product without its last 64 bits, odd where it is not whole.
  private static func product(_ power: UInt64, _ factor: UInt32) -> UInt32 {
    let (high, low) = power.multipliedFullWidth(by: UInt64(factor))
    return UInt32(truncatingIfNeeded: high) | (low >> 32 > 1 ? 1 : 0)
  }
}

/// Powers of ten as leading bits times a power of two.
private enum PowerOfTen {
  /// The exponents that float32 needs.
  private static let range = -31...45

  /// ⌊log₂ 10^exponent⌋
  static func binaryExponent(_ exponent: Int) -> Int { (exponent * 1_741_647) >> 19 }

  /// The first 64 bits, rounded up.
  static func leadingBits(_ exponent: Int) -> UInt64 { table[exponent - range.lowerBound] }

  private static let table = range.map { exponent in
    // 10^exponent times a power of two, in words of 32 bits, the lowest first; whole, or cut below its 128th bit and further.
    var words = [UInt32](repeating: 0, count: 9)
    words[exponent < 0 ? 8 : 0] = 1
    var isCut = exponent < 0
    for _ in 0..<exponent.magnitude {
      var carry: UInt64 = 0
      if exponent < 0 {
        for place in words.indices.reversed() {
          let part = carry << 32 | UInt64(words[place])
          words[place] = UInt32(part / 10)
          carry = part % 10
        }
      } else {
        for place in words.indices {
          let part = UInt64(words[place]) * 10 + carry
          words[place] = UInt32(truncatingIfNeeded: part)
          carry = part >> 32
        }
      }
    }
    let top = words.lastIndex { $0 != 0 } ?? 0
    let below = (1...3).map { top - $0 >= 0 ? UInt64(words[top - $0]) : 0 }
    let gap = UInt64(words[top].leadingZeroBitCount)
    let first = UInt64(words[top]) << 32 | below[0]
    let second = below[1] << 32 | below[2]
    isCut = isCut || (gap == 0 ? second : second << gap) != 0 || words.prefix(max(0, top - 3)).contains { $0 != 0 }
    return (gap == 0 ? first : first << gap | second >> (64 - gap)) + (isCut ? 1 : 0)
  }
}

extension UnsafeMutablePointer<UInt8> {
  /// Writes an ASCII character, and moves behind it.
  mutating func put(_ character: Unicode.Scalar) {
    pointee = UInt8(ascii: character)
    self += 1
  }

  /// Writes the last `count` decimal digits of a number, with a point after the first `whole` of them unless these are all, and
  /// moves behind them.
  @inline(__always)
  mutating func put(_ number: some FixedWidthInteger & UnsignedInteger, digits count: Int, whole: Int) {
    var (rest, place) = (number, count)
    while place > 0 {
      place -= 1
      self[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    self += count
    if whole >= count { return }
    let fraction = self - (count - whole)
    (fraction + 1).update(from: fraction, count: count - whole)
    fraction.pointee = UInt8(ascii: ".")
    self += 1
  }
}
