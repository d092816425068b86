// WinogradTests.swift
// Winograd's convolution and its gradient against the reference's direct sums, over every small shape.

import Tensors
import Testing

@Suite struct WinogradTests {
  static let fast = InstructionSet.available.filter { $0 != .reference }
  /// The transforms' numbers grow to some tens, so they lose digits that the direct sums keep (whose tolerance is 2e-6).
  static let tolerance = 1e-5

  /// One convolution both ways, its operands filled with noise; borders of x are zero.
  struct Case {
    let height: Int
    let width: Int
    let channels: Int
    let outputs: Int
    let xGrid: PixelGrid
    let yGrid: PixelGrid
    let x: Slab
    let weights: Slab
    let bias: Slab
    /// The gradient by y and its gate, in y's layout.
    let gradient: Slab
    let gate: Slab

    init(height: Int, width: Int, channels: Int, outputs: Int, isEqual: Bool = false) {
      (self.height, self.width, self.channels, self.outputs) = (height, width, channels, outputs)
      let step = (channels + 7) / 8 * 8
      xGrid = PixelGrid(step: step, row: (width + 2) * step)
      yGrid = PixelGrid(step: outputs, row: (width + 2) * outputs)
      x = Case.picture(height, width, channels, xGrid, "x", isEqual)
      gradient = Case.picture(height, width, outputs, yGrid, "g", isEqual)
      gate = Case.picture(isEqual ? 1 : height, isEqual ? 1 : width, outputs, yGrid, "gate", isEqual)
      weights = Slab.random(9 * channels * outputs, "w")
      bias = Slab.random(outputs, "b")
    }

    /// Noise inside, or the same noise in every pixel, zeros in the border and the padding; 16 floats more, since kernels
    /// may read past the end.
    static func picture(
      _ height: Int, _ width: Int, _ channels: Int, _ grid: PixelGrid, _ name: String, _ isEqual: Bool
    ) -> Slab {
      let slab = Slab(count: (height + 2) * grid.row + 16)
      var stream = RandomStream(seed: 9, name: name)
      for row in 1...height {
        let line = slab.start + row * grid.row
        if isEqual, row > 1 {
          line.update(from: line + -grid.row, count: grid.row)
          continue
        }
        for column in 1...width {
          let pixel = line + column * grid.step
          if isEqual, column > 1 {
            pixel.update(from: pixel + -grid.step, count: channels)
          } else {
            for channel in 0..<channels { pixel[channel] = stream.uniform() * 2 - 1 }
          }
        }
      }
      return slab
    }

    var xOrigin: Int { xGrid.row + xGrid.step }
    var yOrigin: Int { yGrid.row + yGrid.step }
    var offsets: [(row: Int, column: Int)] { (0..<9).map { ($0 / 3 - 1, $0 % 3 - 1) } }

    func winograd(_ epilogue: Correlation.Epilogue) -> WinogradConvolution {
      WinogradConvolution(
        height: height, width: width, channels: channels, outputs: outputs, x: xGrid, y: yGrid,
        taps: (0..<9).map { $0 * channels * outputs }, epilogue: epilogue)
    }

    /// Computes y with both, each in a slab full of the same noise, so that a wrongly written place shows.
    func outputs(_ kernels: Kernels, _ epilogue: Correlation.Epilogue) -> (got: Slab, want: Slab) {
      let (got, want) = (Slab.random(gradient.count, "y"), Slab.random(gradient.count, "y"))
      let shape = winograd(epilogue)
      let (points, scratch) = (Slab(count: shape.pointCount), Slab(count: shape.scratchCount))
      kernels.points(of: shape, kernel: weights.start, into: points.start)
      kernels.convolve(
        shape, x: x.start + xOrigin, points: points.start,
        bias: epilogueUsesBias(epilogue) ? bias.start : nil,
        gate: gate.start + yOrigin, scratch: scratch.start, y: got.start + yOrigin)
      let direct = Correlation(
        rows: height, columns: width, channels: channels, outputs: outputs, x: xGrid, y: yGrid,
        taps: offsets.enumerated().map {
          Tap($1.row * xGrid.row + $1.column * xGrid.step, $0 * channels * outputs)
        }, epilogue: epilogue)
      Kernels(.reference).correlate(
        direct, x: x.start + xOrigin, weights: weights.start, bias: bias.start, gate: gate.start + yOrigin,
        y: want.start + yOrigin)
      return (got, want)
    }

    /// Computes the kernel's gradient with both, over the same picture `pictures` times.
    func gradients(_ kernels: Kernels, pictures: Int = 2) -> (got: Slab, want: Slab) {
      let (got, want) = (Slab.random(weights.count, "dw"), Slab.random(weights.count, "dw"))
      let shape = winograd(.plain)
      let (sums, scratch) = (Slab(count: shape.pointCount), Slab(count: shape.scratchCount))
      var totals = [Double](repeating: .nan, count: shape.pointCount)
      for place in 0..<shape.pointCount { sums.values[place] = .nan }
      for picture in 0..<pictures {
        kernels.addPointGradient(
          shape, x: x.start + xOrigin, gradient: gradient.start + yOrigin, pictures: picture, scratch: scratch.start,
          sums: sums.start, totals: &totals)
      }
      kernels.kernelGradient(of: shape, pictures: pictures, sums: sums.start, totals: totals, into: got.start)
      let direct = OuterSum(
        rows: height, columns: width, channels: channels, outputs: outputs, a: xGrid, b: yGrid,
        taps: offsets.map { Tap($0.row * xGrid.row + $0.column * xGrid.step, 0) })
      Kernels(.reference).outerSum(
        direct, a: x.start + xOrigin, b: gradient.start + yOrigin, weights: want.start, accumulate: false)
      for place in 0..<want.count { want.values[place] *= Float(pictures) }
      return (got, want)
    }

