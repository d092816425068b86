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
      self = try .init(message.list.pointee)
    default: return nil
    }
  }

  /// The list that has elements; an empty list is taken for one of shapes.
  private init(_ list: Tensorboard__AttrValue__ListValue) throws(EventFileError) {
    if list.n_s > 0 {
      self = .byteLists(UnsafeBufferPointer(start: list.s, count: list.n_s).map { [UInt8]($0) })
    } else if list.n_i > 0 {
      self = .integers(Array(UnsafeBufferPointer(start: list.i, count: list.n_i)))
    } else if list.n_f > 0 {
      self = .numbers(Array(UnsafeBufferPointer(start: list.f, count: list.n_f)))
    } else if list.n_b > 0 {
      self = .flags(UnsafeBufferPointer(start: list.b, count: list.n_b).map { $0 != 0 })
    } else {
      var shapes: [[Int]] = []
      for shape in messages(list.shape, list.n_shape) { shapes.append(try TensorValue.shape(shape)) }
      self = .shapes(shapes)
    }
  }
}
