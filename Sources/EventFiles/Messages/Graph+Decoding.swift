// Graph+Decoding.swift
// The bytes of a GraphDef to a graph.

import CEventProto

extension Graph {
  init(decoding bytes: UnsafeBufferPointer<UInt8>) throws(EventFileError) {
    self = try withUnpacked(
      "graph", bytes, unpack: tensorboard__graph_def__unpack, free: tensorboard__graph_def__free_unpacked
    ) { (message) throws(EventFileError) in
      var nodes: [GraphNode] = []
      for node in messages(message.node, message.n_node) { nodes.append(try GraphNode(node)) }
      return Graph(unchecked: nodes)
    }
  }
}

extension GraphNode {
  fileprivate init(_ message: Tensorboard__NodeDef) throws(EventFileError) {
    var attributes: [(name: String, value: Attribute)] = []
    for entry in messages(message.attr, message.n_attr) {
      guard let value = try entry.value.flatMap({ (value) throws(EventFileError) in try Attribute(value.pointee) })
      else { continue }
      attributes.append((name: String(entry.key), value: value))
    }
    self.init(
      String(message.name), operation: String(message.op),
      inputs: UnsafeBufferPointer(start: message.input, count: message.n_input).map { String($0) },
      device: String(message.device), attributes: attributes)
  }
}

extension GraphNode.Attribute {
  /// The attribute, or nil for a kind that is not read.
  fileprivate init?(_ message: Tensorboard__AttrValue) throws(EventFileError) {
    switch message.value_case {
    case TENSORBOARD__ATTR_VALUE__VALUE_S: self = .bytes([UInt8](message.s))
    case TENSORBOARD__ATTR_VALUE__VALUE_I: self = .integer(message.i)
    case TENSORBOARD__ATTR_VALUE__VALUE_F: self = .number(message.f)
    case TENSORBOARD__ATTR_VALUE__VALUE_B: self = .flag(message.b != 0)
    case TENSORBOARD__ATTR_VALUE__VALUE_TYPE: self = .type(Int32(truncatingIfNeeded: message.type.rawValue))
    case TENSORBOARD__ATTR_VALUE__VALUE_SHAPE: self = .shape(try TensorValue.shape(message.shape.pointee))
    case TENSORBOARD__ATTR_VALUE__VALUE_LIST:
      let list = message.list.pointee
      var shapes: [[Int]] = []
      for shape in messages(list.shape, list.n_shape) { shapes.append(try TensorValue.shape(shape)) }
      self = .shapes(shapes)
    default: return nil
    }
  }
}