    private func epilogueUsesBias(_ epilogue: Correlation.Epilogue) -> Bool {
      switch epilogue {
      case .bias, .biasReLU: true
      case .plain, .gate: false
      }
    }
  }

  static let shapes: [(height: Int, width: Int)] =
    (1...9).flatMap { height in (1...9).map { (height, $0) } } + [(28, 28), (14, 14), (32, 5), (13, 30)]

  @Test("outputs agree with every epilogue", arguments: fast)
  func outputs(set: InstructionSet) {
    let kernels = Kernels(set)
    for (height, width) in Self.shapes {
      for (channels, outputs) in [(8, 8), (16, 16), (7, 24), (24, 8), (32, 40), (12, 32)] {
        let test = Case(height: height, width: width, channels: channels, outputs: outputs)
        for epilogue in [Correlation.Epilogue.plain, .bias, .biasReLU, .gate(scale: 1.25)] {
          let (got, want) = test.outputs(kernels, epilogue)
          let error = normalizedError(got, want)
          #expect(error < Self.tolerance, "\(height)×\(width) \(channels)→\(outputs) \(epilogue): \(error)")
        }
      }
    }
  }

  @Test("an output whose inputs are all zeros is exactly its bias, if a bias is zero", arguments: fast)
  func darkOutputs(set: InstructionSet) {
    for (height, width) in [(28, 28), (13, 30), (6, 5)] {
      for (channels, outputs) in [(8, 8), (16, 24), (7, 16)] {
        let test = Case(height: height, width: width, channels: channels, outputs: outputs)
        test.bias.start[1] = 0
        // A blot in the middle is left.
        let isLit = { (row: Int, column: Int) in abs(row - height / 2) < 3 && abs(column - width / 2) < 2 }
        for row in 0..<height {
          for column in 0..<width where !isLit(row, column) {
            (test.x.start + test.xOrigin + row * test.xGrid.row + column * test.xGrid.step)
              .update(repeating: 0, count: channels)
          }
        }
        let (got, want) = test.outputs(Kernels(set), .biasReLU)
        #expect(normalizedError(got, want) < Self.tolerance)
        for row in 0..<height {
          for column in 0..<width {
            let seen = test.offsets.contains { isLit(row + $0.row, column + $0.column) }
            let pixel = got.start + test.yOrigin + row * test.yGrid.row + column * test.yGrid.step
            let isBias = (0..<outputs).allSatisfy { pixel[$0] == max(0, test.bias.start[$0]) }
            #expect(seen || isBias, "\(height)×\(width), \(channels) to \(outputs), at \(row), \(column)")
          }
        }
      }
    }
  }

  @Test("the kernel's gradient agrees, summed over two images", arguments: fast)
  func gradients(set: InstructionSet) {
    let kernels = Kernels(set)
    for (height, width) in Self.shapes {
      for (channels, outputs) in [(8, 8), (16, 16), (7, 24), (24, 8), (40, 32)] {
        let (got, want) = Case(height: height, width: width, channels: channels, outputs: outputs).gradients(kernels)
        let error = normalizedError(got, want)
        #expect(error < Self.tolerance, "\(height)×\(width) \(channels)→\(outputs): \(error)")
      }
    }
  }

  @Test("the kernel's gradient agrees, summed over the most images that a batch may have", arguments: fast)
  func manyPictures(set: InstructionSet) {
    let test = Case(height: 12, width: 12, channels: 8, outputs: 8)
    for pictures in [31, 32, 33, 64, 10_000] {
      let (got, want) = test.gradients(Kernels(set), pictures: pictures)
      #expect(normalizedError(got, want) < 5e-6, "\(pictures) pictures")
    }
  }

  @Test("the kernel's gradient agrees for a large picture, of equal pixels", arguments: fast)
  func largePicture(set: InstructionSet) {
    let (side, channels) = (1024, 8)
    let test = Case(height: side, width: side, channels: channels, outputs: channels, isEqual: true)
    let shape = test.winograd(.plain)
    let (sums, scratch) = (Slab(count: shape.pointCount), Slab(count: shape.scratchCount))
    var totals = [Double](repeating: .nan, count: shape.pointCount)
    Kernels(set).addPointGradient(
      shape, x: test.x.start + test.xOrigin, gradient: test.gradient.start + test.yOrigin, pictures: 0,
      scratch: scratch.start, sums: sums.start, totals: &totals)
    let got = Slab(count: test.weights.count)
    Kernels(set).kernelGradient(of: shape, pictures: 1, sums: sums.start, totals: totals, into: got.start)
    for (tap, offset) in test.offsets.enumerated() {
      // A tap beside the pixel misses one row or column.
      let pixels = Double(side - abs(offset.row)) * Double(side - abs(offset.column))
      for place in 0..<channels * channels {
        let wanted =
          pixels * Double(test.x.values[test.xOrigin + place / channels])
          * Double(test.gradient.values[test.yOrigin + place % channels])
        #expect(abs(Double(got.values[tap * channels * channels + place]) / wanted - 1) < 5e-6)
      }
    }
  }

  @Test("the error is that of single precision: a hundred thousandth of the largest output", arguments: fast)
  func worstElement(set: InstructionSet) {
    let (got, want) = Case(height: 28, width: 28, channels: 16, outputs: 16).outputs(Kernels(set), .bias)
    let largest = want.values.map(abs).max() ?? 0
    let worst = zip(got.values, want.values).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < largest * 1e-5, "\(worst) of \(largest)")
  }
}
