// Autoencoder.swift
// An autoencoder: its layers, its weights, and the threads that work on it.

package import Parallel
package import Tensors

/// An autoencoder, trained or not, for images of one shape.
///
/// One thread at a time may call its methods. They divide their work among the allowed threads; the results do not
/// depend on the number of threads.
package final class Autoencoder {
  package let architecture: Architecture
  package let imageShape: ImageShape
  /// The layers from the input to the output, for the layer table and the graph.
  package let layers: [Layer]
  package let slab: ParameterSlab
  package let kernels: Kernels
  package let kernelChoice: KernelChoice
  /// The loss that training minimizes.
  package let loss: Loss
  /// Variational models: the weight in the loss of the code's divergence from the standard normal distribution.
  package let beta: Float
  /// The most images in a training batch.
  package let batchSize: Int
  /// The fraction of activations that training drops.
  package let dropout: Float
  /// Height, width and channels of the code; the number of units alone if a dense layer makes it.
  package let bottleneckShape: [Int]

  let plan: Plan
  let pool: WorkerPool
  /// Activations. Convolutional: a slab for each worker. Fully connected: one for the batch.
  let arenas: [Slab]
  /// Convolutional: the gradients of a step's shards, one slab after the other.
  let partials: Slab
  /// Convolutional, if a shard has more images than a run (see `ShardSum`): a slab of doubles for each worker.
  let shardTotals: [Slab]
  let partition: BatchPartition
  /// Kernels in the order and pieces in which they are updated.
  let updates: [UpdateUnit]

  enum Plan: Sendable {
    case convolutional(ConvolutionalPass)
    case dense(DensePass)
  }

  /// Builds the model and draws its first weights.
  ///
  /// - Parameters:
  ///   - batchSize: the most images in a step. It fixes how a batch is split, and so the last bits of a sum.
  ///   - dropout: the fraction of hidden activations dropped in training, in [0, 1).
  ///   - seed: the seed of the weights; nil if all of them will be set later.
  ///   - kernels: how convolutions are computed; `.reference` also overrides `instructionSet`.
  /// - Throws: `ArchitectureError`, `OutOfMemory`.
  package init(
    _ architecture: Architecture, imageShape: ImageShape, batchSize: Int = 256, dropout: Float = 0, seed: UInt64? = 0,
    threads: ThreadAllowance = ThreadAllowance(processorCount), instructionSet: InstructionSet = .best,
    kernels choice: KernelChoice = .auto, loss: Loss = .crossEntropy, beta: Float = 1
  ) throws {
    try architecture.validate()
    try architecture.checkSize(imageShape: imageShape)
    self.architecture = architecture
    self.imageShape = imageShape
    self.batchSize = batchSize
    self.dropout = dropout
    kernels = Kernels(choice == .reference ? .reference : instructionSet)
    kernelChoice = choice
    self.loss = loss
    self.beta = beta
    pool = WorkerPool(threads)
    switch architecture.family {
    case .convolutional:
      var builder = ConvolutionalBuilder(
        architecture, image: imageShape, dropout: dropout, usesWinograd: choice == .auto && kernels.hasWinograd,
        beta: beta)
      let plan = builder.build()
      slab = try ParameterSlab(plan.parameters, winogradKernels: plan.winogradKernels)
      layers = plan.table
      bottleneckShape = architecture.code > 0 ? [architecture.code] : plan.bottleneck.shape
      arenas = try (0..<pool.threads).map { _ in try Slab(large: plan.arenaCount) }
      partition = BatchPartition(batchSize: batchSize, gradientCount: slab.values.count)
      partials = try Slab(large: partition.count * partition.stride)
      let stride = partition.images > ShardSum.run ? partition.stride : 0
      shardTotals = try (0..<(stride > 0 ? pool.threads : 0)).map { _ in try Slab(large: 2 * stride) }
      self.plan = .convolutional(
        ConvolutionalPass(
          plan: plan, slab: slab, kernels: kernels, image: imageShape, loss: loss))
    case .fullyConnected:
      let plan = DensePlan(
        architecture, image: imageShape, capacity: max(batchSize, Autoencoder.inferenceRows), beta: beta)
      slab = try ParameterSlab(plan.parameters)
      layers = plan.table
      bottleneckShape = [architecture.encoderUnits.last ?? 0]
      arenas = [try Slab(large: plan.arenaCount)]
      partition = BatchPartition(rowsOf: batchSize, weights: slab.values.count, threads: threads.now)
      partials = Slab(count: 0)
      shardTotals = []
      self.plan = .dense(DensePass(plan: plan, slab: slab, kernels: kernels, image: imageShape, loss: loss))
    }
    updates = UpdateUnit.all(of: slab.parameters)
    if let seed {
      slab.initialize(seed: seed)
      slab.deriveAll(with: kernels)
    }
  }

  /// Rows that a fully connected network computes at once outside training.
  static let inferenceRows = 512

  /// The instruction set, with a mark if some layer uses Winograd's convolutions: "avx512+winograd".
  package var kernelsName: String {
    kernels.instructionSet.rawValue + (slab.winogradKernels.isEmpty ? "" : "+winograd")
  }

  /// Numbers in the code.
  package var bottleneckCount: Int { bottleneckShape.reduce(1, *) }

  /// Sets all weights, each parameter's given in the documented order, and updates the data derived from them.
  package func setWeights<Failure: Error>(_ numbers: (Parameter) throws(Failure) -> [Float]) throws(Failure) {
    for parameter in slab.parameters { slab.set(parameter, in: slab.values, to: try numbers(parameter)) }
    slab.deriveAll(with: kernels)
  }

  /// Sets one parameter's weights, given in the documented order, and updates the data derived from them.
  package func setWeights(_ parameter: Parameter, to numbers: [Float]) {
    slab.set(parameter, in: slab.values, to: numbers)
    slab.deriveAll(with: kernels)
  }
}

