// SharedResults.swift
// The numbers that the iterations of a parallel loop compute.

/// Doubles, zero at first, that the threads of a loop write: each index its own.
package final class SharedResults: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Double>
  package let count: Int

  package init(count: Int) {
    self.count = count
    base = .allocate(capacity: max(1, count))
    base.initialize(repeating: 0, count: max(1, count))
  }

  deinit { base.deallocate() }

  package subscript(index: Int) -> Double {
    get { UnsafeBufferPointer(start: base, count: count)[index] }
    set { UnsafeMutableBufferPointer(start: base, count: count)[index] = newValue }
  }

  /// The results of some indices, for a kernel to write.
  package func range(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(rebasing: UnsafeMutableBufferPointer(start: base, count: count)[range])
  }

  /// In the order of the indices.
  package var values: [Double] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
