// StepTimes.swift
// Where the time of one training step goes, layer by layer.

/// Seconds of one thread, summed over a batch.
package struct StepTimes: Hashable, Sendable {
  /// An index for each of the autoencoder's layers; the input's is the loading of images, with noise.
  package var forward: [Double]
  /// By weights and by input; nothing at the input itself.
  package var backward: [Double]
  /// The loss and its gradient by the logits.
  package var loss = 0.0
  /// The shards' gradients finished and added up, Adam, and what is derived from the new weights.
  package var update = 0.0

  init(layers: Int) {
    forward = Array(repeating: 0, count: layers)
    backward = forward
  }

  /// All of it.
  package var sum: Double { forward.reduce(0, +) + backward.reduce(0, +) + loss + update }
}
