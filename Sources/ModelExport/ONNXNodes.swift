// ONNXNodes.swift
// Translates a network to ONNX operations, without the noise and dropout of training.

import Networks
import ONNX
import Tensors

/// The ONNX operations of one part of a model, from its input to its output, and the constants that they take.
///
/// Images and codes have their channels last, as everywhere in this program. ONNX's convolutions between them want channels first.
struct ONNXNodes {
  static let images = "images"
  static let bottleneck = "bottleneck"
  static let reconstructions = "reconstructions"

  private(set) var nodes: [ONNXNode] = []
  private(set) var constants: [ONNXTensor] = []
  private let autoencoder: Autoencoder
  private let isConvolutional: Bool
  private let image: [Int]
  /// The input of the next operation: the name of a value, and its shape for one image, channels last.
  private var last: (value: String, shape: [Int])

  init(_ part: ModelPart, of autoencoder: Autoencoder) {
    self.autoencoder = autoencoder
    isConvolutional = autoencoder.architecture.family == .convolutional
    let shape = autoencoder.imageShape
    image = [shape.height, shape.width, shape.channels]
    last = part.takesImages ? (Self.images, image) : (Self.bottleneck, autoencoder.bottleneckShape)
    if part.takesImages {
      takeImages()
      for layer in autoencoder.layers where layer.name.hasPrefix("encoder/") { add(layer) }
    } else {
      takeCodes()
    }
    if part.givesReconstructions {
      for layer in autoencoder.layers where layer.name.hasPrefix("decoder/") { add(layer) }
      giveReconstructions()
    } else {
      giveCodes()
    }
  }

  // Inputs and outputs

  private mutating func takeImages() {
    if isConvolutional {
      putChannelsFirst("encoder/channels_first")
    } else {
      add("encoder/flatten", "Flatten", [("axis", .integer(1))], shape: [image.reduce(1, *)])
    }
  }

  private mutating func giveCodes() {
    if last.shape.count == 3 {
      putChannelsLast("encoder/channels_last")
      add("encoder/flatten", "Flatten", [("axis", .integer(1))], shape: [autoencoder.bottleneckCount])
    }
    nodes[nodes.count - 1].output = Self.bottleneck
  }

  private mutating func takeCodes() {
    guard autoencoder.bottleneckShape.count == 3 else { return }
    reshape("decoder/code", to: autoencoder.bottleneckShape)
    putChannelsFirst("decoder/channels_first")
  }

  private mutating func giveReconstructions() {
    add("decoder/sigmoid", "Sigmoid", shape: last.shape)
    if isConvolutional {
      putChannelsLast("decoder/channels_last")
    } else {
      reshape("decoder/picture", to: image)
    }
    nodes[nodes.count - 1].output = Self.reconstructions
  }

  // Layers

  /// Adds a layer under its own name, and the ReLU that follows it.
  private mutating func add(_ layer: Layer) {
    switch layer.operation {
    case .input: return
    case .convolution(let kernel, let stride, let before): addConvolution(layer, kernel, stride, before)
    case .transposedConvolution(let kernel, let stride, let before):
      addTransposedConvolution(layer, kernel, stride, before)
    case .pool(let method):
      add(
        layer.name, method == .largest ? "MaxPool" : "AveragePool",
        [("kernel_shape", .integers([2, 2])), ("strides", .integers([2, 2]))], shape: layer.outputShape)
    case .dense:
      add(layer.name, "Gemm", constants: weights(of: layer, .dense), shape: layer.outputShape)
    case .crop: addCrop(layer)
    case .flatten:
      putChannelsLast("\(layer.name)/channels_last")
      add(layer.name, "Flatten", [("axis", .integer(1))], shape: layer.outputShape)
    case .sample:
      add(
        layer.name, "Slice",
        constants: [
          ONNXTensor("\(layer.name)/starts", [0]), ONNXTensor("\(layer.name)/ends", layer.outputShape),
          ONNXTensor("\(layer.name)/axes", [1]),
        ], shape: layer.outputShape)
    case .reshape:
      reshape(layer.name, to: layer.outputShape)
      putChannelsFirst("\(layer.name)/channels_first")
    }
    add(layer.activation, of: layer)
  }

