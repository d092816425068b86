// TensorValue+Encoding.swift
// Tensors to messages: numbers as their raw bytes, strings one by one.

import CEventProto
import Protobuf

extension TensorValue {
  /// Rows of cells as a tensor of rank 2, short rows filled up.
  init(table rows: [[String]]) {
    let columns = max(rows.map(\.count).max() ?? 0, 1)
    let cells = rows.flatMap { row in
      row.map { Array($0.utf8) } + [[UInt8]](repeating: [], count: columns - row.count)
    }
    self.init(.strings(cells), shape: [rows.count, columns])
  }

  func message(in arena: MessageArena) -> UnsafeMutablePointer<Tensorboard__TensorProto> {
    arena.message(tensorboard__tensor_proto__init) { message in
      message.tensor_shape = TensorValue.message(ofShape: shape, in: arena)
      switch elements {
      case .float(let values):
        message.dtype = TENSORBOARD__DATA_TYPE__DT_FLOAT
        message.tensor_content = arena.raw(values)
      case .double(let values):
        message.dtype = TENSORBOARD__DATA_TYPE__DT_DOUBLE
        message.tensor_content = arena.raw(values)
      case .int32(let values):
        message.dtype = TENSORBOARD__DATA_TYPE__DT_INT32
        message.tensor_content = arena.raw(values)
      case .int64(let values):
        message.dtype = TENSORBOARD__DATA_TYPE__DT_INT64
        message.tensor_content = arena.raw(values)
      case .uint8(let values):
        message.dtype = TENSORBOARD__DATA_TYPE__DT_UINT8
        message.tensor_content = arena.raw(values)
      case .strings(let values):
        message.dtype = TENSORBOARD__DATA_TYPE__DT_STRING
        message.n_string_val = values.count
        message.string_val = arena.list(values.map { arena.bytes($0) })
      }
    }
  }

  /// Rank 0 is an empty message; so is a dimension of size 0.
  static func message(ofShape shape: [Int], in arena: MessageArena)
    -> UnsafeMutablePointer<Tensorboard__TensorShapeProto>
  {
    arena.message(tensorboard__tensor_shape_proto__init) {
      $0.n_dim = shape.count
      $0.dim = arena.list(
        shape.map { size in
          arena.message(tensorboard__tensor_shape_proto__dim__init) { $0.size = Int64(size) }
        })
    }
  }
}
