// Autoencoder+Diagnosis.swift
// Where numbers first stopped being finite.

import Parallel

extension Autoencoder {
  /// The first layer, from the input on, that makes an activation of NaN or infinity of one of these images.
  package func firstNonFiniteLayer(
    pixels: UnsafeBufferPointer<UInt8>, batch: ArraySlice<Int32>, perturbation: Perturbation
  ) -> String? {
    let sizes = layers.map(\.outputCount)
    let found = SharedResults(count: batch.count)
    for (place, number) in batch.enumerated() {
      found[place] = Double(layers.count)
      forEachImage(pixels, numbers: Int(number)..<Int(number) + 1, perturbation: perturbation) { image in
        let first = sizes.indices.first { layer in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: sizes[layer]) { buffer in
            buffer.initialize(repeating: 0)
            image.copyActivation(ofLayer: layer, into: buffer)
            return !buffer.allSatisfy(\.isFinite)
          }
        }
        if let first { found[place] = Double(first) }
      }
    }
    let first = Int(found.values.min() ?? Double(layers.count))
    return layers.indices.contains(first) ? layers[first].name : nil
  }

  /// The first parameter that holds NaN or infinity.
  package var firstNonFiniteParameter: String? {
    slab.parameters.first { !slab.numbers(of: $0, in: slab.values).allSatisfy(\.isFinite) }?.name
  }

  /// The parameter nearest to the output whose gradient of the last step has no finite norm.
  package var lastNonFiniteGradient: String? {
    slab.parameters.last { parameter in
      let sum = slab.numbers(of: parameter, in: slab.gradient).reduce(0.0) { $0 + Double($1 * $1) }
      return !(sum <= Double(Float.greatestFiniteMagnitude))
    }?.name
  }
}
