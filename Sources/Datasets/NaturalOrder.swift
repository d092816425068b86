// NaturalOrder.swift
// The order of names in which 2.png comes before 10.png.

/// The natural order of names: digits are compared as numbers, everything else byte by byte.
package enum NaturalOrder {
  /// Returns whether a name comes before another. Names with equal numbers are compared by their bytes.
  package static func precedes(_ one: String, _ two: String) -> Bool {
    var (a, b) = (Array(one.utf8)[...], Array(two.utf8)[...])
    while let first = a.first, let second = b.first {
      if isDigit(first), isDigit(second) {
        let (left, right) = (takeNumber(&a), takeNumber(&b))
        if left != right {
          return left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
        }
      } else {
        if first != second { return first < second }
        (a, b) = (a.dropFirst(), b.dropFirst())
      }
    }
    return a.count == b.count ? one.utf8.lexicographicallyPrecedes(two.utf8) : a.count < b.count
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Removes the digits at the front, and returns them without leading zeros.
  private static func takeNumber(_ text: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let digits = text.prefix(while: isDigit)
    text = text.dropFirst(digits.count)
    return digits.drop { $0 == 0x30 }
  }
}
