// ElementKernelTests.swift
// Loss, sigmoid, noise, dropout, Adam and sums, element by element against the reference in double precision.

import Tensors
import Testing

@Suite struct ElementKernelTests {
  static let fast = InstructionSet.available.filter { $0 != .reference }
  static let counts = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 784]

  @Test("cross entropy, its gradient, sigmoid and squared error, for logits from tiny to huge", arguments: fast)
  func losses(set: InstructionSet) {
    let (fast, reference) = (Kernels(set), Kernels(.reference))
    for count in Self.counts {
      for size: Float in [1e-6, 0.1, 1, 10, 50, 1000] {
        let z = Slab.random(count, "z")
        for place in 0..<count { z.values[place] *= size }
        let x = Slab.random(count, "x")
        for place in 0..<count { x.values[place] = abs(x.values[place]) }
        let (got, want) = (Slab(count: count), Slab(count: count))
        let loss = fast.crossEntropy(logits: z.start, targets: x.start, gradient: got.start, count: count, scale: 0.5)
        let exact = reference.crossEntropy(
          logits: z.start, targets: x.start, gradient: want.start, count: count, scale: 0.5)
        #expect(abs(loss - exact) <= 1e-6 * abs(exact) + 1e-7)
        // The difference of two numbers up to 1, so an absolute error of one rounding of 1, times the scale.
        for (g, w) in zip(got.values, want.values) { #expect(abs(g - w) <= 0.5 * 0x1p-22) }
        let error = fast.squaredError(logits: z.start, targets: x.start, count: count)
        let exactError = reference.squaredError(logits: z.start, targets: x.start, count: count)
        #expect(abs(error - exactError) <= 0x1p-21 * (exactError * Double(count)).squareRoot() + 1e-12)
        fast.sigmoid(z.start, count: count, into: got.values)
        reference.sigmoid(z.start, count: count, into: want.values)
        for (g, w) in zip(got.values, want.values) { #expect(abs(g - w) <= 2 * w.ulp + 1e-37) }
      }
    }
  }

  @Test("the squared error as a loss, and its gradient", arguments: fast)
  func squaredLoss(set: InstructionSet) {
    for count in Self.counts {
      for size: Float in [1e-6, 0.1, 1, 10, 1000] {
        let (z, x) = (Slab.random(count, "z"), Slab.random(count, "x"))
        for place in 0..<count { (z.values[place], x.values[place]) = (z.values[place] * size, abs(x.values[place])) }
        let (got, want) = (Slab(count: count), Slab(count: count))
        let losses = [(Kernels(set), got), (Kernels(.reference), want)].map { kernels, gradient in
          kernels.loss(.mse, logits: z.start, targets: x.start, gradient: gradient.start, count: count, scale: 0.5)
        }
        // The difference of two numbers up to 1 has an absolute error.
        let tolerance = 0x1p-21 * (losses[1] * Double(count)).squareRoot() + 1e-12
        #expect(abs(losses[0] - losses[1]) <= tolerance)
        for (g, w) in zip(got.values, want.values) { #expect(abs(g - w) <= 0x1p-23) }
        let alone = Kernels(set).loss(.mse, logits: z.start, targets: x.start, count: count)
        #expect(abs(alone - losses[1]) <= tolerance)
      }
    }
  }

  @Test("a logit of NaN makes a loss of NaN", arguments: InstructionSet.available)
  func notANumber(set: InstructionSet) {
    for count in [1, 5, 20] {
      let z = Slab.random(count, "z")
      z.values[count - 1] = .nan
      for loss in Loss.allCases {
        #expect(Kernels(set).loss(loss, logits: z.start, targets: z.start, count: count).isNaN)
        let gradient = Slab(count: count)
        #expect(
          Kernels(set).loss(
            loss, logits: z.start, targets: z.start, gradient: gradient.start, count: count, scale: 1
          ).isNaN)
      }
    }
  }

  @Test(
    "activation functions and their derivatives, for sums from tiny to huge", arguments: fast,
    Activation.allCases.filter { $0 != .linear })
  func activations(set: InstructionSet, activation: Activation) {
    let (fast, reference) = (Kernels(set), Kernels(.reference))
    for count in Self.counts {
      for size: Float in [1e-6, 0.1, 1, 10, 50, 1000] {
        let (got, want) = (Slab.random(count, "x"), Slab(count: count))
        for place in 0..<count { got.values[place] *= place == 3 ? 0 : size }
        want.start.update(from: got.start, count: count)
        fast.activate(activation, got.start, count: count)
        reference.activate(activation, want.start, count: count)
        // An error of one rounding of 1, or of the number itself where that is larger.
        for (g, w) in zip(got.values, want.values) { #expect(abs(g - w) <= max(0x1p-23, w.ulp), "\(g) \(w)") }
        let (gotGradient, wantGradient) = (Slab.random(count, "g"), Slab.random(count, "g"))
        for place in 0..<count { want.values[place] *= 1.25 }
        fast.activationGradient(activation, y: want.start, scale: 1.25, gradient: gotGradient.start, count: count)
        reference.activationGradient(activation, y: want.start, scale: 1.25, gradient: wantGradient.start, count: count)
        for (g, w) in zip(gotGradient.values, wantGradient.values) { #expect(abs(g - w) <= 0x1p-21, "\(g) \(w)") }
      }
    }
  }

  @Test("a derivative is that of its function", arguments: Activation.allCases.filter { $0 != .linear })
  func derivatives(activation: Activation) {
    let kernels = Kernels(.reference)
    for x: Float in [-3, -0.7, -0.1, 0.1, 0.4, 2] {
      let (points, gradient) = (Slab(count: 3), Slab(count: 1))
      for (place, step) in [-0.01 as Float, 0, 0.01].enumerated() { points.values[place] = x + step }
      kernels.activate(activation, points.start, count: 3)
      gradient.values[0] = 1
      kernels.activationGradient(activation, y: points.start + 1, scale: 1, gradient: gradient.start, count: 1)
      #expect(abs((points.values[2] - points.values[0]) / 0.02 - gradient.values[0]) < 1e-4)
    }
  }

  @Test("a sum of NaN stays one", arguments: InstructionSet.available, Activation.allCases)
  func notANumberActivated(set: InstructionSet, activation: Activation) {
    for count in [1, 5, 20] {
      let x = Slab.random(count, "x")
      x.values[count - 1] = .nan
      Kernels(set).activate(activation, x.start, count: count)
      #expect(x.values[count - 1].isNaN && x.values.dropLast().allSatisfy { !$0.isNaN })
    }
  }

  @Test("bytes become the nearest floats", arguments: fast)
  func bytes(set: InstructionSet) {
    let bytes = (0..<256).map { UInt8($0) }
    let (got, want) = (Slab(count: 256), Slab(count: 256))
    Kernels(set).floats(from: bytes, count: 256, into: got.start)
    Kernels(.reference).floats(from: bytes, count: 256, into: want.start)
    #expect(Array(got.values) == Array(want.values) && Array(want.values) == bytes.map { Float(Double($0) / 255) })
  }

  @Test("noise is the same on every set, normal, and clipped to [0, 1]", arguments: InstructionSet.available)
  func noise(set: InstructionSet) {
    let stream = RandomStream(seed: 5, name: "noise", index: 3, epoch: 2)
    for count in Self.counts + [100_000] {
      let (got, want) = (Slab(count: count), Slab(count: count))
      for place in 0..<count {
        got.values[place] = 0.5
        want.values[place] = 0.5
      }
      Kernels(set).addNoise(to: got.start, count: count, factor: 0.1, stream: stream)
      Kernels(.reference).addNoise(to: want.start, count: count, factor: 0.1, stream: stream)
      for (g, w) in zip(got.values, want.values) { #expect(abs(g - w) < 2e-6) }
      #expect(got.values.allSatisfy { $0 >= 0 && $0 <= 1 })
      if count == 100_000 {
        let normals = got.values.map { (Double($0) - 0.5) / 0.1 }
        let mean = normals.reduce(0, +) / Double(count)
        let variance = normals.reduce(0) { $0 + $1 * $1 } / Double(count)
        #expect(abs(mean) < 0.02 && abs(variance - 1) < 0.02)
      }
    }
  }

  @Test("dropout drops the same elements on every set, and the given fraction", arguments: InstructionSet.available)
  func dropout(set: InstructionSet) {
    let stream = RandomStream(seed: 6, name: "dropout/x", index: 1, epoch: 0)
    for count in Self.counts + [100_000] {
      let (got, want) = (Slab.random(count, "x"), Slab.random(count, "x"))
      Kernels(set).dropout(got.start, count: count, rate: 0.25, stream: stream, firstBlock: 7)
      Kernels(.reference).dropout(want.start, count: count, rate: 0.25, stream: stream, firstBlock: 7)
      #expect(Array(got.values) == Array(want.values))
      let dropped = got.values.filter { $0 == 0 }.count
      if count == 100_000 { #expect(abs(dropped - 25_000) < 700) }
    }
  }

  @Test("a step of each optimizer, its sums and its moments", arguments: fast, Optimizer.allCases)
  func optimizers(set: InstructionSet, optimizer: Optimizer) {
    for count in Self.counts {
      for decay: Float in [0, 1e-2] {
        let names = ["gradient", "moment1", "moment2", "weights"]
        let results = [Kernels(set), Kernels(.reference)].map { kernels in
          let slabs = names.map { Slab.random(count, $0) }
          for place in 0..<count { slabs[2].values[place] = abs(slabs[2].values[place]) }
          var step = OptimizerStep(optimizer, learningRate: 0.001, step: 3, decay: decay)
          if decay > 0 { step.gain = 0.25 }
          let sums = kernels.update(
            step, gradient: slabs[0].start, moment1: slabs[1].start, moment2: slabs[2].start, weights: slabs[3].start,
            count: count)
          return (slabs: slabs, sums: sums)
        }
        for (got, want) in zip(results[0].slabs, results[1].slabs) { #expect(normalizedError(got, want) < 1e-6) }
        #expect(abs(results[0].sums.gradient - results[1].sums.gradient) <= 1e-5 * results[1].sums.gradient)
        #expect(abs(results[0].sums.weights - results[1].sums.weights) <= 1e-5 * results[1].sums.weights)
      }
    }
  }

  @Test("tree sums and transposes", arguments: fast)
  func sums(set: InstructionSet) {
    let (fast, reference) = (Kernels(set), Kernels(.reference))
    for count in Self.counts {
      for partials in [1, 2, 3, 5, 8, 31, 32] {
        let stride = count + 3
        let source = Slab.random(partials * stride, "partials")
        let (got, want) = (Slab(count: count), Slab(count: count))
        fast.treeSum(source.start, stride: stride, count: partials, length: count, into: got.start)
        reference.treeSum(source.start, stride: stride, count: partials, length: count, into: want.start)
        #expect(normalizedError(got, want) < 1e-6)
      }
    }
    for rows in [1, 7, 8, 9, 16, 33] {
      for columns in [1, 7, 8, 17, 128] {
        let source = Slab.random(rows * (columns + 2), "from")
        let (got, want) = (Slab(count: columns * (rows + 1)), Slab(count: columns * (rows + 1)))
        for (kernels, result) in [(fast, got), (reference, want)] {
          kernels.transpose(
            source.start, rows: rows, columns: columns, fromRow: columns + 2, toRow: rows + 1, into: result.start)
        }
        #expect(Array(got.values) == Array(want.values))
      }
    }
  }

  @Test("sums above limits are counted, equal ones not", arguments: fast)
  func countAbove(set: InstructionSet) {
    let (fast, reference) = (Kernels(set), Kernels(.reference))
    for count in Self.counts {
      let (x, y) = (Slab.random(count, "x"), Slab.random(count, "y"))
      let limits = [x.values[0] + y.values[0], -3, 0, 0.25, 3, 0.125, -0.25]
      let results = [fast, reference].map { kernels in
        var above: [Int32] = [7, 0, 0, 0, 0, 0, 0]
        limits.withUnsafeBufferPointer {
          kernels.countAbove(
            SlabPointer(reading: $0), limits: limits.count, x: x.start, y: y.start, count: count, into: &above)
        }
        return above
      }
      #expect(results[0] == results[1] && results[0][1] == count && results[0][4] == 0)
      #expect(results[0][0] == 7 + Int32((0..<count).filter { x.values[$0] + y.values[$0] > limits[0] }.count))
    }
  }

  @Test("squared distances are added in the order of a plain loop, bit by bit", arguments: fast)
  func squaredDistances(set: InstructionSet) {
    let (fast, reference) = (Kernels(set), Kernels(.reference))
    for (rows, columns, dimensions) in [(1, 16, 1), (3, 16, 7), (8, 32, 5), (13, 96, 40)] {
      let slab = Slab.random((rows + columns) * dimensions, "distances")
      let numbers = (0..<slab.count).map { Double(slab.base[$0]) * 3 + 1e3 }
      let (x, y) = (Array(numbers.prefix(rows * dimensions)), Array(numbers.dropFirst(rows * dimensions)))
      func sums(_ kernels: Kernels, isFused: Bool) -> [Double] {
        var sums = [Double](repeating: 0.5, count: rows * columns)
        kernels.addSquaredDistances(
          x, rows: rows, to: y, columns: columns, dimensions: dimensions, isFused: isFused, sums: &sums)
        return sums
      }
      let want = sums(reference, isFused: false)
      var place = 0
      for row in 0..<rows {
        for column in 0..<columns {
          var sum = 0.5
          for k in 0..<dimensions {
            let difference = x[row * dimensions + k] - y[k * columns + column]
            sum += difference * difference
          }
          #expect(want[place] == sum)
          place += 1
        }
      }
      #expect(sums(fast, isFused: false) == want)
      for (got, want) in zip(sums(fast, isFused: true), want) { #expect(abs(got - want) <= 1e-14 * want) }
    }
  }

  @Test("multiply-adds for the peak are counted, and are really executed", arguments: InstructionSet.available)
  func multiplyAdds(set: InstructionSet) {
    let kernels = Kernels(set)
    let one = kernels.multiplyAdds(rounds: 1)
    #expect(one >= 8 && one % kernels.lanes == 0 && kernels.multiplyAdds(rounds: 0) == 0)
    // A round waits for the one before it, a cycle at least.
    let time = ContinuousClock().measure { #expect(kernels.multiplyAdds(rounds: 2_000_000) == 2_000_000 * one) }
    #expect(time > .microseconds(200))
  }
}
