// ONNXNode.swift
// One operation of a graph.

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
