// GraphDescent.swift
// A graph as the kernel of UMAP's descent reads it.

internal import CKernels

/// A graph whose points move along their edges in a layout, by attraction and repulsion.
package struct GraphDescent: Sendable {
  /// The start of each point's edges; one more than there are points.
  private let starts: [Int]
  /// The points at the other ends.
  private let numbers: [Int32]
  /// The fraction of epochs in which each edge attracts, as a fraction of 2³².
  private let paces: [UInt32]
  private let forces: Forces
  private let key: SIMD2<UInt32>
  private let kernels: Kernels

  /// Factors of yᵢ − yⱼ by the squared distance, from tables.
  package struct Forces: Sendable {
    /// A line for each cell of squares: constant and slope of the attraction, constant and slope of the repulsion.
    package let cells: [SIMD4<Float>]
    /// The first square's bits without the lowest `shift`.
    package let first: Int
    package let shift: Int

    package init(cells: [SIMD4<Float>], first: Int, shift: Int) {
      (self.cells, self.first, self.shift) = (cells, first, shift)
    }
  }

  /// No force moves a point farther along an axis, for a rate of 1.
  private static let limit: Float = 4
  /// The most points: random ones are drawn by 25 bits.
  package static let pointLimit = 1 << 25

  /// - Parameters:
  ///   - starts, numbers: each point's edges.
  ///   - paces: the fraction of epochs in which each edge attracts, 0 … 1.
  ///   - key: of the stream of random points.
  ///   - kernels: all give the same bits.
  package init(
    starts: [Int], numbers: [Int32], paces: [Double], forces: Forces, key: SIMD2<UInt32>, kernels: Kernels = Kernels()
  ) {
    (self.starts, self.numbers, self.forces, self.key, self.kernels) = (starts, numbers, forces, key, kernels)
    self.paces = paces.map { UInt32(max(0, min(0x1p32 - 1, $0 * 0x1p32))) }
  }

  /// Number of points.
  package var count: Int { starts.count - 1 }

  /// Moves some points, while they see all others where those are.
  /// - Parameters:
  ///   - points: numbers of the points that move.
  ///   - places, moved: [count, dimensions]; two or three dimensions.
  ///   - rate: the learning rate.
  package func move(
    _ points: StrideTo<Int>, dimensions: Int, places: SlabPointer, moved: SlabPointer, epoch: Int, rate: Float
  ) {
    let numbers = Array(points)
    guard let first = numbers.first else { return }
    let step = numbers.count > 1 ? numbers[1] - first : 1
    starts.withUnsafeBufferPointer { starts in
      self.numbers.withUnsafeBufferPointer { ends in
        paces.withUnsafeBufferPointer { paces in
          forces.cells.withUnsafeBytes { cells in
            var raw = ck_descent()
            (raw.numbers, raw.paces) = (ends.baseAddress, paces.baseAddress)
            starts.baseAddress?.withMemoryRebound(to: Int64.self, capacity: starts.count) { raw.starts = $0 }
            raw.cells = cells.baseAddress?.assumingMemoryBound(to: Float.self)
            (raw.count, raw.dimensions) = (Int64(count), Int32(dimensions))
            (raw.cell_count, raw.first_cell) = (Int32(forces.cells.count), Int32(forces.first))
            raw.cell_shift = Int32(forces.shift)
            (raw.key, raw.epoch, raw.rate, raw.limit) = ((key.x, key.y), UInt32(epoch), rate, Self.limit)
            let reach = 0..<count * dimensions
            kernels.descend(
              &raw, places: places.checked(reach), first: first, step: step, points: numbers.count,
              moved: moved.checked(reach))
          }
        }
      }
    }
  }
}
