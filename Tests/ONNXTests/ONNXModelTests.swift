// ONNXModelTests.swift
// Models against the bytes of ONNX's own classes; graphs that are none; files that can't be written.

import ByteStreams
import CONNXProto
import CProtobufC
import Foundation
import TestSupport
import Testing

@testable import ONNX

@Suite struct ONNXModelTests {
  /// The model that Tests/Fixtures/real/onnx_model.py builds.
  static func small() throws -> ONNXModel {
    var model = ONNXModel(
      try ONNXGraph(
        "small", documentation: "A *graph*.",
        inputs: [ONNXValue("x", shape: [.any("batch"), 1, 2, 2], documentation: "In.")],
        constants: [
          ONNXTensor("a/kernel", shape: [2, 1, 1, 1], .float([0.5, -3]), documentation: "outputs first"),
          ONNXTensor("b/shape", [0, -1]),
        ],
        nodes: [
          ONNXNode(
            "a", "Conv", inputs: ["x", "a/kernel"],
            attributes: [("pads", .integers([0, 0, 0, 0])), ("group", .integer(1))], documentation: "1×1"),
          ONNXNode("b", "Reshape", inputs: ["a", "b/shape"], output: "y"),
        ], outputs: [ONNXValue("y", shape: [.any("batch"), 8])]),
      producer: "aelog", producerVersion: "0.1.0")
    model.version = 300
    model.documentation = "Größe ☃"
    model.metadata = [("run", "first"), ("step", "300")]
    return model
  }

  @Test("the bytes are those of ONNX's own classes") func golden() throws {
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/real/small.onnx").path
    #expect(try Self.small().encoded() == FileContents.read(fixture))
  }

  @Test("values that nothing makes, or that two nodes make, or that have no name") func noGraphs() throws {
    func graph(
      name: String = "g", constants: [ONNXTensor] = [], _ nodes: [ONNXNode], output: String = "y"
    ) throws -> ONNXGraph {
      try ONNXGraph(
        name, inputs: [ONNXValue("x", shape: [1])], constants: constants, nodes: nodes,
        outputs: [ONNXValue(output, shape: [1])])
    }
    let relu = ONNXNode("r", "Relu", inputs: ["x"], output: "y")
    #expect(try graph([relu]).nodes.count == 1)
    #expect(throws: ONNXError.noName(of: "graph")) { try graph(name: "", [relu]) }
    #expect(throws: ONNXError.noName(of: "node")) { try graph([ONNXNode("", "Relu", inputs: ["x"], output: "y")]) }
    #expect(throws: ONNXError.noName(of: "node")) { try graph([ONNXNode("y", "", inputs: ["x"])]) }
    #expect(throws: ONNXError.noName(of: "value")) { try graph([ONNXNode("r", "Relu", inputs: ["x"], output: "")]) }
    #expect(throws: ONNXError.madeTwice("r")) { try graph([relu, ONNXNode("r", "Relu", inputs: ["x"], output: "z")]) }
    #expect(throws: ONNXError.madeTwice("y")) { try graph([relu, ONNXNode("s", "Relu", inputs: ["x"], output: "y")]) }
    #expect(throws: ONNXError.madeTwice("x")) { try graph(constants: [ONNXTensor("x", [1])], [relu]) }
    #expect(throws: ONNXError.neverMade("z", takenBy: "g")) { try graph([relu], output: "z") }
    #expect(throws: ONNXError.neverMade("y", takenBy: "s")) {
      try graph([ONNXNode("s", "Relu", inputs: ["y"], output: "z"), relu])
    }
  }

  @Test("a file is replaced whole, and a place that can't be written is an error that leaves nothing") func files()
    throws
  {
    try withTemporaryDirectory { directory in
      let (model, path) = (try Self.small(), "\(directory)/m.onnx")
      try AtomicFile.replace(path, bytes: [1, 2, 3])
      try model.write(to: path)
      #expect(try FileContents.read(path) == model.encoded())
      try Directory.create("\(directory)/d")
      for bad in ["\(directory)/d", "\(directory)/none/m.onnx", "\(path)/x", "/dev/full"] {
        #expect(throws: FileError.self) { try model.write(to: bad) }
      }
      #expect(try Directory.list(directory) == ["d", "m.onnx"])
      #expect(try FileContents.read(path) == model.encoded())
    }
  }

  /// protobuf-c unpacks nested messages by recursion: the declarations must bound it.
  @Test func noMessageCanHoldOneOfItsKind() {
    func depth(_ message: UnsafePointer<ProtobufCMessageDescriptor>, above: [UnsafeRawPointer]) -> Int {
      let address = UnsafeRawPointer(message)
      if above.contains(address) { return Int.max / 2 }
      let fields = UnsafeBufferPointer(start: message.pointee.fields, count: Int(message.pointee.n_fields))
      let nested = fields.filter { $0.type == PROTOBUF_C_TYPE_MESSAGE }.compactMap { $0.descriptor }
      return 1
        + (nested.map { depth($0.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), above: above + [address]) }
          .max() ?? 0)
    }
    #expect(withUnsafePointer(to: onnx__model_proto__descriptor) { depth($0, above: []) } < 8)
  }
}
