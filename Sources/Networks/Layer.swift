// Layer.swift
// The description of a layer, for the layer table and the graph, and how many operations it takes.

package import Tensors

/// The description of a layer for people.
package struct Layer: Hashable, Sendable {
  /// The computation of a layer, with all that a graph or another program needs to compute the same.
  package enum Operation: Hashable, Sendable {
    case input
    /// y[p] = Σ x[stride · p + i − before] w[i], with zeros beyond the picture.
    case convolution(kernel: Int, stride: Int, before: Int)
    /// y[stride · p + i − before] += x[p] w[i], cut to `stride` times the sides.
    case transposedConvolution(kernel: Int, stride: Int, before: Int)
    /// One number for each 2×2 window.
    case pool(Pool.Method)
    case dense
    case flatten
    case reshape
    /// The draw of a code from its statistics: N means and N logarithms of variances. Without draws the means are the code.
    case sample
    case crop
  }

  /// For example `encoder/block0/conv0`; the bottleneck is the last layer whose name starts with `encoder/`.
  package let name: String
  package let operation: Operation
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

extension Layer.Operation {
  /// The name in the layer table: "Conv2D stride 2", "Conv2D 5×5", "MaxPool".
  package var title: String {
    switch self {
    case .input: "Input"
    case .convolution(let kernel, let stride, _):
      "Conv2D" + Self.size(kernel) + (stride == 1 ? "" : " stride \(stride)")
    case .transposedConvolution(let kernel, _, _): "Conv2DTranspose" + Self.size(kernel)
    case .pool(.largest): "MaxPool"
    case .pool(.mean): "AveragePool"
    case .dense: "Dense"
    case .flatten: "Flatten"
    case .reshape: "Reshape"
    case .sample: "Sample"
    case .crop: "Crop"
    }
  }

  /// The usual size has no name.
  private static func size(_ kernel: Int) -> String { kernel == 3 ? "" : " \(kernel)×\(kernel)" }
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
