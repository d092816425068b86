// BatchPartition.swift
// Splits a batch independently of the thread count, so that sums are reproducible, and sums each part's gradient.

import Tensors

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

/// One shard's gradient while a worker sums it.
struct PartitionSum {
  /// Images that are added one by one in single precision: equal numbers then lose at most a millionth of their sum.
  static let run = 64

  let pass: ConvolutionalPass
  let arena: SlabPointer
  /// The shard's gradient, in the weights' layout.
  let gradient: SlabPointer
  /// The sums of the runs so far; nil where no shard has more than one run.
  let totals: UnsafeMutablePointer<Double>?
  /// Images in the shard.
  let count: Int

  /// How many of the images before number `image` of the shard are in its run.
  func imagesInRun(before image: Int) -> Int { image % Self.run }

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

/// Where the shards of a batch are summed.
struct ShardSums: Sendable {
  let pass: ConvolutionalPass
  /// One a worker.
  let arenas: [Slab]
  /// The gradients of the shards.
  let partials: Slab
  /// Doubles, one slab a worker; none where no shard has more than one run.
  let totals: [Slab]
  let shards: BatchPartition

  /// The sum of a shard of `count` images, begun anew: zero if there are none.
  func begin(_ shard: Int, worker: Int, count: Int) -> PartitionSum {
    let gradient = partials.start + shard * shards.stride
    if count == 0 { gradient.update(repeating: 0, count: pass.slab.values.count) }
    return PartitionSum(
      pass: pass, arena: arenas[worker].start, gradient: gradient,
      totals: totals.isEmpty ? nil : totals[worker].start.doubles(pass.slab.values.count), count: count)
  }
}

extension Autoencoder {
  func shardSums(_ pass: ConvolutionalPass) -> ShardSums {
    ShardSums(pass: pass, arenas: arenas, partials: partials, totals: shardTotals, shards: shards)
  }
}
