// Autoencoder+Inference.swift
// Runs images through the network: reconstruction and its error, codes, and each layer's activations.

import Parallel
package import Tensors

/// The error of reconstruction of a set of images.
package struct Evaluation: Hashable, Sendable {
  /// The mean over all elements of all images.
  package let reconstructionLoss: Double
  /// √ mean (sigmoid(logits) − image)², over all elements of all images.
  package let rmse: Double
  /// Variational models: the divergence of the codes from the standard normal distribution, mean over the images, per element of an
  /// image as the loss; nil for others.
  package let divergence: Double?

  package init(reconstructionLoss: Double, rmse: Double, divergence: Double? = nil) {
    self.reconstructionLoss = reconstructionLoss
    self.rmse = rmse
    self.divergence = divergence
  }
}

/// One image after its forward pass, valid inside the body that receives it.
package struct ImageView {
  /// The image's number in its set.
  package let number: Int
  /// The clean image, the input with its noise, and the logits: contiguous, height × width × channels.
  package let clean: SlabPointer
  package let seen: SlabPointer
  package let logits: SlabPointer
  let arena: SlabPointer
  let volume: (_ layer: Int) -> Volume

  /// Copies a layer's activation, without padding, channels last.
  /// - Parameter layer: an index into the autoencoder's `layers`.
  /// - Precondition: `target` has room for the layer's `outputCount` numbers exactly.
  package func copyActivation(ofLayer layer: Int, into target: UnsafeMutableBufferPointer<Float>) {
    volume(layer).copy(from: arena, into: target)
  }
}

extension Autoencoder {
  /// The index of the layer whose activation is the code.
  package var bottleneckLayer: Int { layers.lastIndex { $0.name.hasPrefix("encoder/") } ?? 0 }

  /// Computes the forward pass of each image and calls `body` with it, from several threads at once.
  ///
  /// - Parameters:
  ///   - pixels: the set, image after image, 8 bits.
  ///   - numbers: the numbers of the images in the set.
  ///   - throughLayer: the index of the last layer to compute; all, if nil.
  package func forEachImage(
    _ pixels: UnsafeBufferPointer<UInt8>, numbers: Range<Int>, perturbation: Perturbation = .none,
    throughLayer: Int? = nil, _ body: @escaping @Sendable (ImageView) -> Void
  ) {
    guard !numbers.isEmpty else { return }
    switch plan {
    case .convolutional(let pass):
      forEachImage(pass, SharedPixels(pixels), numbers, perturbation, through: throughLayer, body)
    case .dense(let pass):
      forEachImage(pass, SharedPixels(pixels), numbers, perturbation, through: throughLayer, body)
    }
  }

  private func forEachImage(
    _ pass: ConvolutionalPass, _ pixels: SharedPixels, _ numbers: Range<Int>, _ perturbation: Perturbation,
    through last: Int?, _ body: @escaping @Sendable (ImageView) -> Void
  ) {
    let (arenas, elements, chunk) = (self.arenas, imageShape.count, 16)
    pool.forEach((numbers.count + chunk - 1) / chunk) { index, worker in
      let arena = arenas[worker].start
      let first = numbers.lowerBound + index * chunk
      for number in first..<min(first + chunk, numbers.upperBound) {
        let state = ImageState(number: UInt32(number), perturbation: perturbation, arena: arena)
        pass.load(pixels.base + number * elements, state)
        pass.forward(state, through: last)
        body(
          ImageView(
            number: number, clean: arena + pass.plan.clean.origin, seen: arena + pass.plan.seen.origin,
            logits: arena + pass.plan.croppedLogits.origin, arena: arena, volume: { pass.plan.activations[$0] }))
      }
    }
  }

  private func forEachImage(
    _ pass: DensePass, _ pixels: SharedPixels, _ numbers: Range<Int>, _ perturbation: Perturbation,
    through last: Int?, _ body: @escaping @Sendable (ImageView) -> Void
  ) {
    let arena = arenas[0].start
    let (plan, group) = (pass.plan, partition.images)
    for wave in stride(from: numbers.lowerBound, to: numbers.upperBound, by: plan.capacity) {
      let size = min(plan.capacity, numbers.upperBound - wave)
      pool.forEach((size + group - 1) / group) { index, _ in
        let state = BatchState(
          rows: index * group..<min((index + 1) * group, size), number: { UInt32(wave + $0) },
          perturbation: perturbation, arena: arena)
        pass.load(pixels, state)
        pass.forward(state, through: last)
        for row in state.rows {
          body(
            ImageView(
              number: wave + row, clean: arena + plan.clean.place(row),
              seen: arena + plan.activations[0].values.place(row),
              logits: arena + plan.activations[plan.layers.count].values.place(row), arena: arena,
              volume: { plan.volume(ofLayer: $0, row: row) }))
        }
      }
    }
  }

