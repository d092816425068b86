// Concatenation.swift
// Parts that were made side by side, put in a row.

extension [[UInt8]] {
  /// All bytes in one array, block by block.
  package var concatenated: [UInt8] {
    if count == 1 { return self[0] }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(reduce(0) { $0 + $1.count })
    for part in self { bytes.append(contentsOf: part) }
    return bytes
  }
}
