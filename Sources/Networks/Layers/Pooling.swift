// Pooling.swift
// The largest, or the mean, of each 2×2 window.

import Tensors

/// A layer that halves a picture by 2×2 windows.
final class Pooling: ImageLayer {
  private let input: Signal
  private let output: Volume
  private let outputGradient: Volume
  private let shape: Pool

  init(input: Signal, output: Volume, outputGradient: Volume, shape: Pool) {
    self.input = input
    self.output = output
    self.outputGradient = outputGradient
    self.shape = shape
  }

  func forward(_ image: ImageState, _ pass: ConvolutionalPass) {
    pass.kernels.pool(shape, x: image.arena + input.volume.origin, y: image.arena + output.origin)
  }

  func backward(_ image: ImageState, _ pass: ConvolutionalPass, into sum: GradientSum) {
    guard let dx = input.gradient else { return }
    pass.kernels.poolGradient(
      shape, x: image.arena + input.volume.origin, pooled: image.arena + outputGradient.origin,
      gradient: image.arena + dx.origin)
  }
}

extension ConvolutionalBuilder {
  /// Adds the largest or the mean of each 2×2 window.
  mutating func pool(_ name: String, _ input: Signal, _ method: Pool.Method, growsOdd: Bool) -> Signal {
    let x = input.volume
    let output = halved(x, channels: x.channels, .linear, growsOdd: growsOdd)
    let y = output.volume.corner(height: x.height / 2, width: x.width / 2)
    layers.append(
      Pooling(
        input: input, output: y, outputGradient: output.gradient ?? y,
        shape: Pool(
          method, rows: y.height, columns: y.width, channels: padded(x.channels), x: x.grid, y: y.grid,
          scale: input.activation == .relu ? dropoutScale : 1, isGated: input.activation == .relu)))
    describe(name, .pool(method), y)
    return output
  }

  /// Reserves a signal with half the sides.
  /// - Parameter growsOdd: whether an odd side grows by a row below or a column on the right, since it will be halved too.
  mutating func halved(_ x: Volume, channels: Int, _ activation: Activation, growsOdd: Bool) -> Signal {
    let (height, width) = (x.height / 2, x.width / 2)
    return growsOdd
      ? signal(height: height + height % 2, width: width + width % 2, channels: channels, activation)
      : signal(height: height, width: width, channels: channels, activation)
  }
}
