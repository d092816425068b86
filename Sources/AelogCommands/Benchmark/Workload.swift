// Workload.swift
// The work that a benchmark measures: training steps, encoding and reconstruction of a model on consecutive batches.

package import Datasets
import Networks
import Parallel
package import Tensors
import Training

/// A model and images, with the operations to measure.
final class Workload {
  let model: Autoencoder
  private let images: ImageDataset
  private let configuration: TrainingConfiguration
  private let order: [Int32]
  private var steps = 0
  private var next = 0

  /// - Precondition: there is at least one image.
  init(
    _ configuration: TrainingConfiguration, on images: ImageDataset, threads: Int,
    instructionSet: InstructionSet = .best
  ) throws {
    self.configuration = configuration
    self.images = images
    var shuffle = RandomStream(seed: configuration.seed, name: "shuffle")
    order = shuffle.permutation(of: images.count)
    model = try Autoencoder(
      configuration.architecture, imageShape: images.shape, batchSize: configuration.batchSize,
      dropout: Float(configuration.dropout), seed: configuration.seed, threads: ThreadAllowance(threads),
      instructionSet: instructionSet, kernels: configuration.kernels, loss: configuration.loss,
      beta: Float(configuration.beta))
  }

  /// Does one training step.
  /// - Returns: the number of images in it.
  func train() -> Double {
    step { pixels, batch, perturbation, optimizer in
      _ = model.step(pixels: pixels, batch: batch, perturbation: perturbation, optimizer: optimizer)
      return Double(batch.count)
    }
  }

  /// Does one training step on one thread.
  /// - Returns: the number of images in it, and the time of each part.
  func timedStep() -> (images: Double, times: StepTimes) {
    step { pixels, batch, perturbation, optimizer in
      let times = model.timedStep(pixels: pixels, batch: batch, perturbation: perturbation, optimizer: optimizer)
      return (Double(batch.count), times)
    }
  }

  private func step<Result>(
    _ body: (UnsafeBufferPointer<UInt8>, ArraySlice<Int32>, Perturbation, OptimizerStep) -> Result
  ) -> Result {
    let size = min(configuration.batchSize, images.count)
    if next + size > images.count { next = 0 }
    defer { next += size }
    steps += 1
    let perturbation = configuration.perturbation(epoch: UInt32(truncatingIfNeeded: steps))
    let optimizer = configuration.optimizerStep(steps, rate: configuration.learningRate)
    return images.withPixels { body($0, order[next..<next + size], perturbation, optimizer) }
  }

  /// Encodes some images, as an export does.
  /// - Returns: the number of images.
  func encode() -> Double {
    images.withPixels { _ = model.encode($0, numbers: inferred) }
    return Double(inferred.count)
  }

  /// Reconstructs some images as bytes.
  /// - Returns: the number of images.
  func reconstruct() -> Double {
    images.withPixels { _ = model.reconstruct($0, numbers: inferred) }
    return Double(inferred.count)
  }

  private var inferred: Range<Int> { 0..<min(images.count, 1024) }
}

extension ImageDataset {
  /// Returns random images: whole batches of about 4,096 images, fewer if the images are large.
  package static func noise(shape: ImageShape, batchSize: Int) -> ImageDataset {
    let affordable = max(1, (128 << 20) / shape.count)
    let count = max(1, min(4096, affordable) / batchSize) * batchSize
    var stream = RandomStream(seed: 0, name: "benchmark images")
    let bytes = count * shape.count
    let pixels = [UInt8](unsafeUninitializedCapacity: bytes) { buffer, filled in
      var word: UInt32 = 0
      for place in 0..<bytes {
        word = place % 4 == 0 ? stream.nextWord() : word >> 8
        buffer[place] = UInt8(truncatingIfNeeded: word)
      }
      filled = bytes
    }
    return ImageDataset(shape: shape, pixels: pixels, labels: Array(repeating: 0, count: count))
  }
}
