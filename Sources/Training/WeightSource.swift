// WeightSource.swift
// The checkpoint of another run from whose weights a run began.

import ArrayFiles
import ByteStreams

/// A step of a run, and a digest of its weights there.
package struct WeightSource: Codable, Hashable, Sendable {
  /// The run's directory: an absolute path if the system can resolve it.
  package let run: String
  package let step: Int
  /// Eight hexadecimal digits: `Checkpoint.weightDigest`.
  package let weights: String

  package init(run: String, step: Int, weights: String) {
    (self.run, self.step, self.weights) = (run, step, weights)
  }
}

extension Checkpoint {
  /// A CRC-32C of all weights with their names and shapes, without the optimizer's moments.
  package var weightDigest: String { SafetensorsFile(metadata: [:], tensors: weights).checksum }

  /// The tensors of the model.
  var weights: [SafetensorsFile.Tensor] { tensors.filter { !$0.name.beginsWithBytes(of: "adam/") } }
}
