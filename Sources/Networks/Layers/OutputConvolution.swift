// OutputConvolution.swift
// The decoder's last layer: a transposed convolution with stride 1 to an image's few channels, without a function.

import Tensors

/// The transposed convolution to the logits. Its few outputs are not padded, so it has kernels of its own.
final class OutputConvolution: ImageLayer {
  private let input: Signal
  private let output: Volume
  private let outputGradient: Volume
  private let weights: WeightPair
  private let forward: NarrowCorrelation
  private let backward: PlacedCorrelation
  private let gradient: OuterSum

  init(
    input: Signal, output: Volume, outputGradient: Volume, weights: WeightPair, forward: NarrowCorrelation,
    backward: PlacedCorrelation, gradient: OuterSum
  ) {
    self.input = input
    self.output = output
    self.outputGradient = outputGradient
    self.weights = weights
    self.forward = forward
    self.backward = backward
    self.gradient = gradient
  }

  func forward(_ image: ImageState, _ pass: ConvolutionalPass) {
    let values = pass.slab.values.start
    pass.kernels.narrow(
      forward, x: image.arena + input.volume.origin, weights: values + weights.kernel.offset,
      bias: values + weights.bias.offset, y: image.arena + output.origin)
  }

  func backward(_ image: ImageState, _ pass: ConvolutionalPass, into sum: GradientSum) {
    let arena = image.arena
    pass.kernels.outerSum(
      gradient, a: arena + outputGradient.origin, b: arena + input.volume.origin,
      weights: sum.gradient + weights.kernel.offset, accumulate: sum.images > 0)
    sumBias(arena, pass, into: sum)
    pass.kernels.correlate(
      backward.shape, x: arena + backward.x, weights: pass.slab.values.start + weights.kernel.offset,
      gate: backward.gate.map { arena + $0 }, y: arena + backward.y)
  }

  /// Sums the gradient by the bias of the image's few channels, which are not padded.
  ///
  /// The kernel takes eight pixels as one with eight times the channels; the eight sums of each channel are added here.
  private func sumBias(_ arena: SlabPointer, _ pass: ConvolutionalPass, into sum: GradientSum) {
    let (image, gradient) = (pass.image, sum.gradient + weights.bias.offset)
    let (pixels, wide) = (arena + pass.plan.croppedGradient.origin, 8 * image.channels)
    let whole = image.count / wide
    withUnsafeTemporaryAllocation(of: Float.self, capacity: wide) { sums in
      pass.kernels.sumPixels(
        pixels, rows: 1, columns: whole, outputs: wide, grid: PixelGrid(step: wide, row: 0), accumulate: false,
        sums: SlabPointer(writing: sums))
      for channel in 0..<image.channels {
        var total = sum.images > 0 ? Double(gradient[channel]) : 0
        for place in stride(from: channel, to: wide, by: image.channels) { total += Double(sums[place]) }
        for place in stride(from: whole * wide + channel, to: image.count, by: image.channels) {
          total += Double(pixels[place])
        }
        gradient[channel] = Float(total)
      }
    }
  }
}

extension ConvolutionalBuilder {
  /// Adds y[p + i − k/2] += x[p] w[i] to the image's channels.
  mutating func outputConvolution(
    _ name: String, _ input: Signal, kernel side: Int
  ) -> (logits: Volume, gradient: Volume) {
    let (x, outputs, middle) = (input.volume, image.channels, side / 2)
    let y = volume(height: x.height, width: x.width, channels: outputs, step: outputs)
    let g = volume(height: x.height, width: x.width, channels: outputs, step: outputs)
    let pair = weights(name, shape: [side, side, x.channels, outputs], order: .inputsLast, needsTransposed: false)
    let (offsets, rowOfKernel) = (KernelOffset.all(side), outputs * padded(x.channels))
    let narrow = NarrowCorrelation(
      rows: y.height, columns: y.width, channels: padded(x.channels), outputs: outputs, x: x.grid, y: y.grid,
      taps: offsets.enumerated().map { index, tap in
        Tap(x.grid.offset(middle - tap.row, middle - tap.column), index * rowOfKernel)
      })
    let shifted = offsets.map { g.grid.offset($0.row - middle, $0.column - middle) }
    let gradient = OuterSum(
      rows: x.height, columns: x.width, channels: outputs, outputs: padded(x.channels), a: g.grid, b: x.grid,
      taps: shifted.map { Tap($0, 0) })
    let dx = input.gradient ?? x
    let backward = Correlation(
      rows: x.height, columns: x.width, channels: outputs, outputs: padded(x.channels), x: g.grid, y: dx.grid,
      taps: shifted.enumerated().map { Tap($1, $0 * rowOfKernel) }, epilogue: gate(input))
    layers.append(
      OutputConvolution(
        input: input, output: y, outputGradient: g, weights: pair, forward: narrow,
        backward: PlacedCorrelation(shape: backward, x: g.origin, y: dx.origin, gate: gateOrigin(input)),
        gradient: gradient))
    describe(
      name, .transposedConvolution(kernel: side, stride: 1, before: middle), y, weights: pair,
      multiplyAdds: y.height * y.width * side * side * x.channels * outputs)
    return (y, g)
  }
}
