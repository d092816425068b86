// Graph+Coding.swift
// Graphs to the bytes of a GraphDef and back.

import CEventProto
import Protobuf

extension Graph {
  /// The format version of attributes and names; TensorBoard ignores it.
  private static let producer: Int32 = 22

  /// Returns a packed GraphDef.
  func encoded() -> [UInt8] {
    let arena = MessageArena()
    let message = arena.message(tensorboard__graph_def__init) {
      $0.n_node = nodes.count
      $0.node = arena.list(nodes.map { $0.message(in: arena) })
      $0.versions = arena.message(tensorboard__version_def__init) { $0.producer = Graph.producer }
    }
    return arena.packed(message, size: tensorboard__graph_def__get_packed_size, pack: tensorboard__graph_def__pack)
  }
}

extension GraphNode {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Tensorboard__NodeDef> {
    arena.message(tensorboard__node_def__init) { message in
      message.name = arena.text(name)
      message.op = arena.text(operation)
      message.device = arena.text(device)
      message.n_input = inputs.count
      message.input = arena.list(inputs.map { arena.text($0) })
      message.n_attr = attributes.count
      message.attr = arena.list(
        attributes.map { name, value in
          arena.message(tensorboard__node_def__attr_entry__init) {
            $0.key = arena.text(name)
            $0.value = value.message(in: arena)
          }
        })
    }
  }
}

extension GraphNode.Attribute {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Tensorboard__AttrValue> {
    arena.message(tensorboard__attr_value__init) { message in
      switch self {
      case .bytes(let bytes):
        message.value_case = TENSORBOARD__ATTR_VALUE__VALUE_S
        message.s = arena.bytes(bytes)
      case .integer(let number):
        message.value_case = TENSORBOARD__ATTR_VALUE__VALUE_I
        message.i = number
      case .number(let number):
        message.value_case = TENSORBOARD__ATTR_VALUE__VALUE_F
        message.f = number
      case .flag(let flag):
        message.value_case = TENSORBOARD__ATTR_VALUE__VALUE_B
        message.b = flag ? 1 : 0
      case .type(let type):
        message.value_case = TENSORBOARD__ATTR_VALUE__VALUE_TYPE
        message.type = Tensorboard__DataType(rawValue: .init(truncatingIfNeeded: type))
      case .shape(let shape):
        message.value_case = TENSORBOARD__ATTR_VALUE__VALUE_SHAPE
        message.shape = TensorValue.message(ofShape: shape, in: arena)
      case .shapes, .byteLists, .integers, .numbers, .flags:
        message.value_case = TENSORBOARD__ATTR_VALUE__VALUE_LIST
        message.list = listMessage(in: arena)
      }
    }
  }

  private func listMessage(in arena: MessageArena) -> UnsafeMutablePointer<Tensorboard__AttrValue__ListValue> {
    arena.message(tensorboard__attr_value__list_value__init) { list in
      switch self {
      case .shapes(let shapes):
        list.n_shape = shapes.count
        list.shape = arena.list(shapes.map { TensorValue.message(ofShape: $0, in: arena) })
      case .byteLists(let texts):
        list.n_s = texts.count
        list.s = arena.list(texts.map { arena.bytes($0) })
      case .integers(let numbers):
        list.n_i = numbers.count
        list.i = arena.list(numbers)
      case .numbers(let numbers):
        list.n_f = numbers.count
        list.f = arena.list(numbers)
      case .flags(let flags):
        list.n_b = flags.count
        list.b = arena.list(flags.map { $0 ? 1 : 0 })
      default: break
      }
    }
  }
}

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
  /// The attribute, or nil for an unsupported kind.
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

  /// The list that has elements; an empty list is read as a list of shapes.
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
