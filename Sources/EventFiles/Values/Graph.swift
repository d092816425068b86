// Graph.swift
// A model for the Graphs dashboard: named operations and their connections.

import ByteStreams

/// Operations and their connections. A "/" in a name puts the node in a box.
public struct Graph: Equatable, Sendable {
  /// The operations.
  public let nodes: [GraphNode]

  /// A graph.
  /// - Throws: `EventFileError.badGraph` if a node has no name, or two nodes have the same name.
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

  /// A graph as read from a file, valid or not.
  init(unchecked nodes: [GraphNode]) { self.nodes = nodes }
}

/// One operation.
public struct GraphNode: Equatable, Sendable {
  /// A property of an operation, shown for the selected node. TensorBoard omits properties of more than 1024 bytes.
  public enum Attribute: Equatable, Sendable {
    /// Bytes, usually a text.
    case bytes([UInt8])
    /// A whole number.
    case integer(Int64)
    /// A number.
    case number(Float)
    /// True or false.
    case flag(Bool)
    /// A TensorFlow DataType; 1 is float32.
    case type(Int32)
    /// A shape; -1 stands for an unknown size.
    case shape([Int])
    /// Several shapes.
    case shapes([[Int]])
    /// Several texts or byte strings.
    case byteLists([[UInt8]])
    /// Several whole numbers, for example strides.
    case integers([Int64])
    /// Several numbers.
    case numbers([Float])
    /// Several booleans.
    case flags([Bool])

    /// Returns a text attribute.
    public static func text(_ text: String) -> Attribute { .bytes(Array(text.utf8)) }
  }

  /// Unique in the graph, for example "encoder/block0/conv0".
  public var name: String
  /// The operation's type, for example "Conv2D".
  public var operation: String
  /// The names of the nodes whose results it takes; "name:1" is a node's second result, "^name" a control dependency.
  public var inputs: [String]
  /// The device it runs on; may be empty.
  public var device: String
  /// Its properties, in the order in which they are stored.
  public var attributes: [(name: String, value: Attribute)]

  /// An operation.
  /// - Parameter outputShapes: one for each result, drawn at the node's outgoing edges; -1 stands for an unknown size.
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

  /// Returns true if all parts are equal.
  public static func == (left: GraphNode, right: GraphNode) -> Bool {
    left.name == right.name && left.operation == right.operation && left.inputs == right.inputs
      && left.device == right.device && left.attributes.elementsEqual(right.attributes) { $0 == $1 }
  }
}
