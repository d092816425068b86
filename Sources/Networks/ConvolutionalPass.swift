// ConvolutionalPass.swift
// One image through a convolutional autoencoder and back, all of it in one worker's arena.

import Tensors

/// The plan of a convolutional autoencoder, with the weights and kernels that carry it out.
struct ConvolutionalPass: Sendable {
  let plan: ConvolutionalPlan
  let slab: ParameterSlab
  let kernels: Kernels
  let image: ImageShape
  let loss: Loss

  /// Converts an image's bytes to the clean image, the image with noise, and the picture.
  func load(_ bytes: UnsafePointer<UInt8>, _ state: ImageState) {
    let arena = state.arena
    let clean = arena + plan.clean.origin
    let seen = arena + plan.seen.origin
    kernels.floats(from: bytes, count: image.count, into: clean)
    seen.update(from: clean, count: image.count)
    state.perturbation.addNoise(to: seen, count: image.count, number: state.number, with: kernels)
    let row = image.width * image.channels
    for line in 0..<image.height {
      (arena + (plan.picture.origin + line * plan.picture.grid.row)).update(from: seen + line * row, count: row)
    }
  }

  /// Computes all activations from the picture to the cropped logits.
  /// - Parameter last: the index in the table of the last layer to compute; all, if nil.
  func forward(_ image: ImageState, through last: Int? = nil) {
    // The table has the input, one row for each layer, and the crop.
    for layer in plan.layers.prefix(last ?? plan.layers.count) { layer.forward(image, self) }
    if last.map({ $0 > plan.layers.count }) ?? true { crop(image.arena) }
  }

  /// Computes the loss's gradients by all weights, from the clean image and the logits. See `finish`.
  /// - Returns: the loss, summed over the image's elements.
  func backward(_ image: ImageState, into sum: GradientSum) -> Double {
    let loss = addLoss(scale: sum.scale, arena: image.arena)
    uncrop(image.arena)
    for layer in plan.layers.reversed() { layer.backward(image, self, into: sum) }
    return loss
  }

  /// Returns the loss, summed over the image's elements, and computes its gradient by the cropped logits.
  func addLoss(scale: Float, arena: SlabPointer) -> Double {
    kernels.loss(
      loss, logits: arena + plan.croppedLogits.origin, targets: arena + plan.clean.origin,
      gradient: arena + plan.croppedGradient.origin, count: image.count, scale: scale)
  }

  /// Returns the divergence of the code from the standard normal distribution; 0 if the model is not variational.
  func divergence(_ arena: SlabPointer) -> Double {
    guard let (distribution, statistics) = plan.distribution else { return 0 }
    return distribution.divergence(arena + statistics.origin)
  }

  /// Completes the gradients, which were summed over `images` images.
  func finish(images: Int, arena: SlabPointer, gradient: SlabPointer) {
    for layer in plan.layers { layer.finish(images: images, arena: arena, gradient: gradient, self) }
  }

  /// Copies the image's part of the decoder's picture to the contiguous logits.
  func crop(_ arena: SlabPointer) {
    let row = image.width * image.channels
    let (from, to) = (arena + (plan.logits.origin + plan.cropOffset), arena + plan.croppedLogits.origin)
    for line in 0..<image.height {
      (to + line * row).update(from: from + line * plan.logits.grid.row, count: row)
    }
  }

  /// Copies the gradient back into the decoder's picture; outside the crop it stays zero.
  func uncrop(_ arena: SlabPointer) {
    let row = image.width * image.channels
    let (from, to) = (arena + plan.croppedGradient.origin, arena + (plan.logitsGradient.origin + plan.cropOffset))
    for line in 0..<image.height {
      (to + line * plan.logitsGradient.grid.row).update(from: from + line * row, count: row)
    }
  }
}
