// ParameterSlab.swift
// All weights in one slab, with their gradients and moments in slabs of the same layout, and how the first weights are drawn.

package import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The state that training changes: weights, gradients and Adam's moments.
package final class ParameterSlab: Sendable {
  package let parameters: [Parameter]
  /// The weights, parameter after parameter, padded.
  package let values: Slab
  /// The last step's gradient, weight decay included.
  package let gradient: Slab
  /// Adam's moments.
  package let moment1: Slab
  package let moment2: Slab
  /// Kernels with inputs and outputs exchanged, [taps, outputs, padded inputs], for input gradients.
  let transposed: Slab
  /// Kernels at the points of Winograd's convolutions; `winogradKernels` says where each lies.
  let points: Slab
  let winogradKernels: [WinogradKernel]

  init(_ parameters: [Parameter], winogradKernels: [WinogradKernel] = []) throws(OutOfMemory) {
    self.parameters = parameters
    self.winogradKernels = winogradKernels
    points = try Slab(large: winogradKernels.map { $0.offset + $0.shape.pointCount }.max() ?? 0)
    let stored = parameters.map { $0.offset + $0.storedCount }.max() ?? 0
    values = try Slab(large: stored)
    gradient = try Slab(large: stored)
    moment1 = try Slab(large: stored)
    moment2 = try Slab(large: stored)
    transposed = try Slab(
      large: parameters.compactMap { p in p.transposedOffset.map { $0 + p.transposedCount } }.max() ?? 0)
  }

  /// Numbers in all parameters, without padding: the number of weights of the model.
  package var weightCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// Returns one parameter's numbers from a slab of this layout, in the documented order.
  package func numbers(of parameter: Parameter, in slab: Slab) -> [Float] {
    [Float](unsafeUninitializedCapacity: parameter.count) { buffer, count in
      parameter.forEachPlace { documented, stored in buffer[documented] = slab.values[stored] }
      count = parameter.count
    }
  }

  /// Sets one parameter's numbers in a slab of this layout, given in the documented order.
  /// - Precondition: there are as many numbers as the parameter has.
  package func set(_ parameter: Parameter, in slab: Slab, to numbers: [Float]) {
    precondition(numbers.count == parameter.count, "\(parameter.name) takes \(parameter.count) numbers")
    parameter.forEachPlace { documented, stored in slab.values[stored] = numbers[documented] }
  }

  /// Updates rows `rows` (inputs of one tap) of a kernel's transposed copy, after its values changed.
  func transpose(_ parameter: Parameter, tap: Int, rows: Range<Int>, with kernels: Kernels) {
    guard let transposedOffset = parameter.transposedOffset else { return }
    let width = padded(parameter.inputs)
    kernels.transpose(
      values.start + (parameter.offset + (tap * parameter.inputs + rows.lowerBound) * parameter.rowLength),
      rows: rows.count, columns: parameter.outputs, fromRow: parameter.rowLength, toRow: width,
      into: transposed.start + (transposedOffset + tap * parameter.outputs * width + rows.lowerBound))
  }

  /// Updates one kernel's points, after its values and their transposed copy changed.
  func computeWinogradKernel(_ index: Int, with kernels: Kernels) {
    let derived = winogradKernels[index]
    let source = derived.isTransposed ? transposed : values
    kernels.points(of: derived.shape, kernel: source.start + derived.source, into: points.start + derived.offset)
  }

  /// Updates all data derived from the values, after they were set from outside.
  func deriveAll(with kernels: Kernels) {
    for parameter in parameters where parameter.transposedOffset != nil {
      for tap in 0..<parameter.taps { transpose(parameter, tap: tap, rows: 0..<parameter.inputs, with: kernels) }
    }
    for index in winogradKernels.indices { computeWinogradKernel(index, with: kernels) }
  }
}

