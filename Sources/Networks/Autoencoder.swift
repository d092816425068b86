// Autoencoder.swift
// An autoencoder: its layers, its weights, and the threads that work on it.

package import Parallel
package import Tensors

/// A trained, or to be trained, autoencoder for images of one shape.
///
/// One thread at a time may call its methods; inside, the work is shared by as many threads as are allowed, and the results do
/// not depend on how many they are.
package final class Autoencoder {
  package let architecture: Architecture
  package let imageShape: ImageShape
  /// From the input to the picture, for the layer table and the graph.
  package let layers: [Layer]
  package let slab: ParameterSlab
  package let kernels: Kernels
  package let kernelChoice: KernelChoice
  /// Images in a training batch, at most.
  package let batchSize: Int
  /// The share of activations that training drops.
  package let dropout: Float
  /// Height, width, channels of the code; a fully connected one is 1 × 1 × units.
  package let bottleneckShape: [Int]

  let plan: Plan
  let pool: WorkerPool
  /// Convolutional: one a worker. Fully connected: one for the batch.
  let arenas: [Slab]
  /// Convolutional: the gradients of a step's shards, one slab after the other.
  let partials: Slab
  /// Convolutional, where a shard has more images than a run (see `PartitionSum`): a slab of doubles for each worker.
  let shardTotals: [Slab]
  let shards: BatchPartition
  /// Kernels in the order and pieces in which they are updated.
  let updates: [UpdateUnit]

  enum Plan: Sendable {
    case convolutional(ConvolutionalPass)
    case dense(DensePass)
  }

  /// Builds the model and draws its first weights.
  ///
  /// - Parameters:
  ///   - batchSize: images in a step, at most; fixes how a batch is cut, and so the last bits of a sum.
  ///   - dropout: the share of hidden activations dropped in training, in [0, 1).
  ///   - seed: of the weights; nil where all of them will be set.
  ///   - kernels: how convolutions are computed; the reference leaves out `instructionSet` too.
  /// - Throws: `ArchitectureError`, `OutOfMemory`.
  package init(
    _ architecture: Architecture, imageShape: ImageShape, batchSize: Int = 256, dropout: Float = 0, seed: UInt64? = 0,
    threads: ThreadAllowance = ThreadAllowance(processorCount), instructionSet: InstructionSet = .best,
    kernels choice: KernelChoice = .auto
  ) throws {
    try architecture.validate()
    try architecture.checkSize(imageShape: imageShape)
    self.architecture = architecture
    self.imageShape = imageShape
    self.batchSize = batchSize
    self.dropout = dropout
    kernels = Kernels(choice == .reference ? .reference : instructionSet)
    kernelChoice = choice
    pool = WorkerPool(threads)
    switch architecture {
    case .convolutional(let filters, let downsampling):
      var builder = ConvolutionalBuilder(
        filters: filters, downsampling: downsampling, image: imageShape, dropout: dropout,
        usesWinograd: choice == .auto && kernels.hasWinograd)
      let plan = builder.build()
      slab = try ParameterSlab(plan.parameters, kernelPoints: plan.kernelPoints)
      layers = plan.layers
      bottleneckShape = plan.bottleneck.shape
      arenas = try (0..<pool.threads).map { _ in try Slab(large: plan.arenaCount) }
      shards = BatchPartition(batchSize: batchSize, gradientCount: slab.values.count)
      partials = try Slab(large: shards.count * shards.stride)
      let stride = shards.images > PartitionSum.run ? shards.stride : 0
      shardTotals = try (0..<(stride > 0 ? pool.threads : 0)).map { _ in try Slab(large: 2 * stride) }
      self.plan = .convolutional(ConvolutionalPass(plan: plan, slab: slab, kernels: kernels, image: imageShape))
    case .fullyConnected(let hiddenUnits):
      let plan = DensePlan(
        hiddenUnits: hiddenUnits, image: imageShape, capacity: max(batchSize, Autoencoder.inferenceRows))
      slab = try ParameterSlab(plan.parameters)
      layers = plan.layers
      bottleneckShape = [hiddenUnits.last ?? 0]
      arenas = [try Slab(large: plan.arenaCount)]
      shards = BatchPartition(rowsOf: batchSize, weights: slab.values.count, threads: threads.now)
      partials = Slab(count: 0)
      shardTotals = []
      self.plan = .dense(DensePass(plan: plan, slab: slab, kernels: kernels, image: imageShape))
    }
    updates = UpdateUnit.all(of: slab.parameters)
    if let seed {
      slab.initialize(seed: seed)
      slab.deriveAll(with: kernels)
    }
  }

  /// Rows of a fully connected network in flight when nothing is trained.
  static let inferenceRows = 512

  /// The instruction set, and Winograd's convolutions where some layer uses them: "avx512+winograd".
  package var kernelsName: String {
    kernels.instructionSet.rawValue + (slab.kernelPoints.isEmpty ? "" : "+winograd")
  }

  /// Numbers in the code.
  package var bottleneckCount: Int { bottleneckShape.reduce(1, *) }

  /// Sets all weights, each parameter's given in the documented order, and what is derived from them.
  package func setWeights<Failure: Error>(_ numbers: (Parameter) throws(Failure) -> [Float]) throws(Failure) {
    for parameter in slab.parameters { slab.set(parameter, in: slab.values, to: try numbers(parameter)) }
    slab.deriveAll(with: kernels)
  }

  /// Sets weights, given in the documented order, and what is derived from them.
  package func setWeights(_ parameter: Parameter, to numbers: [Float]) {
    slab.set(parameter, in: slab.values, to: numbers)
    slab.deriveAll(with: kernels)
  }
}
