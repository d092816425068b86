// ParameterSlab.swift
// All weights in one slab, with their gradients and moments in slabs of the same layout.

package import Tensors

/// The state that training changes.
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
  /// Kernels at the points of Winograd's convolutions.
  let points: Slab
  let kernelPoints: [KernelPoints]

  init(_ parameters: [Parameter], kernelPoints: [KernelPoints] = []) throws(OutOfMemory) {
    self.parameters = parameters
    self.kernelPoints = kernelPoints
    points = try Slab(large: kernelPoints.map { $0.offset + $0.shape.pointCount }.max() ?? 0)
    let stored = parameters.map { $0.offset + $0.storedCount }.max() ?? 0
    values = try Slab(large: stored)
    gradient = try Slab(large: stored)
    moment1 = try Slab(large: stored)
    moment2 = try Slab(large: stored)
    transposed = try Slab(
      large: parameters.compactMap { p in p.transposedOffset.map { $0 + p.transposedCount } }.max() ?? 0)
  }

  /// Numbers in all parameters, without padding: what is called the model's weights.
  package var weightCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// One parameter's numbers from a slab of this layout, in the documented order.
  package func numbers(of parameter: Parameter, in slab: Slab) -> [Float] {
    [Float](unsafeUninitializedCapacity: parameter.count) { buffer, count in
      parameter.forEachPlace { documented, stored in buffer[documented] = slab.values[stored] }
      count = parameter.count
    }
  }

  /// Sets one parameter's numbers in a slab of this layout, given in the documented order.
  /// - Precondition: as many numbers as the parameter has.
  package func set(_ parameter: Parameter, in slab: Slab, to numbers: [Float]) {
    precondition(numbers.count == parameter.count, "\(parameter.name) takes \(parameter.count) numbers")
    parameter.forEachPlace { documented, stored in slab.values[stored] = numbers[documented] }
  }

  /// Rows `rows` (inputs of one tap) of a kernel's transposed copy, after its values changed.
  func transpose(_ parameter: Parameter, tap: Int, rows: Range<Int>, with kernels: Kernels) {
    guard let transposedOffset = parameter.transposedOffset else { return }
    let width = padded(parameter.inputs)
    kernels.transpose(
      values.start + (parameter.offset + (tap * parameter.inputs + rows.lowerBound) * parameter.rowLength),
      rows: rows.count, columns: parameter.outputs, fromRow: parameter.rowLength, toRow: width,
      into: transposed.start + (transposedOffset + tap * parameter.outputs * width + rows.lowerBound))
  }

  /// One kernel's points, after its values and their transposed copy changed.
  func computePoints(_ index: Int, with kernels: Kernels) {
    let derived = kernelPoints[index]
    let source = derived.isTransposed ? transposed : values
    kernels.points(of: derived.shape, kernel: source.start + derived.source, into: points.start + derived.offset)
  }

  /// All that is derived from the values, after they were set from outside.
  func deriveAll(with kernels: Kernels) {
    for parameter in parameters where parameter.transposedOffset != nil {
      for tap in 0..<parameter.taps { transpose(parameter, tap: tap, rows: 0..<parameter.inputs, with: kernels) }
    }
    for index in kernelPoints.indices { computePoints(index, with: kernels) }
  }
}
