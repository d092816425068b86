// LongSumTests.swift
// Every kernel that sums over an image or a batch, over millions of numbers, against double precision.

import Foundation
import Tensors
import Testing

@Suite struct LongSumTests {
  static let sets = InstructionSet.available
  static let counts = [1_000, 1 << 16 | 5, 1 << 20, 1 << 24]

  /// The numbers summed: equal ones round the same way at every addition, so they are the worst case.
  enum Filling: CaseIterable, Sendable {
    case equal, mixed
  }

  /// `count` numbers from `least` to `most`: equal ones, or mixed ones that repeat after `period` places.
  static func numbers(
    _ filling: Filling, _ count: Int, _ least: Float, _ most: Float, _ name: String, period: Int = 4096
  ) -> Slab {
    let slab = Slab(count: count)
    var stream = RandomStream(seed: 4, name: name)
    let equal = stream.uniform(in: least...most)
    var filled = min(count, period)
    for place in 0..<filled { slab.values[place] = filling == .equal ? equal : stream.uniform(in: least...most) }
    while filled < count {
      let more = min(filled, count - filled)
      (slab.start + filled).update(from: slab.start, count: more)
      filled += more
    }
    return slab
  }

  /// Σ term(place) over places whose terms repeat after `period`.
  static func sum(_ count: Int, period: Int = 4096, _ term: (Int) -> Double) -> Double {
    let (periods, rest) = (count / period, count % period)
    let first = (0..<rest).reduce(0) { $0 + term($1) }
    if periods == 0 { return first }
    return Double(periods) * (rest..<period).reduce(first) { $0 + term($1) } + first
  }

  @Test("losses and squared errors", arguments: sets, Filling.allCases)
  func losses(set: InstructionSet, filling: Filling) {
    let kernels = Kernels(set)
    for count in Self.counts where set != .reference || count < 1 << 22 {
      for range: Float in [0, 0.7, 9] {
        let z = Self.numbers(filling, count, -range, range, "z")
        let x = Self.numbers(filling, count, 0, 1, "x")
        let loss = kernels.crossEntropy(logits: z.start, targets: x.start, count: count)
        let wanted = Self.sum(count) { place in
          let (z, x) = (Double(z.values[place]), Double(x.values[place]))
          return max(z, 0) - z * x + log1p(exp(-abs(z)))
        }
        #expect(relative(loss, wanted) < 1e-6, "\(count) logits up to \(range): \(loss), not \(wanted)")
        let error = kernels.squaredError(logits: z.start, targets: x.start, count: count)
        let wantedError = Self.sum(count) { place in
          let error = 1 / (1 + exp(-Double(z.values[place]))) - Double(x.values[place])
          return error * error
        }
        #expect(relative(error, wantedError) < 1e-6, "\(count) logits up to \(range): \(error), not \(wantedError)")
      }
    }
  }

  @Test("each loss and error keeps its digits where the picture is white and the logit large", arguments: sets)
  func whiteOnWhite(set: InstructionSet) {
    for (z, x) in [(Float(8), Float(1)), (15, 1), (5.5, 254 / 255), (-9, 0), (3, 0.9)] {
      let gradient = Slab(count: 16)
      let (logits, targets) = (Slab(count: 16), Slab(count: 16))
      for place in 0..<16 { (logits.values[place], targets.values[place]) = (z, x) }
      let loss = Kernels(set).crossEntropy(
        logits: logits.start, targets: targets.start, gradient: gradient.start, count: 16)
      let wanted = max(Double(z), 0) - Double(z) * Double(x) + log1p(exp(-abs(Double(z))))
      #expect(relative(loss, 16 * wanted) < 1e-6, "\(z) \(x)")
      let error = 1 / (1 + exp(-Double(z))) - Double(x)
      #expect(relative(Double(gradient.values[0]), error) < 4e-6, "\(z) \(x): \(gradient.values[0]), not \(error)")
    }
  }

  @Test("Adam's sums of squares", arguments: sets, Filling.allCases)
  func squares(set: InstructionSet, filling: Filling) {
    for count in [100, 8_192, 1 << 20 | 3] {
      let (g, w) = (Self.numbers(filling, count, 0.5, 1, "g"), Self.numbers(filling, count, 0.5, 1, "w"))
      let wanted = [g, w].map { slab in Self.sum(count) { Double(slab.values[$0]) * Double(slab.values[$0]) } }
      let (moment1, moment2) = (Slab(count: count), Slab(count: count))
      let sums = Kernels(set).update(
        OptimizerStep(learningRate: 0.001, step: 1, decay: 0), gradient: g.start, moment1: moment1.start,
        moment2: moment2.start, weights: w.start, count: count)
      #expect(relative(sums.gradient, wanted[0]) < 1e-6 && relative(sums.weights, wanted[1]) < 1e-6, "\(count)")
    }
  }

  @Test("sums over pixels", arguments: sets, Filling.allCases)
  func pixels(set: InstructionSet, filling: Filling) {
    for (rows, columns) in [(1, 1 << 20), (1024, 1024), (1 << 16, 16), (3, 4099), (28, 28)] {
      for outputs in [8, 24] {
        let g = Self.numbers(filling, rows * columns * outputs, 0.5, 1, "g", period: 512 * outputs)
        let sums = Slab(count: outputs)
        for times in [1.0, 2.0] {
          Kernels(set).sumPixels(
            g.start, rows: rows, columns: columns, outputs: outputs,
            grid: PixelGrid(step: outputs, row: columns * outputs), accumulate: times > 1, sums: sums.start)
          for output in 0..<outputs {
            let wanted = times * Self.sum(rows * columns, period: 512) { Double(g.values[$0 * outputs + output]) }
            let error = relative(Double(sums.values[output]), wanted)
            #expect(error < 4e-6, "\(rows)×\(columns)×\(outputs): \(error)")
          }
        }
      }
    }
  }

