// TextPointer.swift
// Text written byte after byte, where there is room for it.

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
