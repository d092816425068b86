// NPYFile.swift
// A matrix of numbers as the bytes of a .npy file.

package import PointMatrices

/// Writes .npy files.
package enum NPYFile {
  /// Returns the bytes of a matrix: version 1.0, little-endian float32, rows one after the other. The elements begin at a multiple
  /// of 64 bytes, as NumPy aligns them.
  package static func bytes(of matrix: PointMatrix) -> [UInt8] {
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(matrix.count), \(matrix.dimensions)), }"
    let front = NPYHeader.magic.count + 4
    let padding = 63 - (front + text.utf8.count) % 64
    let length = text.utf8.count + padding + 1
    var bytes = NPYHeader.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
    matrix.values.map(\.bitPattern.littleEndian).withUnsafeBytes { bytes.append(contentsOf: $0) }
    return bytes
  }
}
