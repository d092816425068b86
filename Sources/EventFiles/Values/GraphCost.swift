// GraphCost.swift
// Time and memory of each node of a graph, for the Graphs dashboard (RunMetadata).

import CEventProto
import Protobuf

/// Time and memory of a graph's nodes, measured in one execution.
public struct GraphCost: Equatable, Sendable {
  /// The cost of one node.
  public struct Node: Equatable, Sendable {
    /// The node's name in the graph.
    public var name: String
    /// The device it ran on; may be empty.
    public var device: String
    /// Its start, in microseconds since 1970 or since any other moment that is the same for all nodes.
    public var start: Int64
    /// Its duration in microseconds. TensorBoard shows nodes of 0 as not executed.
    public var duration: Int64
    /// Allocated memory in bytes.
    public var memory: Int64
    /// The shapes of its results, shown for the selected node.
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

  /// The nodes' costs, in any order.
  public var nodes: [Node]

  /// The costs of a graph's nodes.
  public init(_ nodes: [Node]) { self.nodes = nodes }
}

extension GraphCost {
  /// A packed RunMetadata.
  func encoded() -> [UInt8] {
    let arena = MessageArena()
    // The devices in the order of their first nodes.
    var devices: [String] = []
    for node in nodes where !devices.contains(node.device) { devices.append(node.device) }
    let message = arena.message(tensorboard__run_metadata__init) {
      $0.step_stats = arena.message(tensorboard__step_stats__init) {
        $0.n_dev_stats = devices.count
        $0.dev_stats = arena.list(
          devices.map { device in
            arena.message(tensorboard__device_step_stats__init) {
              let nodes = nodes.filter { $0.device == device }
              $0.device = arena.text(device)
              $0.n_node_stats = nodes.count
              $0.node_stats = arena.list(nodes.map { $0.message(in: arena) })
            }
          })
      }
    }
    return arena.packed(
      message, size: tensorboard__run_metadata__get_packed_size, pack: tensorboard__run_metadata__pack)
  }

  init(decoding bytes: UnsafeBufferPointer<UInt8>) throws(EventFileError) {
    self = try withUnpacked(
      "run metadata", bytes, unpack: tensorboard__run_metadata__unpack, free: tensorboard__run_metadata__free_unpacked
    ) { (message) throws(EventFileError) in
      var nodes: [Node] = []
      guard let stats = message.step_stats?.pointee else { return GraphCost([]) }
      for device in messages(stats.dev_stats, stats.n_dev_stats) {
        for node in messages(device.node_stats, device.n_node_stats) {
          nodes.append(try Node(node, device: String(device.device)))
        }
      }
      return GraphCost(nodes)
    }
  }
}

extension GraphCost.Node {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Tensorboard__NodeExecStats> {
    arena.message(tensorboard__node_exec_stats__init) { message in
      message.node_name = arena.text(name)
      message.all_start_micros = start
      message.op_end_rel_micros = duration
      message.all_end_rel_micros = duration
      if memory != 0 {
        message.n_memory = 1
        message.memory = arena.list([
          arena.message(tensorboard__allocator_memory_used__init) { $0.total_bytes = memory }
        ])
      }
      message.n_output = outputShapes.count
      message.output = arena.list(
        outputShapes.enumerated().map { slot, shape in
          arena.message(tensorboard__node_output__init) {
            $0.slot = Int32(slot)
            $0.tensor_description = arena.message(tensorboard__tensor_description__init) {
              $0.dtype = TENSORBOARD__DATA_TYPE__DT_FLOAT
              $0.shape = TensorValue.message(ofShape: shape, in: arena)
            }
          }
        })
    }
  }

  fileprivate init(_ message: Tensorboard__NodeExecStats, device: String) throws(EventFileError) {
    var shapes: [[Int]] = []
    for output in messages(message.output, message.n_output) {
      guard let shape = output.tensor_description?.pointee.shape else { continue }
      shapes.append(try TensorValue.shape(shape.pointee))
    }
    self.init(
      String(message.node_name), start: message.all_start_micros, duration: message.all_end_rel_micros,
      memory: messages(message.memory, message.n_memory).reduce(0) { $0 &+ $1.total_bytes }, outputShapes: shapes,
      device: device)
  }
}
