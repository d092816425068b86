// Extents.swift
// How much an array of given extents holds.

extension [Int] {
  /// Bytes of an array with these extents; nil where any part of it is beyond counting, even beside an extent of 0.
  func byteCount(elementSize: Int) -> Int? {
    var bytes = elementSize
    for extent in self where extent != 0 {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      if extent < 0 || overflow { return nil }
      bytes = product
    }
    return contains(0) ? 0 : bytes
  }

  /// Bits of an array with these extents, multiplied from the first to the last as the official reader of safetensors does; nil
  /// where a product on the way is beyond counting.
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