/// The way in which layers are computed. The results differ only in rounding.
package enum KernelChoice: String, CaseIterable, Sendable {
  /// The fastest for each layer: Winograd's convolutions where they are faster, direct ones elsewhere.
  case auto
  /// Direct convolutions only.
  case direct
  /// Plain loops summed in double precision: slow; the others are tested against it.
  case reference
}

/// The noise that a denoising autoencoder removes.
package enum Noise: String, CaseIterable, Sendable {
  /// Normal noise added to each number, then clipped to [0, 1].
  case gaussian
  /// Numbers set to 0.
  case masking
}

/// The noise and dropout that training applies to inputs and activations.
package struct Perturbation: Sendable {
  package var noise: Noise
  /// The standard deviation of the normal noise, or the fraction of numbers that is masked; 0 for none.
  package var noiseFactor: Float
  /// The fraction of activations dropped; 0 for none.
  package var dropout: Float
  package var seed: UInt64
  package var epoch: UInt32
  /// Whether a variational model draws its codes; else the means are the codes.
  package var drawsCodes: Bool
  /// The name of the noise's random stream: training and evaluation draw different noise.
  package var noiseName: String

  package init(
    noise: Noise = .gaussian, noiseFactor: Float, dropout: Float, seed: UInt64, epoch: UInt32,
    drawsCodes: Bool = false, noiseName: String = "noise"
  ) {
    self.noise = noise
    self.noiseFactor = noiseFactor
    self.dropout = dropout
    self.seed = seed
    self.epoch = epoch
    self.drawsCodes = drawsCodes
    self.noiseName = noiseName
  }

  /// No noise and no dropout.
  package static let none = Perturbation(noiseFactor: 0, dropout: 0, seed: 0, epoch: 0)

  /// Adds an image's noise.
  /// - Parameter number: the image's number in its set.
  func addNoise(to image: SlabPointer, count: Int, number: UInt32, with kernels: Kernels) {
    guard noiseFactor > 0 else { return }
    let stream = RandomStream(seed: seed, name: noiseName, index: number, epoch: epoch)
    switch noise {
    case .gaussian: kernels.addNoise(to: image, count: count, factor: noiseFactor, stream: stream)
    case .masking: kernels.mask(image, count: count, rate: noiseFactor, stream: stream)
    }
  }
}
