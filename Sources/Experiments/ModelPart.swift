// ModelPart.swift
// Which part of an autoencoder.

/// Half of an autoencoder, or the whole of it.
package enum ModelPart: String, CaseIterable, Sendable {
  /// Images to codes.
  case encoder
  /// Codes to reconstructions.
  case decoder
  /// Images to reconstructions.
  case autoencoder

  var takesImages: Bool { self != .decoder }
  var givesReconstructions: Bool { self != .encoder }
}
