// Layer.swift
// A row of the layer table, and a box of the graph.

/// What a person is told of a layer.
package struct Layer: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case input = "Input"
    case convolution = "Conv2D"
    case stridedConvolution = "Conv2D stride 2"
    case maxPool = "MaxPool"
    case transposedConvolution = "Conv2DTranspose"
    case dense = "Dense"
    case crop = "Crop"
  }

  /// For example `encoder/block0/conv0`; the bottleneck is the last layer whose name starts with `encoder/`.
  package let name: String
  package let kind: Kind
  /// Height, width, channels, or units; of one image.
  package let outputShape: [Int]
  /// Names of this layer's parameters in the slab.
  package let parameters: [String]
  /// Numbers in them.
  package let weights: Int
  /// Whether a ReLU follows (and dropout, in training).
  package let isActivated: Bool
  /// Multiply-adds for one image.
  package let multiplyAdds: Int

  /// Numbers in the layer's output for one image.
  package var outputCount: Int { outputShape.reduce(1, *) }
}
