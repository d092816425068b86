// ImageLayer.swift
// A layer of a convolutional autoencoder: what it computes from one image in a worker's arena, forward and backward.

import Tensors

/// A layer of a convolutional autoencoder. Offsets are into a worker's arena.
///
/// Layers are classes, though they never change: every image visits all of them, and a struct would be copied each time.
protocol ImageLayer: AnyObject, Sendable {
  /// Computes the output from the input.
  func forward(_ image: ImageState, _ pass: ConvolutionalPass)

  /// Computes the loss's gradients by the weights and by the input from the one by the output.
  func backward(_ image: ImageState, _ pass: ConvolutionalPass, into sum: GradientSum)

  /// Completes the gradients by the weights, which were summed over `images` images.
  func finish(images: Int, arena: SlabPointer, gradient: SlabPointer, _ pass: ConvolutionalPass)
}

extension ImageLayer {
  func finish(images: Int, arena: SlabPointer, gradient: SlabPointer, _ pass: ConvolutionalPass) {}
}

/// One image on its way through a network.
struct ImageState {
  /// The image's number in its set, the index of its random draws.
  let number: UInt32
  let perturbation: Perturbation
  let arena: SlabPointer
}

/// The place where images' gradients by the weights are added.
struct GradientSum {
  /// A slab of the weights' layout.
  let gradient: SlabPointer
  /// Images added since the last `finish`; if it is 0, the gradient is overwritten.
  let images: Int
  /// The factor of the loss, summed over an image's elements: 1 / (batch · elements) for a mean.
  let scale: Float
}

/// An activation, the loss's gradient by it (none for the picture), and the function through which a gradient has still to pass;
/// linear if there is none, as after a pooling.
struct Signal {
  var volume: Volume
  var gradient: Volume?
  var activation: Activation
}