  /// ONNX's factors of leaky ReLU and ELU are those of this program if none are given: 0.01 and 1.
  private mutating func add(_ activation: Activation, of layer: Layer) {
    let operation: String? =
      switch activation {
      case .linear: nil
      case .relu: "Relu"
      case .leakyReLU: "LeakyRelu"
      case .elu: "Elu"
      case .sigmoid: "Sigmoid"
      case .tanh: "Tanh"
      }
    if let operation { add("\(layer.name)/\(operation.lowercased())", operation, shape: layer.outputShape) }
  }

  /// Values beyond the picture are zeros: SAME padding, and the row and column that make an odd side even.
  private mutating func addConvolution(_ layer: Layer, _ kernel: Int, _ stride: Int, _ before: Int) {
    let after = zip(layer.outputShape, last.shape).prefix(2).map { (out, from) in
      max(0, (out - 1) * stride + kernel - before - from)
    }
    add(
      layer.name, "Conv", window(kernel, stride, pads: [before, before] + after),
      constants: weights(of: layer, .convolution), shape: layer.outputShape)
  }

  private mutating func addTransposedConvolution(_ layer: Layer, _ kernel: Int, _ stride: Int, _ before: Int) {
    let after = zip(layer.outputShape, last.shape).prefix(2).map { (out, from) in
      (from - 1) * stride + kernel - before - out
    }
    // A kernel narrower than the stride leaves the last row and column to the bias.
    let missing = after.map { max(0, -$0) }
    add(
      layer.name, "ConvTranspose",
      window(kernel, stride, pads: [before, before] + after.map { max(0, $0) })
        + (missing == [0, 0] ? [] : [("output_padding", .integers(missing))]),
      constants: weights(of: layer, .transposedConvolution), shape: layer.outputShape)
  }

  private func window(_ kernel: Int, _ stride: Int, pads: [Int]) -> [(name: String, value: ONNXNode.Attribute)] {
    [
      ("kernel_shape", .integers([kernel, kernel])), ("strides", .integers([stride, stride])),
      ("pads", .integers(pads)),
    ]
  }

  /// Crops the picture to its middle if it is larger than the image.
  private mutating func addCrop(_ layer: Layer) {
    if last.shape == layer.outputShape { return }
    let starts = zip(last.shape, image).prefix(2).map { ($0 - $1) / 2 }
    let ends = zip(starts, image).map { $0 + $1 }
    add(
      layer.name, "Slice",
      constants: [
        ONNXTensor("\(layer.name)/starts", starts), ONNXTensor("\(layer.name)/ends", ends),
        ONNXTensor("\(layer.name)/axes", [2, 3]),
      ], shape: layer.outputShape)
  }

  /// A layer's kernel and bias.
  private func weights(of layer: Layer, _ order: ONNXWeightLayout) -> [ONNXTensor] {
    let slab = autoencoder.slab
    return slab.parameters.filter { layer.parameters.contains($0.name) }.map { parameter in
      let numbers = slab.numbers(of: parameter, in: slab.values)
      return parameter.isKernel
        ? order.tensor(of: parameter, numbers)
        : ONNXTensor(parameter.name, shape: parameter.shape, .float(numbers))
    }
  }

  // Single operations

  private mutating func putChannelsFirst(_ name: String) {
    add(name, "Transpose", [("perm", .integers([0, 3, 1, 2]))], shape: last.shape)
  }

  private mutating func putChannelsLast(_ name: String) {
    add(name, "Transpose", [("perm", .integers([0, 2, 3, 1]))], shape: last.shape)
  }

  /// Reshapes each image's numbers. ONNX's Reshape takes 0 for an extent that stays as it is: the batch.
  private mutating func reshape(_ name: String, to shape: [Int]) {
    add(name, "Reshape", constants: [ONNXTensor("\(name)/shape", [0] + shape)], shape: shape)
  }

  /// Adds an operation on the last value, and makes its result the last one.
  /// - Parameters:
  ///   - constants: further inputs.
  ///   - shape: the shape of the result for one image, channels last.
  private mutating func add(
    _ name: String, _ operation: String, _ attributes: [(name: String, value: ONNXNode.Attribute)] = [],
    constants: [ONNXTensor] = [], shape: [Int]
  ) {
    nodes.append(
      ONNXNode(
        name, operation, inputs: [last.value] + constants.map(\.name), attributes: attributes,
        documentation: "one image: \(Self.text(last.shape)) to \(Self.text(shape))"))
    self.constants += constants
    last = (name, shape)
  }

  /// Returns a shape as text, for example "28×28×1".
  private static func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }
}
