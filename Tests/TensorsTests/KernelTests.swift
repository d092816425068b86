// KernelTests.swift
// Every instruction set against the reference in double precision, over every small shape.

import Tensors
import Testing

@Suite struct KernelTests {
  static let fast = InstructionSet.available.filter { $0 != .reference }
  static let sides = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 28, 32]
  static let channels = [1, 3, 8, 15, 16, 17, 32]
  /// Double rounding of sums of up to a few thousand products.
  static let tolerance = 2e-6

  @Test("correlations of kernels of one to seven columns agree", arguments: fast)
  func correlations(set: InstructionSet) {
    let (fast, reference) = (Kernels(set), Kernels(.reference))
    for side in Self.sides {
      for channels in Self.channels {
        for outputs in [8, 16, 24, 32, 72] where side < 20 || outputs < 30 {
          for stride in [1, 2] {
            for (taps, columns) in [(1, 3), (4, 3), (9, 3), (10, 5), (14, 7)]
            where columns == 3 || (outputs <= 16 && stride == 1 && channels <= 16) {
              let grid = PixelGrid(step: channels, row: (stride * side + columns - 1) * channels)
              let y = PixelGrid(step: outputs, row: (side + 1) * outputs)
              let offsets = (0..<taps).map { tap in
                Tap(
                  (tap / columns) * grid.row + (tap % columns) * grid.step, (taps - 1 - tap) * channels * outputs)
              }
              let x = Slab.random((stride * side + 3) * grid.row, "x")
              let weights = Slab.random(taps * channels * outputs, "w")
              let bias = Slab.random(outputs, "b")
              let gate = Slab.random(side * y.row, "gate")
              for epilogue in [Correlation.Epilogue.plain, .bias, .biasReLU, .gate(scale: 1.25)] {
                let shape = Correlation(
                  rows: side, columns: side, channels: channels, outputs: outputs,
                  x: PixelGrid(step: stride * grid.step, row: stride * grid.row), y: y, taps: offsets,
                  epilogue: epilogue)
                let got = Slab.random(side * y.row, "y")
                let want = Slab.random(side * y.row, "y")
                for (kernels, result) in [(fast, got), (reference, want)] {
                  kernels.correlate(
                    shape, x: x.start, weights: weights.start, bias: bias.start, gate: gate.start, y: result.start)
                }
                let error = normalizedError(got, want)
                #expect(error < Self.tolerance, "side \(side) \(channels)→\(outputs) ×\(stride) \(taps) taps: \(error)")
              }
            }
          }
        }
      }
    }
  }

  @Test("outer sums of one and nine taps agree, shared either way, overwriting and adding", arguments: fast)
  func outerSums(set: InstructionSet) {
    let (fast, reference) = (Kernels(set), Kernels(.reference))
    for side in Self.sides {
      for channels in Self.channels {
        for outputs in [8, 16, 24, 72] where side < 20 || outputs < 30 {
          for (taps, sharing) in [(1, 0), (9, 0), (9, 1), (9, 2)] {
            let a = PixelGrid(step: channels, row: (side + 2) * channels)
            let b = PixelGrid(step: outputs, row: (side + 2) * outputs)
            let offsets = (0..<taps).map { tap in
              switch sharing {
              case 0: Tap((tap / 3) * a.row + (tap % 3) * a.step, 0)
              case 1: Tap((tap / 3) * a.row, (2 - tap % 3) * b.step)
              default: Tap((tap / 3) * a.row + (tap % 3) * a.step, (tap % 3) * b.step)
              }
            }
            let x = Slab.random((side + 3) * a.row, "a")
            let g = Slab.random((side + 3) * b.row, "b")
            let shape = OuterSum(
              rows: side, columns: side, channels: channels, outputs: outputs, a: a, b: b, taps: offsets)
            for accumulate in [false, true] {
              let got = Slab.random(taps * channels * outputs, "w")
              let want = Slab.random(taps * channels * outputs, "w")
              for (kernels, result) in [(fast, got), (reference, want)] {
                kernels.outerSum(shape, a: x.start, b: g.start, weights: result.start, accumulate: accumulate)
              }
              let error = normalizedError(got, want)
              #expect(error < Self.tolerance, "side \(side) \(channels)×\(outputs) \(taps) taps \(sharing): \(error)")
            }
          }
        }
      }
    }
  }

  @Test("narrow correlations agree", arguments: fast)
  func narrow(set: InstructionSet) {
    let (fast, reference) = (Kernels(set), Kernels(.reference))
    for side in Self.sides {
      for channels in [8, 16, 24, 32] {
        for (outputs, falling) in (1...4).flatMap({ [($0, false), ($0, true)] }) {
          // In a transposed convolution each tap is a pixel to the left of the one before.
          let x = PixelGrid(step: channels, row: (side + 2) * channels)
          let y = PixelGrid(step: outputs, row: (side + 1) * outputs)
          let shape = NarrowCorrelation(
            rows: side, columns: side, channels: channels, outputs: outputs, x: x, y: y,
            taps: (0..<9).map { tap in
              Tap(tap / 3 * x.row + (falling ? 2 - tap % 3 : tap % 3) * x.step, tap * outputs * channels)
            })
          let picture = Slab.random((side + 3) * x.row, "x")
          let weights = Slab.random(9 * channels * outputs, "w")
          let bias = Slab.random(outputs, "b")
          let got = Slab.random(side * y.row, "y")
          let want = Slab.random(side * y.row, "y")
          for (kernels, result) in [(fast, got), (reference, want)] {
            kernels.narrow(shape, x: picture.start, weights: weights.start, bias: bias.start, y: result.start)
          }
          #expect(normalizedError(got, want) < Self.tolerance, "side \(side) \(channels)→\(outputs)")
        }
      }
    }
  }

  @Test(
    "pooling, its gradient (ties go to the first) and sums over pixels are exact or agree", arguments: fast,
    [(Pool.Method.largest, true), (.largest, false), (.mean, true), (.mean, false)])
  func pooling(set: InstructionSet, method: (Pool.Method, isGated: Bool)) {
    let (fast, reference) = (Kernels(set), Kernels(.reference))
    for side in Self.sides {
      for channels in [8, 16, 24] {
        let x = PixelGrid(step: channels, row: (2 * side + 1) * channels)
        let y = PixelGrid(step: channels, row: (side + 1) * channels)
        let shape = Pool(
          method.0, rows: side, columns: side, channels: channels, x: x, y: y, scale: 1.5, isGated: method.isGated)
        // Few distinct values, so that windows tie often, also at zero and below.
        let picture = Slab.random(2 * side * x.row, "x")
        for place in 0..<picture.count { picture.values[place] = (picture.values[place] * 3).rounded() }
        let pooled = Slab.random(side * y.row, "g")
        for (got, want) in [(Slab.random(side * y.row, "y"), Slab.random(side * y.row, "y"))] {
          fast.pool(shape, x: picture.start, y: got.start)
          reference.pool(shape, x: picture.start, y: want.start)
          #expect(Array(got.values) == Array(want.values))
        }
        let got = Slab.random(picture.count, "dx")
        let want = Slab.random(picture.count, "dx")
        fast.poolGradient(shape, x: picture.start, pooled: pooled.start, gradient: got.start)
        reference.poolGradient(shape, x: picture.start, pooled: pooled.start, gradient: want.start)
        #expect(Array(got.values) == Array(want.values))
        for accumulate in [false, true] {
          let got = Slab.random(channels, "s")
          let want = Slab.random(channels, "s")
          for (kernels, result) in [(fast, got), (reference, want)] {
            kernels.sumPixels(
              pooled.start, rows: side, columns: side, outputs: channels, grid: y, accumulate: accumulate,
              sums: result.start)
          }
          #expect(normalizedError(got, want) < Self.tolerance)
        }
      }
    }
  }
}

/// ‖got − want‖ / ‖want‖ over all places, those the kernel must not touch among them.
func normalizedError(_ got: Slab, _ want: Slab) -> Double {
  var difference = 0.0
  var norm = 0.0
  for (g, w) in zip(got.values, want.values) {
    difference += (Double(g) - Double(w)) * (Double(g) - Double(w))
    norm += Double(w) * Double(w)
  }
  return norm == 0 ? difference.squareRoot() : (difference / norm).squareRoot()
}

extension Slab {
  /// Numbers in [−1, 1), the same for the same name.
  static func random(_ count: Int, _ name: String) -> Slab {
    let slab = Slab(count: count)
    var stream = RandomStream(seed: 9, name: name)
    for place in 0..<count { slab.values[place] = stream.uniform() * 2 - 1 }
    return slab
  }
}
