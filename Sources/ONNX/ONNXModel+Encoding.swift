// ONNXModel+Encoding.swift
// Models to the bytes of a ModelProto, by protobuf-c.

import CONNXProto
import Protobuf

extension ONNXModel {
  /// A packed ModelProto.
  package func encoded() -> [UInt8] {
    let arena = MessageArena()
    let message = arena.message(onnx__model_proto__init) {
      $0.ir_version = Int64(Self.formatVersion)
      $0.n_opset_import = 1
      $0.opset_import = arena.list([
        arena.message(onnx__operator_set_id_proto__init) { $0.version = Int64(Self.operatorSet) }
      ])
      $0.producer_name = arena.text(producer)
      $0.producer_version = arena.text(producerVersion)
      $0.model_version = Int64(version)
      $0.doc_string = arena.text(documentation)
      $0.graph = graph.message(in: arena)
      $0.n_metadata_props = metadata.count
      $0.metadata_props = arena.list(
        metadata.map { key, value in
          arena.message(onnx__string_string_entry_proto__init) {
            $0.key = arena.text(key)
            $0.value = arena.text(value)
          }
        })
    }
    return arena.packed(message, size: onnx__model_proto__get_packed_size, pack: onnx__model_proto__pack)
  }
}

extension ONNXGraph {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Onnx__GraphProto> {
    arena.message(onnx__graph_proto__init) {
      $0.name = arena.text(name)
      $0.doc_string = arena.text(documentation)
      $0.n_input = inputs.count
      $0.input = arena.list(inputs.map { $0.message(in: arena) })
      $0.n_initializer = constants.count
      $0.initializer = arena.list(constants.map { $0.message(in: arena) })
      $0.n_node = nodes.count
      $0.node = arena.list(nodes.map { $0.message(in: arena) })
      $0.n_output = outputs.count
      $0.output = arena.list(outputs.map { $0.message(in: arena) })
    }
  }
}

extension ONNXNode {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Onnx__NodeProto> {
    arena.message(onnx__node_proto__init) {
      $0.name = arena.text(name)
      $0.op_type = arena.text(operation)
      $0.n_input = inputs.count
      $0.input = arena.list(inputs.map { arena.text($0) })
      $0.n_output = 1
      $0.output = arena.list([arena.text(output)])
      $0.n_attribute = attributes.count
      $0.attribute = arena.list(attributes.map { $0.value.message(named: $0.name, in: arena) })
      $0.doc_string = arena.text(documentation)
    }
  }
}

extension ONNXNode.Attribute {
  fileprivate func message(named name: String, in arena: MessageArena) -> UnsafeMutablePointer<Onnx__AttributeProto> {
    arena.message(onnx__attribute_proto__init) {
      $0.name = arena.text(name)
      switch self {
      case .integer(let number):
        $0.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT
        $0.i = Int64(number)
      case .integers(let numbers):
        $0.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS
        $0.n_ints = numbers.count
        $0.ints = arena.list(numbers.map(Int64.init))
      }
    }
  }
}

extension ONNXTensor {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Onnx__TensorProto> {
    arena.message(onnx__tensor_proto__init) {
      $0.name = arena.text(name)
      $0.n_dims = shape.count
      $0.dims = arena.list(shape.map(Int64.init))
      switch elements {
      case .float(let values):
        $0.data_type = ONNXTensor.code(ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT)
        $0.raw_data = arena.raw(values)
      case .int64(let values):
        $0.data_type = ONNXTensor.code(ONNX__TENSOR_PROTO__DATA_TYPE__INT64)
        $0.raw_data = arena.raw(values)
      }
      $0.doc_string = arena.text(documentation)
    }
  }

  /// The number under which messages name a type.
  fileprivate static func code(_ type: Onnx__TensorProto__DataType) -> Int32 {
    Int32(truncatingIfNeeded: type.rawValue)
  }
}

extension ONNXValue {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Onnx__ValueInfoProto> {
    arena.message(onnx__value_info_proto__init) {
      $0.name = arena.text(name)
      $0.doc_string = arena.text(documentation)
      $0.type = arena.message(onnx__type_proto__init) {
        $0.value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE
        $0.tensor_type = arena.message(onnx__type_proto__tensor__init) {
          $0.elem_type = ONNXTensor.code(ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT)
          $0.shape = arena.message(onnx__tensor_shape_proto__init) {
            $0.n_dim = shape.count
            $0.dim = arena.list(shape.map { $0.message(in: arena) })
          }
        }
      }
    }
  }
}

extension ONNXValue.Dimension {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Onnx__TensorShapeProto__Dimension> {
    arena.message(onnx__tensor_shape_proto__dimension__init) {
      switch self {
      case .size(let size):
        $0.value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE
        $0.dim_value = Int64(size)
      case .any(let name):
        $0.value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM
        $0.dim_param = arena.text(name)
      }
    }
  }
}
