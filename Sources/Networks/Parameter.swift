// Parameter.swift
// One tensor of weights: its name and shape, and where and how the slab holds it.

import Tensors

/// A kernel or a bias.
///
/// The documented order is that of `shape`, the last dimension fastest: a convolution's kernel is [3, 3, inputs,
/// outputs], a dense one's [inputs, outputs]; a transposed convolution's is [3, 3, inputs, outputs] too, where
/// y[2p+i, 2q+j, k] += Σ x[p, q, c] · w[i, j, c, k]. In the slab rows are padded with zeros to eights.
package struct Parameter: Hashable, Sendable {
  /// Which of the two channel counts a row of the slab holds.
  package enum Order: Hashable, Sendable {
    /// Rows of outputs, one row for each tap and input.
    case outputsLast
    /// Rows of inputs, one row for each tap and output: where the outputs are an image's few channels.
    case inputsLast
  }

  /// For example `encoder/block0/conv0/kernel`: a histogram's tag and a checkpoint's key.
  package let name: String
  /// Without padding.
  package let shape: [Int]
  /// Whether weight decay applies (kernels) or not (biases).
  package let isKernel: Bool
  let order: Order
  /// Floats from the start of the slab.
  package let offset: Int
  /// Where the transposed copy for input gradients starts in its own slab, if there is one.
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

/// A channel count as the buffers hold it: rounded up to eights.
func padded(_ channels: Int) -> Int { (channels + 7) / 8 * 8 }
