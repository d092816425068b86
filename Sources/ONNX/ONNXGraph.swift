// ONNXGraph.swift
// Operations from inputs to outputs, in an order in which they can be run.

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
