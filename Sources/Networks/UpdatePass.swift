// UpdatePass.swift
// Turns the gradients of a batch into new weights, one piece of a parameter at a time.

import Tensors

/// The plan, with the gradients it left, and the weights and kernels of the update.
struct UpdatePass: Sendable {
  let plan: Autoencoder.Plan
  let slab: ParameterSlab
  let kernels: Kernels
  /// Convolutional: the gradients of a step's shards.
  let partials: Slab
  let shards: BatchPartition
  /// Fully connected: the batch's activations and their gradients.
  let arena: Slab

  /// The whole batch's gradient of one piece: the shards' sum, or a product of activations and their gradients.
  func completeGradient(of unit: UpdateUnit, batchCount: Int) {
    switch plan {
    case .convolutional:
      kernels.treeSum(
        partials.start + unit.offset, stride: shards.stride, count: shards.count, length: unit.count,
        into: slab.gradient.start + unit.offset)
    case .dense(let pass):
      let stage = unit.parameter / 2
      if slab.parameters[unit.parameter].isKernel {
        pass.kernelGradient(stage: stage, inputs: unit.inputs, rows: batchCount, arena: arena.start)
      } else if unit.inputs.lowerBound == 0 {
        pass.biasGradient(stage: stage, rows: batchCount, arena: arena.start)
      }
    }
  }

  /// Whether the gradient of one piece, decay included, holds neither NaN nor numbers whose squares overflow: Adam keeps
  /// those, and the norm is their sum.
  func isGradientFinite(of unit: UpdateUnit, adam: AdamStep) -> Bool {
    let decay = slab.parameters[unit.parameter].isKernel ? adam.decay : 0
    let (gradient, weights) = (slab.gradient.start + unit.offset, slab.values.start + unit.offset)
    var sum = 0.0
    for place in 0..<unit.count {
      let number = gradient[place] + decay * weights[place]
      sum += Double(number * number)
    }
    return sum <= Double(Float.greatestFiniteMagnitude)
  }

  /// One step of Adam on one piece, whose gradient is complete, and on its transposed copy.
  /// - Returns: Σ g², infinite where it overflows a Float whatever the kernel adds in, and Σ w² as it was before, of kernels
  ///   only.
  func update(_ unit: UpdateUnit, adam: AdamStep) -> (gradient: Double, weights: Double) {
    let parameter = slab.parameters[unit.parameter]
    var step = adam
    if !parameter.isKernel { step.decay = 0 }
    let sums = kernels.adam(
      step, gradient: slab.gradient.start + unit.offset, moment1: slab.moment1.start + unit.offset,
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
    UpdatePass(plan: plan, slab: slab, kernels: kernels, partials: partials, shards: shards, arena: arenas[0])
  }
}

/// A piece of one parameter that is updated at once: whole rows of the slab.
struct UpdateUnit: Hashable, Sendable {
  let parameter: Int
  let tap: Int
  /// Inputs of that tap (rows of the slab), or all of them for what has no transposed copy.
  let inputs: Range<Int>
  /// Where it lies in the slab.
  let offset: Int
  let count: Int

  /// Every parameter in pieces of about 8,192 floats, in the order of the slab.
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
