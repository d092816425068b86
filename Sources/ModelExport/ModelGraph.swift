// ModelGraph.swift
// The graph of a model for TensorBoard's Graphs dashboard: a box for the encoder, one for the decoder, one for each layer.

package import EventFiles
package import Networks
import Tensors
package import Training

/// Collects the nodes of a model's graph, from the input to the optimizer.
package struct ModelGraph {
  private let configuration: TrainingConfiguration
  private let autoencoder: Autoencoder
  private(set) var nodes: [GraphNode] = []
  /// The input of the next layer: a node's name, and its shape for one image.
  private var last = (name: "", shape: [Int]())
  private let image: [Int]
  /// The node of the loss that training minimizes.
  private var finalLoss = ""

  /// Returns the graph of a run.
  package static func graph(of run: TrainingRun) throws -> Graph { try graph(of: run.autoencoder, run.configuration) }

  /// Returns the graph of a model with the noise, loss and optimizer of a configuration.
  package static func graph(of autoencoder: Autoencoder, _ configuration: TrainingConfiguration) throws -> Graph {
    var graph = ModelGraph(configuration: configuration, autoencoder: autoencoder)
    graph.build()
    return try Graph(graph.nodes)
  }

  /// Returns the node that computes a layer: a node in the layer's box, or the layer's own node if it has no weights.
  static func operationNode(of layer: Layer) -> String {
    layer.parameters.isEmpty ? layer.name : "\(layer.name)/\(operation(of: layer.operation))"
  }

  private init(configuration: TrainingConfiguration, autoencoder: Autoencoder) {
    self.configuration = configuration
    self.autoencoder = autoencoder
    let shape = autoencoder.imageShape
    image = [shape.height, shape.width, shape.channels]
  }

  private mutating func build() {
    add("input", "Placeholder", shape: image, attributes: [("dtype", .type(Self.float))])
    if configuration.isDenoising { addNoise() }
    if configuration.architecture.family == .fullyConnected {
      add("encoder/flatten", "Reshape", inputs: [last.name], shape: [autoencoder.imageShape.count])
    }
    for layer in autoencoder.layers where layer.operation != .input { add(layer) }
    if last.shape != image { add("decoder/picture", "Reshape", inputs: [last.name], shape: image) }
    let logits = last.name
    add("reconstruction", "Sigmoid", inputs: [logits], shape: image)
    addLoss(logits: logits)
    addOptimizer()
  }

  /// DT_FLOAT of TensorFlow's types.proto.
  private static let float: Int32 = 1

  /// Adds an operation on a batch, and makes it the input of the next one.
  private mutating func add(
    _ name: String, _ operation: String, inputs: [String] = [], shape: [Int],
    attributes: [(name: String, value: GraphNode.Attribute)] = []
  ) {
    nodes.append(
      GraphNode(
        name, operation: operation, inputs: inputs, outputShapes: [[-1] + shape],
        attributes: [("T", .type(Self.float))] + attributes))
    last = (name, shape)
  }

  /// Adds an operation whose result is one number.
  private mutating func addNumber(
    _ name: String, _ operation: String, inputs: [String],
    attributes: [(name: String, value: GraphNode.Attribute)] = []
  ) {
    nodes.append(
      GraphNode(name, operation: operation, inputs: inputs, outputShapes: [[]], attributes: attributes))
  }

  private mutating func addNoise() {
    let factor = [(name: "factor", value: GraphNode.Attribute.number(Float(configuration.noiseFactor)))]
    if configuration.noise == .masking {
      return add("noise/mask", "Mask", inputs: ["input"], shape: image, attributes: factor)
    }
    add("noise/normal", "RandomStandardNormal", shape: image)
    add("noise/add", "AddScaled", inputs: ["input", "noise/normal"], shape: image, attributes: factor)
    add(
      "noise/clip", "ClipByValue", inputs: ["noise/add"], shape: image,
      attributes: [("minimum", .number(0)), ("maximum", .number(1))])
  }

  /// Adds a layer's box: weights, operation, bias, ReLU and dropout. The last node's result is the layer's.
  private mutating func add(_ layer: Layer) {
    let input = last.name
    let attributes = attributes(of: layer)
    if layer.parameters.isEmpty {
      add(
        layer.name, Self.operation(of: layer.operation), inputs: [input], shape: layer.outputShape,
        attributes: attributes)
      return
    }
    for name in layer.parameters {
      let shape = autoencoder.slab.parameters.first { $0.name == name }?.shape ?? []
      nodes.append(
        GraphNode(
          name, operation: "VariableV2", outputShapes: [shape],
          attributes: [("dtype", .type(Self.float)), ("shape", .shape(shape))]))
    }
    let shape = layer.outputShape
    add(
      Self.operationNode(of: layer), Self.operation(of: layer.operation), inputs: [input] + layer.parameters.prefix(1),
      shape: shape,
      attributes: attributes)
    add("\(layer.name)/BiasAdd", "BiasAdd", inputs: [last.name] + layer.parameters.dropFirst(), shape: shape)
    guard let function = Self.operation(of: layer.activation) else { return }
    add("\(layer.name)/\(function)", function, inputs: [last.name], shape: shape)
    if configuration.dropout > 0 {
      add(
        "\(layer.name)/Dropout", "Dropout", inputs: [last.name], shape: shape,
        attributes: [("rate", .number(Float(configuration.dropout)))])
    }
  }

  private static func operation(of operation: Layer.Operation) -> String {
    switch operation {
    case .input: "Placeholder"
    case .convolution: "Conv2D"
    case .transposedConvolution: "Conv2DTranspose"
    case .pool(.largest): "MaxPool"
    case .pool(.mean): "AvgPool"
    case .dense: "MatMul"
    case .crop: "Crop"
    case .flatten, .reshape: "Reshape"
    case .sample: "Sample"
    }
  }

  private static func operation(of activation: Activation) -> String? {
    switch activation {
    case .linear: nil
    case .relu: "Relu"
    case .leakyReLU: "LeakyRelu"
    case .elu: "Elu"
    case .sigmoid: "Sigmoid"
    case .tanh: "Tanh"
    }
  }

  private func attributes(of layer: Layer) -> [(name: String, value: GraphNode.Attribute)] {
    func window(_ size: Int, stride: Int) -> [(name: String, value: GraphNode.Attribute)] {
      [
        ("window", .text("\(size)×\(size)")), ("strides", .text("\(stride)")), ("padding", .text("SAME")),
        ("layout", .text("NHWC")),
      ]
    }
    switch layer.operation {
    case .input, .crop, .dense, .flatten, .reshape, .sample: return []
    case .convolution(let kernel, let stride, _), .transposedConvolution(let kernel, let stride, _):
      return window(kernel, stride: stride)
    case .pool: return window(2, stride: 2)
    }
  }

  private mutating func addLoss(logits: String) {
    let isEntropy = configuration.loss == .crossEntropy
    let name = isEntropy ? "loss/cross_entropy" : "loss/squared_error"
    nodes.append(
      GraphNode(
        name, operation: isEntropy ? "SigmoidCrossEntropyWithLogits" : "SquaredDifference",
        inputs: [isEntropy ? logits : "reconstruction", "input"], outputShapes: [[-1] + image]))
    addNumber("loss/reconstruction", "Mean", inputs: [name])
    var terms = ["loss/reconstruction"]
    if configuration.architecture.isVariational {
      addNumber(
        "loss/kl", "KLDivergence", inputs: [Self.outputNode("encoder/statistics")],
        attributes: [
          ("from", .text("the standard normal distribution")), ("factor", .number(Float(configuration.beta))),
        ])
      terms.append("loss/kl")
    }
    if hasDecayInLoss {
      // Edges from every kernel would hide the path of the images, so this node has none.
      addNumber(
        "loss/weight_decay", "L2Loss", inputs: [],
        attributes: [("over", .text("all kernels")), ("factor", .number(Float(configuration.weightDecay)))])
      terms.append("loss/weight_decay")
    }
    if terms.count > 1 { addNumber("loss/total", terms.count == 2 ? "Add" : "AddN", inputs: terms) }
    finalLoss = terms.count > 1 ? "loss/total" : "loss/reconstruction"
  }

  /// Returns the node with the sums of a layer with weights and without a function.
  private static func outputNode(_ layer: String) -> String { "\(layer)/BiasAdd" }

  private mutating func addOptimizer() {
    let (name, factors): (String, [(name: String, value: GraphNode.Attribute)]) =
      switch configuration.optimizer {
      case .adam: ("Adam", Self.adamFactors)
      case .adamw: ("AdamW", Self.adamFactors + [("weight_decay", .number(Float(configuration.weightDecay)))])
      case .sgd: ("MomentumSGD", [("momentum", .number(0.9))])
      }
    addNumber(
      "optimizer/\(name)", name, inputs: [finalLoss],
      attributes: [
        ("learning_rate", .number(Float(configuration.learningRate))),
        ("schedule", .text(configuration.schedule.rawValue)), ("warmup", .integer(Int64(configuration.warmup))),
        ("learning_rate_decay", .number(Float(configuration.learningRateDecay))),
        ("decay_steps", .integer(Int64(configuration.decaySteps))),
        ("clip_norm", .number(Float(configuration.clipNorm))),
      ] + factors)
  }

  private var hasDecayInLoss: Bool { configuration.weightDecay > 0 && configuration.optimizer != .adamw }

  private static let adamFactors: [(name: String, value: GraphNode.Attribute)] = [
    ("beta1", .number(0.9)), ("beta2", .number(0.999)), ("epsilon", .number(1e-8)),
  ]
}
