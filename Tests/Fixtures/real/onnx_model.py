# onnx_model.py
# Writes Tests/Fixtures/real/small.onnx: a model put together by ONNX's own protocol buffer classes.
"""Usage: onnx_model.py [FILE]. Made with Python 3.11 and the versions of tools/interop/requirements.txt.

Every message and field of proto/onnx.proto is in it; Tests/ONNXTests says the same in Swift and wants the same bytes.
"""
import pathlib
import struct
import sys

import onnx
from onnx import AttributeProto, ModelProto, TensorProto

HERE = pathlib.Path(__file__).resolve().parent / "small.onnx"


def value(declaration, name, sizes, doc):
    declaration.name = name
    if doc:  # set to nothing and not set are different bytes
        declaration.doc_string = doc
    declaration.type.tensor_type.elem_type = TensorProto.FLOAT
    for size in sizes:
        dimension = declaration.type.tensor_type.shape.dim.add()
        if isinstance(size, str):
            dimension.dim_param = size
        else:
            dimension.dim_value = size


def model():
    made = ModelProto(ir_version=7, producer_name="aelog", producer_version="0.1.0", model_version=300,
                      doc_string="Größe ☃")
    made.opset_import.add().version = 13
    graph = made.graph
    graph.name, graph.doc_string = "small", "A *graph*."
    value(graph.input.add(), "x", ["batch", 1, 2, 2], "In.")
    graph.initializer.add(name="a/kernel", dims=[2, 1, 1, 1], data_type=TensorProto.FLOAT,
                          raw_data=struct.pack("<2f", 0.5, -3), doc_string="outputs first")
    graph.initializer.add(name="b/shape", dims=[2], data_type=TensorProto.INT64, raw_data=struct.pack("<2q", 0, -1))
    convolution = graph.node.add(name="a", op_type="Conv", input=["x", "a/kernel"], output=["a"], doc_string="1×1")
    convolution.attribute.add(name="pads", type=AttributeProto.INTS, ints=[0, 0, 0, 0])
    convolution.attribute.add(name="group", type=AttributeProto.INT, i=1)
    graph.node.add(name="b", op_type="Reshape", input=["a", "b/shape"], output=["y"])
    value(graph.output.add(), "y", ["batch", 8], "")
    made.metadata_props.add(key="run", value="first")
    made.metadata_props.add(key="step", value="300")
    onnx.checker.check_model(made, full_check=True)
    return made


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    target.write_bytes(model().SerializeToString(deterministic=True))
