// ONNXModel.swift
// A neural network as the ONNX format describes it: a graph of nodes, weights, and declared inputs and outputs.

import ByteStreams

/// A model that onnxruntime and others run.
package struct ONNXModel: Sendable {
  /// The operator set of ONNX 1.8 (2020), which has every operator used here; onnxruntime reads it from 1.6 on.
  package static let operatorSet = 13
  /// The version of the format that came with that set.
  package static let formatVersion = 7

  package var graph: ONNXGraph
  /// The program that writes it.
  package var producer: String
  package var producerVersion: String
  /// Which of the models of this graph's name.
  package var version = 0
  /// Markdown.
  package var documentation = ""
  /// Texts for programs, each under its own key.
  package var metadata: [(key: String, value: String)] = []

  package init(_ graph: ONNXGraph, producer: String, producerVersion: String) {
    self.graph = graph
    self.producer = producer
    self.producerVersion = producerVersion
  }

  /// Puts the model where `path` leads; a file there is replaced whole or not at all.
  /// - Throws: `FileError`.
  package func write(to path: String) throws { try AtomicFile.replaceOrStream(path, bytes: encoded()) }
}

/// A graph whose every value is made once, and before it is taken.
package struct ONNXGraph: Sendable {
  package let name: String
  /// Markdown.
  package let documentation: String
  package let inputs: [ONNXValue]
  package let constants: [ONNXTensor]
  package let nodes: [ONNXNode]
  package let outputs: [ONNXValue]

  /// - Throws: `ONNXError` where a name is empty or made twice, or a value is taken that nothing before has made.
  package init(
    _ name: String, documentation: String = "", inputs: [ONNXValue], constants: [ONNXTensor], nodes: [ONNXNode],
    outputs: [ONNXValue]
  ) throws(ONNXError) {
    self.name = name
    self.documentation = documentation
    self.inputs = inputs
    self.constants = constants
    self.nodes = nodes
    self.outputs = outputs
    try validate()
  }

  private func validate() throws(ONNXError) {
    if name.isEmpty { throw .noName(of: "graph") }
    var (values, nodeNames): (Set<String>, Set<String>) = ([], [])
    func make(_ value: String) throws(ONNXError) {
      if value.isEmpty { throw .noName(of: "value") }
      if !values.insert(value).inserted { throw .madeTwice(value) }
    }
    for value in inputs.map(\.name) + constants.map(\.name) { try make(value) }
    for node in nodes {
      if node.name.isEmpty || node.operation.isEmpty { throw .noName(of: "node") }
      if !nodeNames.insert(node.name).inserted { throw .madeTwice(node.name) }
      for input in node.inputs where !values.contains(input) { throw .neverMade(input, takenBy: node.name) }
      try make(node.output)
    }
    for output in outputs where !values.contains(output.name) { throw .neverMade(output.name, takenBy: name) }
  }
}

/// Why operations are no graph.
package enum ONNXError: Error, Equatable, CustomStringConvertible {
  case noName(of: String)
  case madeTwice(String)
  case neverMade(String, takenBy: String)

  package var description: String {
    switch self {
    case .noName(let kind): "an ONNX graph has a \(kind) without a name"
    case .madeTwice(let name): "an ONNX graph makes \"\(name)\" twice"
    case .neverMade(let value, let taker):
      "an ONNX graph's \"\(taker)\" takes \"\(value)\", which nothing before it makes"
    }
  }
}

/// An operator of ONNX's own set, applied to values.
package struct ONNXNode: Sendable {
  package enum Attribute: Hashable, Sendable {
    case integer(Int)
    case integers([Int])
  }

  package let name: String
  /// As in ONNX's list of operators: "Conv", "Gemm".
  package let operation: String
  /// Values: of graph inputs, constants, and nodes before this one.
  package let inputs: [String]
  /// The value that it makes.
  package var output: String
  package let attributes: [(name: String, value: Attribute)]
  /// Markdown.
  package let documentation: String

  /// - Parameter output: the node's name, if nil.
  package init(
    _ name: String, _ operation: String, inputs: [String], output: String? = nil,
    attributes: [(name: String, value: Attribute)] = [], documentation: String = ""
  ) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.output = output ?? name
    self.attributes = attributes
    self.documentation = documentation
  }
}

/// The declaration of a graph's input or output.
package struct ONNXValue: Hashable, Sendable {
  package enum Dimension: Hashable, Sendable, ExpressibleByIntegerLiteral {
    case size(Int)
    /// A size that the user chooses; equal names have equal sizes.
    case any(String)

    package init(integerLiteral size: Int) { self = .size(size) }
  }

  package let name: String
  package let shape: [Dimension]
  /// Markdown.
  package let documentation: String

  package init(_ name: String, shape: [Dimension], documentation: String = "") {
    self.name = name
    self.shape = shape
    self.documentation = documentation
  }
}

/// A named array, row-major.
package struct ONNXTensor: Hashable, Sendable {
  package enum Elements: Hashable, Sendable {
    case float([Float])
    case int64([Int64])

    package var count: Int {
      switch self {
      case .float(let values): values.count
      case .int64(let values): values.count
      }
    }
  }

  package let name: String
  package let shape: [Int]
  package let elements: Elements
  /// Markdown.
  package let documentation: String

  /// - Precondition: as many elements as the shape says.
  package init(_ name: String, shape: [Int], _ elements: Elements, documentation: String = "") {
    precondition(shape.reduce(1, *) == elements.count, "\(name) takes \(shape.reduce(1, *)) elements")
    self.name = name
    self.shape = shape
    self.elements = elements
    self.documentation = documentation
  }

  /// A list of whole numbers.
  package init(_ name: String, _ numbers: [Int]) {
    self.init(name, shape: [numbers.count], .int64(numbers.map(Int64.init)))
  }
}
