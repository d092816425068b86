// BatchPartition.swift
// How a batch is cut: what is summed, by a rule of the model and the batch alone, so that any number of threads adds in the
// same order.

/// The cut of a batch.
struct BatchPartition: Hashable, Sendable {
  /// Images in a shard; the last may have fewer.
  let images: Int
  let count: Int
  /// Floats from one shard's gradient to the next's.
  let stride: Int

  /// BatchPartition that each sum into a gradient of their own: 32 of them, or fewer where those would leave the caches.
  init(batchSize: Int, gradientCount: Int) {
    stride = (gradientCount + 31) / 16 * 16
    let affordable = max(4, (8 << 20) / (stride * 4))
    let wanted = min(32, affordable, batchSize)
    images = (batchSize + wanted - 1) / wanted
    count = (batchSize + images - 1) / images
  }

  /// Groups of rows of a fully connected batch, each taken through the network by one thread. Nothing is summed over a
  /// group, so its size may depend on the threads: weights that do not fit the caches are fetched once a group, and want
  /// large ones.
  init(rowsOf batchSize: Int, weights: Int, threads: Int) {
    let share = (batchSize + threads - 1) / threads
    images = weights <= 1 << 18 ? 32 : min(max(32, (share + 7) / 8 * 8), 128)
    count = (batchSize + images - 1) / images
    stride = 0
  }

  /// The images of a shard of a batch of `size` images.
  func range(_ shard: Int, of size: Int) -> Range<Int> {
    min(shard * images, size)..<min((shard + 1) * images, size)
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
