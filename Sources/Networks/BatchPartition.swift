// BatchPartition.swift
// Splits a batch independently of the thread count, so that sums are reproducible, and sums each part's gradient.

import Tensors

/// The split of a batch into shards: a rule of the model and the batch size, so that any number of threads adds in the
/// same order.
struct BatchPartition: Hashable, Sendable {
  /// Images in a shard; the last may have fewer.
  let images: Int
  /// Shards in a full batch.
  let count: Int
  /// Floats from one shard's gradient to the next's.
  let stride: Int

  /// Splits a batch into shards that each sum into their own gradient: 32, or fewer if the gradients would not fit the
  /// caches.
  init(batchSize: Int, gradientCount: Int) {
    stride = (gradientCount + 31) / 16 * 16
    let affordable = max(4, (8 << 20) / (stride * 4))
    let wanted = min(32, affordable, batchSize)
    images = (batchSize + wanted - 1) / wanted
    count = (batchSize + images - 1) / images
  }

  /// Splits a fully connected batch into groups of rows, each computed by one thread.
  ///
  /// Nothing is summed over a group, so its size may depend on the threads. Weights that do not fit the caches are
  /// fetched once a group, so large groups are faster.
  init(rowsOf batchSize: Int, weights: Int, threads: Int) {
    let rows = (batchSize + threads - 1) / threads
    images = weights <= 1 << 18 ? 32 : min(max(32, (rows + 7) / 8 * 8), 128)
    count = (batchSize + images - 1) / images
    stride = 0
  }

  /// Returns the images of a shard of a batch of `size` images.
  func range(_ shard: Int, of size: Int) -> Range<Int> {
    min(shard * images, size)..<min((shard + 1) * images, size)
  }
}

/// One shard's gradient while a worker sums it: in single precision within a run of images, in double precision over
/// the runs.
struct ShardSum {
  /// Images in a run, which are added in single precision: equal numbers then lose at most a millionth of their sum.
  static let run = 64

  let pass: ConvolutionalPass
  let arena: SlabPointer
  /// The shard's gradient, in the weights' layout.
  let gradient: SlabPointer
  /// The sums of the runs so far; nil if no shard has more than one run.
  let totals: UnsafeMutablePointer<Double>?
  /// Images in the shard.
  let count: Int

  /// Returns the place for the gradient of image number `image` of the shard.
  func place(ofImage image: Int, scale: Float) -> GradientSum {
    GradientSum(gradient: gradient, images: image % Self.run, scale: scale)
  }

  /// Closes the run after image number `image` of the shard if it is the run's last.
  func finish(after image: Int) {
    let done = image + 1
    guard done % Self.run == 0 || done == count else { return }
    pass.finish(images: image % Self.run + 1, arena: arena, gradient: gradient)
    guard let totals, count > Self.run else { return }
    let weights = pass.slab.values.count
    pass.kernels.widen(gradient, count: weights, accumulate: done > Self.run, into: totals)
    if done == count { pass.kernels.settle(totals, count: weights, into: gradient) }
  }
}

/// The memory in which the shards of a batch are summed.
struct ShardSums: Sendable {
  let pass: ConvolutionalPass
  /// Activations, a slab for each worker.
  let arenas: [Slab]
  /// The gradients of the shards.
  let partials: Slab
  /// Doubles, a slab for each worker; empty if no shard has more than one run.
  let totals: [Slab]
  let partition: BatchPartition

  /// Begins the sum of a shard of `count` images; it is zero if there are none.
  func begin(_ shard: Int, worker: Int, count: Int) -> ShardSum {
    let gradient = partials.start + shard * partition.stride
    if count == 0 { gradient.update(repeating: 0, count: pass.slab.values.count) }
    return ShardSum(
      pass: pass, arena: arenas[worker].start, gradient: gradient,
      totals: totals.isEmpty ? nil : totals[worker].start.doubles(pass.slab.values.count), count: count)
  }
}

extension Autoencoder {
  func shardSums(_ pass: ConvolutionalPass) -> ShardSums {
    ShardSums(pass: pass, arenas: arenas, partials: partials, totals: shardTotals, partition: partition)
  }
}
