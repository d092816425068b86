// UpdatePass.swift
// Turns the gradients of a batch into new weights, one piece of a parameter at a time.

import Tensors

/// The plan, the gradients that its pass computed, and the weights and kernels of the update.
struct UpdatePass: Sendable {
  let plan: Autoencoder.Plan
  let slab: ParameterSlab
  let kernels: Kernels
  /// Convolutional: the gradients of a step's shards.
  let partials: Slab
  let partition: BatchPartition
  /// Fully connected: the batch's activations and their gradients.
  let arena: Slab

  /// Computes the whole batch's gradient of one piece: the shards' sum, or a product of activations and their gradients.
  func completeGradient(of unit: UpdateUnit, batchCount: Int) {
    switch plan {
    case .convolutional:
      kernels.treeSum(
        partials.start + unit.offset, stride: partition.stride, count: partition.count, length: unit.count,
        into: slab.gradient.start + unit.offset)
    case .dense(let pass):
      let layer = pass.plan.weighted[unit.parameter / 2]
      if slab.parameters[unit.parameter].isKernel {
        layer.kernelGradient(inputs: unit.inputs, rows: batchCount, arena: arena.start, pass)
      } else if unit.inputs.lowerBound == 0 {
        layer.biasGradient(rows: batchCount, arena: arena.start, pass)
      }
    }
  }

  /// Returns the sum of the squares of the gradient of one piece, decay included; infinite for NaN and for numbers whose squares
  /// overflow: Adam stores the squares.
  func squaredGradient(of unit: UpdateUnit, optimizer: OptimizerStep) -> Double {
    let decay = slab.parameters[unit.parameter].isKernel ? optimizer.decay : 0
    let (gradient, weights) = (slab.gradient.start + unit.offset, slab.values.start + unit.offset)
    var sum = 0.0
    for place in 0..<unit.count {
      let number = gradient[place] + decay * weights[place]
      sum += Double(number * number)
    }
    return sum <= Double(Float.greatestFiniteMagnitude) ? sum : .infinity
  }

  /// Takes one step of the optimizer on one piece, whose gradient is complete, and updates its transposed copy.
  /// - Returns: Σ g², infinite if it overflows a Float, whatever precision the kernel sums in; and Σ w² before the step,
  ///   0 for biases.
  func update(_ unit: UpdateUnit, optimizer: OptimizerStep) -> (gradient: Double, weights: Double) {
    let parameter = slab.parameters[unit.parameter]
    let sums = kernels.update(
      parameter.isKernel ? optimizer : optimizer.ofBias, gradient: slab.gradient.start + unit.offset,
      moment1: slab.moment1.start + unit.offset,
      moment2: slab.moment2.start + unit.offset, weights: slab.values.start + unit.offset, count: unit.count)
    if parameter.transposedOffset != nil {
      slab.transpose(parameter, tap: unit.tap, rows: unit.inputs, with: kernels)
    }
    let isFinite = sums.gradient <= Double(Float.greatestFiniteMagnitude)
    return (isFinite ? sums.gradient : .infinity, parameter.isKernel ? sums.weights : 0)
  }
}

extension Autoencoder {
  var updatePass: UpdatePass {
    UpdatePass(plan: plan, slab: slab, kernels: kernels, partials: partials, partition: partition, arena: arenas[0])
  }
}

/// A piece of one parameter that is updated at once: whole rows of the slab.
struct UpdateUnit: Hashable, Sendable {
  let parameter: Int
  let tap: Int
  /// Rows of the slab in that tap; the inputs, for a kernel with a transposed copy.
  let inputs: Range<Int>
  /// The piece's offset in the slab.
  let offset: Int
  let count: Int

  /// Returns every parameter in pieces of about 8,192 floats, in the order of the slab.
  static func all(of parameters: [Parameter]) -> [UpdateUnit] {
    parameters.enumerated().flatMap { index, parameter -> [UpdateUnit] in
      let rowsOfTap = parameter.order == .outputsLast ? parameter.inputs : parameter.outputs
      let rows = max(12, 8192 / parameter.rowLength / 12 * 12)
      return (0..<parameter.taps).flatMap { tap in
        stride(from: 0, to: rowsOfTap, by: rows).map { start in
          let inputs = start..<min(start + rows, rowsOfTap)
          return UpdateUnit(
            parameter: index, tap: tap, inputs: inputs,
            offset: parameter.offset + (tap * rowsOfTap + start) * parameter.rowLength,
            count: inputs.count * parameter.rowLength)
        }
      }
    }
  }
}
