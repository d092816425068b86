// Graph.swift
// A model as TensorBoard draws it: named operations, and what flows between them.

import ByteStreams

/// Operations and their connections. "/" in names makes boxes.
public struct Graph: Equatable, Sendable {
  /// The operations.
  public let nodes: [GraphNode]

  /// - Throws: `EventFileError.badGraph` where a node has no name, or two have the same.
  public init(_ nodes: [GraphNode]) throws(EventFileError) {
    var names = Set<ExactName>()
    for node in nodes {
      if node.name.isEmpty { throw .badGraph(reason: "a node has no name") }
      if !names.insert(ExactName(node.name)).inserted {
        throw .badGraph(reason: "two nodes have the name \(node.name)")
      }
    }
    self.nodes = nodes
  }

  /// A graph as it stands in a file, whatever it is.
  init(unchecked nodes: [GraphNode]) { self.nodes = nodes }
}

/// One operation.
public struct GraphNode: Equatable, Sendable {
  /// A property of an operation, shown when it is clicked on. TensorBoard leaves out those of more than 1024 bytes.
  public enum Attribute: Equatable, Sendable {
    /// Any bytes, usually a text.
    case bytes([UInt8])
    /// A whole number.
    case integer(Int64)
    /// A number.
    case number(Float)
    /// True or false.
    case flag(Bool)
    /// A TensorFlow DataType; 1 is float32.
    case type(Int32)
    /// A shape; -1 stands for a size not known.
    case shape([Int])
    /// Several shapes.
    case shapes([[Int]])
    /// Several texts, or other bytes.
    case byteLists([[UInt8]])
    /// Several whole numbers, for example strides.
    case integers([Int64])
    /// Several numbers.
    case numbers([Float])
    /// Several times true or false.
    case flags([Bool])

    /// A text.
    public static func text(_ text: String) -> Attribute { .bytes(Array(text.utf8)) }
  }

  /// Unique in the graph, for example "encoder/block0/conv0".
  public var name: String
  /// What it does, for example "Conv2D".
  public var operation: String
  /// The names of the nodes whose results it takes; "name:1" for a second result, "^name" for order only.
  public var inputs: [String]
  /// Where it runs; may be empty.
  public var device: String
  /// In the order in which they are stored.
  public var attributes: [(name: String, value: Attribute)]

  /// An operation.
  /// - Parameter outputShapes: one for each result; drawn at the edges that leave the node. -1 stands for a size not known.
  public init(
    _ name: String, operation: String, inputs: [String] = [], outputShapes: [[Int]] = [], device: String = "",
    attributes: [(name: String, value: Attribute)] = []
  ) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.device = device
    self.attributes = attributes
    if !outputShapes.isEmpty { self.attributes.append((name: "_output_shapes", value: .shapes(outputShapes))) }
  }

  /// True where all parts agree.
  public static func == (left: GraphNode, right: GraphNode) -> Bool {
    left.name == right.name && left.operation == right.operation && left.inputs == right.inputs
      && left.device == right.device && left.attributes.elementsEqual(right.attributes) { $0 == $1 }
  }
}
