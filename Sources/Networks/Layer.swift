// Layer.swift
// The description of a layer, for the layer table and the graph, and how many operations it takes.

package import Tensors

/// The description of a layer for people.
package struct Layer: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case input = "Input"
    case convolution = "Conv2D"
    case stridedConvolution = "Conv2D stride 2"
    case maxPool = "MaxPool"
    case transposedConvolution = "Conv2DTranspose"
    case dense = "Dense"
    case flatten = "Flatten"
    case reshape = "Reshape"
    case crop = "Crop"
  }

  /// For example `encoder/block0/conv0`; the bottleneck is the last layer whose name starts with `encoder/`.
  package let name: String
  package let kind: Kind
  /// Height, width and channels, or units, of one image.
  package let outputShape: [Int]
  /// Names of this layer's parameters in the slab.
  package let parameters: [String]
  /// Numbers in those parameters.
  package let weights: Int
  /// The function of its sums; if it is not linear, dropout follows in training.
  package let activation: Activation
  /// Multiply-adds for one image.
  package let multiplyAdds: Int

  /// Numbers in the layer's output for one image.
  package var outputCount: Int { outputShape.reduce(1, *) }
}

extension Layer {
  /// Floating-point operations for one image by the direct algorithm: a multiply-add is two.
  package var forwardOperations: Int { 2 * multiplyAdds }
}

extension Autoencoder {
  /// Returns the floating-point operations of a layer's two gradients for one image; the first layer with weights has
  /// only one gradient.
  package func backwardOperations(ofLayer index: Int) -> Int {
    let isFirst = index == layers.firstIndex { $0.multiplyAdds > 0 }
    return layers[index].forwardOperations * (isFirst ? 1 : 2)
  }

  /// Floating-point operations of a training step for one image: three times the forward pass, without the gradient by
  /// the image.
  package var trainingOperations: Int {
    layers.indices.reduce(0) { $0 + layers[$1].forwardOperations + backwardOperations(ofLayer: $1) }
  }
}
