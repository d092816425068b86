// Loss.swift
// The loss of a reconstruction, which training minimizes.

/// The loss of a reconstruction, the sigmoid of the logits, mean over the elements of the images.
package enum Loss: String, CaseIterable, Sendable {
  /// Sigmoid cross entropy, in nats.
  case crossEntropy = "cross-entropy"
  /// The squared error.
  case mse
}