  /// A plane for outer sums, all of whose rows are equal, and where a tap may leave it by three rows and two columns.
  private struct Plane {
    let grid: PixelGrid
    let values: Slab

    init(_ filling: Filling, rows: Int, columns: Int, channels: Int, _ name: String) {
      grid = PixelGrid(step: channels, row: (columns + 2) * channels)
      values = LongSumTests.numbers(filling, (rows + 3) * grid.row, 0.5, 1, name, period: grid.row)
    }

    /// Σ over a row of one channel of this plane, shifted, times one of another.
    func product(with other: Plane, _ columns: Int, shift: (a: Int, b: Int), channels: (a: Int, b: Int)) -> Double {
      var (a, b) = (
        values.start + shift.a * grid.step + channels.a, other.values.start + shift.b * other.grid.step + channels.b
      )
      var sum = 0.0
      for _ in 0..<columns {
        sum += Double(a[0]) * Double(b[0])
        (a, b) = (a + grid.step, b + other.grid.step)
      }
      return sum
    }
  }

  @Test("outer sums of every sharing of taps", arguments: sets, Filling.allCases)
  func outerSums(set: InstructionSet, filling: Filling) {
    for (rows, columns, taps) in [(4000, 300, 9), (1 << 14, 20, 9), (28, 28, 9), (1, 1 << 16, 1)] {
      for (channels, sharing) in taps == 1 ? [(2, 0)] : [(1, 0), (3, 0), (5, 0), (5, 1), (5, 2)] {
        for outputs in [8, 40] where outputs == 8 || set != .reference && columns < 30 {
          let a = Plane(filling, rows: rows, columns: columns, channels: channels, "a")
          let b = Plane(filling, rows: rows, columns: columns, channels: outputs, "b")
          let shifts = (0..<taps).map { (a: sharing == 1 ? 0 : $0 % 3, b: sharing == 0 ? 0 : $0 % 3) }
          let shape = OuterSum(
            rows: rows, columns: columns, channels: channels, outputs: outputs, a: a.grid, b: b.grid,
            taps: shifts.enumerated().map { Tap($0 / 3 * a.grid.row + $1.a * channels, $1.b * outputs) })
          let got = Slab(count: taps * channels * outputs)
          Kernels(set).outerSum(shape, a: a.values.start, b: b.values.start, weights: got.start, accumulate: false)
          let worst = (0..<got.count).map { place in
            let (tap, channel, output) = (place / outputs / channels, place / outputs % channels, place % outputs)
            let row = a.product(with: b, columns, shift: shifts[tap], channels: (channel, output))
            return relative(Double(got.values[place]), row * Double(rows))
          }.max()
          #expect(worst ?? 1 < 5e-6, "\(rows)×\(columns), \(channels) by \(outputs), sharing \(sharing)")
        }
      }
    }
  }

  @Test("a dense layer's products, of up to a million inputs", arguments: sets, Filling.allCases)
  func dense(set: InstructionSet, filling: Filling) {
    for inputs in [512, 784, 1 << 13 | 1, 1 << 20] {
      for outputs in [8, 56] where outputs == 8 || inputs < 1 << 14 {
        for rows in [1, 5] where rows == 1 || inputs < 1 << 14 {
          let x = Self.numbers(filling, rows * inputs, 0.5, 1, "x", period: inputs)
          let w = Self.numbers(filling, inputs * outputs, 0.5, 1, "w")
          let (bias, y) = (Slab(count: outputs), Slab(count: rows * outputs))
          for output in 0..<outputs { bias.values[output] = Float(output) }
          let shape = Correlation(
            rows: 1, columns: rows, channels: inputs, outputs: outputs, x: PixelGrid(step: inputs, row: 0),
            y: PixelGrid(step: outputs, row: 0), taps: [Tap(0, 0)], epilogue: .bias)
          Kernels(set).correlate(shape, x: x.start, weights: w.start, bias: bias.start, y: y.start)
          for output in Swift.Set([0, outputs - 1]) {
            let wanted = (0..<inputs).reduce(Double(output)) {
              $0 + Double(x.values[$1]) * Double(w.values[$1 * outputs + output])
            }
            for row in 0..<rows {
              let error = relative(Double(y.values[row * outputs + output]), wanted)
              #expect(error < 5e-6, "\(rows) rows of \(inputs) to \(outputs): \(error)")
            }
          }
        }
      }
    }
  }

  @Test("sums are moved to totals and back", arguments: sets)
  func totals(set: InstructionSet) {
    let count = 37
    let numbers = Self.numbers(.mixed, count, 0.5, 1, "sums")
    let sums = Slab(count: count)
    var totals = [Double](repeating: .nan, count: count)
    for run in 0..<3 {
      sums.start.update(from: numbers.start, count: count)
      Kernels(set).widen(sums.start, count: count, accumulate: run > 0, into: &totals)
      #expect(sums.values.allSatisfy { $0 == 0 })
    }
    let wanted = numbers.values.map { 3 * Double($0) }
    #expect(totals == wanted)
    sums.values[0] = 1
    Kernels(set).settle(totals, count: count, into: sums.start)
    #expect(Array(sums.values) == wanted.enumerated().map { Float($1 + ($0 == 0 ? 1 : 0)) })
  }
}

private func relative(_ got: Double, _ want: Double) -> Double { abs(got - want) / abs(want) }