/// A tensor of weights, a kernel or a bias: its name, its shape, and where the slab holds it.
///
/// The documented order is that of `shape`, the last dimension fastest. A convolution's kernel is [3, 3, inputs,
/// outputs], a dense layer's [inputs, outputs]. A transposed convolution's is [3, 3, inputs, outputs] too, where
/// y[2p+i, 2q+j, k] += Σ x[p, q, c] · w[i, j, c, k]. In the slab, rows are padded with zeros to a multiple of 8.
package struct Parameter: Hashable, Sendable {
  /// The layout of a kernel in the slab: whether a row holds outputs or inputs.
  package enum Order: Hashable, Sendable {
    /// Rows of outputs, one row for each tap and input.
    case outputsLast
    /// Rows of inputs, one row for each tap and output, for kernels whose outputs are an image's few channels.
    case inputsLast
  }

  /// For example `encoder/block0/conv0/kernel`: a histogram's tag and a checkpoint's key.
  package let name: String
  /// The extents without padding.
  package let shape: [Int]
  /// Whether weight decay applies (kernels) or not (biases).
  package let isKernel: Bool
  let order: Order
  /// Floats from the start of the slab.
  package let offset: Int
  /// The offset of the transposed copy, for input gradients, in its own slab; nil if there is none.
  let transposedOffset: Int?

  /// Numbers in the tensor.
  package var count: Int { shape.reduce(1, *) }
  var taps: Int { shape.count == 4 ? shape[0] * shape[1] : 1 }
  var inputs: Int { shape.count == 1 ? 1 : shape[shape.count - 2] }
  var outputs: Int { shape.last ?? 0 }
  /// Floats in a row of the slab.
  var rowLength: Int { padded(order == .outputsLast ? outputs : inputs) }
  /// Floats in the slab, padding included.
  package var storedCount: Int { taps * (order == .outputsLast ? inputs : outputs) * rowLength }
  /// Floats in the transposed copy.
  var transposedCount: Int { taps * outputs * padded(inputs) }

  /// Calls `body` with each number's place in the documented order and its place in the slab.
  func forEachPlace(_ body: (_ documented: Int, _ stored: Int) -> Void) {
    var documented = 0
    for tap in 0..<taps {
      for input in 0..<inputs {
        for output in 0..<outputs {
          let stored =
            order == .outputsLast
            ? (tap * inputs + input) * rowLength + output : (tap * outputs + output) * rowLength + input
          body(documented, offset + stored)
          documented += 1
        }
      }
    }
  }
}

/// Returns a channel count as the buffers hold it: rounded up to a multiple of 8.
func padded(_ channels: Int) -> Int { (channels + 7) / 8 * 8 }

/// A kernel, or its transposed copy, at the 36 points of a Winograd convolution.
struct WinogradKernel: Sendable {
  let shape: WinogradConvolution
  /// Whether the points are computed from the transposed copy, for an input's gradient.
  let isTransposed: Bool
  /// The kernel's offset in the slab of values, or of transposed copies.
  let source: Int
  /// The offset in the slab of points.
  let offset: Int
}

extension ParameterSlab {
  /// Draws the first weights: He normal over the fan-in, truncated at two standard deviations; biases are zero.
  ///
  /// Every kernel has its own stream, "initial weights/NAME", so that no layer's weights depend on another's.
  ///
  /// Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015. The standard deviation is divided by that of a
  /// unit normal truncated at ±2, so the variance is 2 / fan-in.
  func initialize(seed: UInt64) {
    for parameter in parameters where parameter.isKernel {
      var stream = RandomStream(seed: seed, name: "initial weights/" + parameter.name)
      let deviation = (2 / Double(parameter.taps * parameter.inputs)).squareRoot() / 0.87962566103423978
      set(
        parameter, in: values, to: (0..<parameter.count).map { _ in Float(deviation * truncatedNormal(&stream)) })
    }
  }
}

/// Draws from a unit normal (Box and Muller).
package func normalDraw(_ stream: inout RandomStream) -> Double {
  let radius = (-2 * log((Double(stream.nextWord()) + 0.5) * 0x1p-32)).squareRoot()
  return radius * cos(2 * Double.pi * Double(stream.nextWord()) * 0x1p-32)
}

/// Draws from a unit normal within ±2; a draw beyond is repeated.
private func truncatedNormal(_ stream: inout RandomStream) -> Double {
  while true {
    let draw = normalDraw(&stream)
    if abs(draw) <= 2 { return draw }
  }
}
