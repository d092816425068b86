// Perturbation.swift
// What training does to inputs and activations: noise and dropout.

import Tensors

/// What training does to activations and inputs; evaluation draws nothing.
package struct Perturbation: Sendable {
  /// Deviation of the normal noise added to the input, 0 for none.
  package var noiseFactor: Float
  /// The share of activations dropped, 0 for none.
  package var dropout: Float
  package var seed: UInt64
  package var epoch: UInt32
  /// The name of the noise's stream: training and evaluation draw different noise.
  package var noiseName: String

  package init(noiseFactor: Float, dropout: Float, seed: UInt64, epoch: UInt32, noiseName: String = "noise") {
    self.noiseFactor = noiseFactor
    self.dropout = dropout
    self.seed = seed
    self.epoch = epoch
    self.noiseName = noiseName
  }

  /// Clean images, every activation kept.
  package static let none = Perturbation(noiseFactor: 0, dropout: 0, seed: 0, epoch: 0)

  func noise(image: UInt32) -> RandomStream {
    RandomStream(seed: seed, name: noiseName, index: image, epoch: epoch)
  }
}
