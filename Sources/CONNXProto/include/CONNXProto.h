// CONNXProto.h
// The messages of an ONNX model, generated from proto/ by tools/protos.

#ifndef C_ONNX_PROTO_H
#define C_ONNX_PROTO_H

#include "onnx.pb-c.h"

#endif