  /// Returns the loss and RMSE over a whole set.
  package func evaluate(
    _ pixels: UnsafeBufferPointer<UInt8>, count: Int, perturbation: Perturbation = .none
  ) -> Evaluation {
    let losses = SharedResults(count: count)
    let squares = SharedResults(count: count)
    let divergences = SharedResults(count: count)
    let (kernels, elements, loss, distribution) = (self.kernels, imageShape.count, loss, distribution)
    forEachImage(pixels, numbers: 0..<count, perturbation: perturbation) { image in
      if let distribution {
        divergences[image.number] = distribution.0.divergence(image.arena + image.volume(distribution.layer).origin)
      }
      losses[image.number] = kernels.loss(
        loss, logits: image.logits, targets: image.clean, count: elements)
      squares[image.number] = kernels.squaredError(logits: image.logits, targets: image.clean, count: elements)
    }
    let total = Double(max(1, count) * elements)
    return Evaluation(
      reconstructionLoss: losses.values.reduce(0, +) / total, rmse: (squares.values.reduce(0, +) / total).squareRoot(),
      divergence: distribution.map { _ in divergences.values.reduce(0, +) / total })
  }

  /// The distribution of a variational model's code, and the layer of its statistics.
  private var distribution: (GaussianCode, layer: Int)? {
    let distribution: GaussianCode? =
      switch plan {
      case .convolutional(let pass): pass.plan.distribution?.0
      case .dense(let pass): pass.plan.distribution?.0
      }
    return distribution.map { ($0, bottleneckLayer - 1) }
  }

  /// Returns a layer's activations, without padding, one image after the other, channels last.
  package func activations(
    ofLayer layer: Int, _ pixels: UnsafeBufferPointer<UInt8>, numbers: Range<Int>
  ) -> [Float] {
    collected(ofLayer: layer, numbers) { forEachImage(pixels, numbers: numbers, throughLayer: layer, $0) }
  }

  /// Returns a layer's activations, as `activations` does, and each image's RMSE of reconstruction, in one pass.
  package func activationsAndErrors(
    ofLayer layer: Int, _ pixels: UnsafeBufferPointer<UInt8>, numbers: Range<Int>
  ) -> (activations: [Float], errors: [Double]) {
    let squares = SharedResults(count: numbers.count)
    let (kernels, elements) = (self.kernels, imageShape.count)
    let activations = collected(ofLayer: layer, numbers) { take in
      forEachImage(pixels, numbers: numbers) { image in
        take(image)
        squares[image.number - numbers.lowerBound] =
          kernels.squaredError(logits: image.logits, targets: image.clean, count: elements)
      }
    }
    return (activations, squares.values.map { ($0 / Double(elements)).squareRoot() })
  }

  /// Collects a layer's activations of the images that `body` computes and passes to `take`.
  private func collected(
    ofLayer layer: Int, _ numbers: Range<Int>, _ body: (_ take: @escaping @Sendable (ImageView) -> Void) -> Void
  ) -> [Float] {
    let size = layers[layer].outputCount
    return [Float](unsafeUninitializedCapacity: size * numbers.count) { values, filled in
      // Each image writes its own part; all are written when `body` returns.
      nonisolated(unsafe) let values = values
      body { image in
        let start = (image.number - numbers.lowerBound) * size
        image.copyActivation(
          ofLayer: layer, into: UnsafeMutableBufferPointer(rebasing: values[start..<start + size]))
      }
      filled = size * numbers.count
    }
  }

  /// Returns the codes, one image after the other: count × `bottleneckCount`.
  package func encode(_ pixels: UnsafeBufferPointer<UInt8>, numbers: Range<Int>) -> [Float] {
    activations(ofLayer: bottleneckLayer, pixels, numbers: numbers)
  }

  /// Returns the inputs with their noise, and their reconstructions, as bytes, image after image.
  package func reconstruct(
    _ pixels: UnsafeBufferPointer<UInt8>, numbers: Range<Int>, perturbation: Perturbation = .none
  ) -> (seen: [UInt8], reconstructed: [UInt8]) {
    let elements = imageShape.count
    let seen = SharedBytes(count: elements * numbers.count)
    let made = SharedBytes(count: elements * numbers.count)
    let kernels = self.kernels
    forEachImage(pixels, numbers: numbers, perturbation: perturbation) { image in
      let start = (image.number - numbers.lowerBound) * elements
      withUnsafeTemporaryAllocation(of: Float.self, capacity: elements) { buffer in
        kernels.sigmoid(image.logits, count: elements, into: buffer)
        for element in 0..<elements {
          seen.values[start + element] = byte(image.seen[element])
          made.values[start + element] = byte(buffer[element])
        }
      }
    }
    return (Array(seen.values), Array(made.values))
  }

  /// Returns each image's RMSE of reconstruction.
  package func errors(
    _ pixels: UnsafeBufferPointer<UInt8>, numbers: Range<Int>, perturbation: Perturbation = .none
  ) -> [Double] {
    let squares = SharedResults(count: numbers.count)
    let (kernels, elements) = (self.kernels, imageShape.count)
    forEachImage(pixels, numbers: numbers, perturbation: perturbation) { image in
      squares[image.number - numbers.lowerBound] =
        kernels.squaredError(logits: image.logits, targets: image.clean, count: elements)
    }
    return squares.values.map { ($0 / Double(elements)).squareRoot() }
  }
}

/// Converts [0, 1] to 0 … 255, rounded; NaN becomes 0.
func byte(_ value: Float) -> UInt8 { value > 0 ? UInt8(min(value * 255 + 0.5, 255)) : 0 }

/// Bytes that a loop's threads write; each thread writes its own part.
final class SharedBytes: @unchecked Sendable {
  let values: UnsafeMutableBufferPointer<UInt8>

  init(count: Int) {
    values = .allocate(capacity: count)
    values.initialize(repeating: 0)
  }

  deinit { values.deallocate() }
}
