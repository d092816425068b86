// DeadUnits.swift
// Counts the units of a code that have the same value for all images, so that they tell nothing about an image.

package import PointMatrices

/// The units of a code whose value never changes. A ReLU whose input is below 0 for all images makes one that is always 0.
package struct DeadUnits: Equatable, Sendable {
  /// Number of dead units; 0 for fewer than two codes, which cannot tell.
  package let count: Int
  /// Number of units of the code.
  package let units: Int
  /// Whether there are dead units, and all of them are always 0.
  package let areZero: Bool

  /// - Parameter codes: [images, units]
  /// - Complexity: count · dimensions comparisons at most.
  package init(of codes: PointMatrix) {
    units = codes.dimensions
    var constant = Array(codes.count > 1 ? 0..<codes.dimensions : 0..<0)
    for start in stride(from: codes.dimensions, to: codes.values.count, by: codes.dimensions) {
      if constant.isEmpty { break }
      constant.removeAll { codes.values[start + $0] != codes.values[$0] }
    }
    count = constant.count
    areZero = !constant.isEmpty && constant.allSatisfy { codes.values[$0] == 0 }
  }
}
