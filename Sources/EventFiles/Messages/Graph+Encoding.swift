// Graph+Encoding.swift
// Graphs to the bytes of a GraphDef.

import CEventProto
import Protobuf

extension Graph {
  /// The version of the format that attributes and names follow; TensorBoard does not look at it.
  private static let producer: Int32 = 22

  /// A packed GraphDef.
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
