// ConvolutionalPlan.swift
// A convolutional autoencoder as data: its layers, its weights, and where one image's numbers lie in an arena.

import Tensors

/// The whole network.
struct ConvolutionalPlan: Sendable {
  /// The layer table: the input, one row for each of `layers`, and the crop.
  let table: [Layer]
  /// Each layer's output, in the order of the table.
  let activations: [Volume]
  let parameters: [Parameter]
  let winogradKernels: [WinogradKernel]
  let layers: [any ImageLayer]
  let arenaCount: Int
  /// The padded picture that the first stage reads; its top left corner holds the image.
  let picture: Volume
  /// The bottleneck's activation.
  let bottleneck: Volume
  /// The distribution of the code and its statistics, if the model is variational.
  let distribution: (GaussianCode, statistics: Volume)?
  /// The decoder's picture before cropping, its gradient, and the start of the crop, in floats from its origin.
  let logits: Volume
  let logitsGradient: Volume
  let cropOffset: Int
  /// One image without gaps: clean, with noise, its logits, and the loss's gradient by them.
  let clean: Volume
  let seen: Volume
  let croppedLogits: Volume
  let croppedGradient: Volume
  /// Scratch memory for Winograd's convolutions.
  let scratch: Int
}
