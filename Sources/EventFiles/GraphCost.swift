// GraphCost.swift
// What each node of a graph took in one run of it: colors by time and memory in the Graphs dashboard.

/// Times and memory of a graph's nodes, measured once.
public struct GraphCost: Equatable, Sendable {
  /// The cost of one node.
  public struct Node: Equatable, Sendable {
    /// The node's name in the graph.
    public var name: String
    /// Where it ran; may be empty.
    public var device: String
    /// When it began, in microseconds since 1970 or since any other moment that all nodes share.
    public var start: Int64
    /// What it took, in microseconds. Nodes of 0 are shown as if they had not run.
    public var duration: Int64
    /// What it allocated, in bytes.
    public var memory: Int64
    /// Of its results; shown when it is clicked on.
    public var outputShapes: [[Int]]

    /// The cost of one node.
    public init(
      _ name: String, start: Int64, duration: Int64, memory: Int64 = 0, outputShapes: [[Int]] = [], device: String = ""
    ) {
      self.name = name
      self.start = start
      self.duration = duration
      self.memory = memory
      self.outputShapes = outputShapes
      self.device = device
    }
  }

  /// In any order.
  public var nodes: [Node]

  /// What each node took.
  public init(_ nodes: [Node]) { self.nodes = nodes }
}
