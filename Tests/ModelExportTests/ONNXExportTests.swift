// ONNXExportTests.swift
// What a model becomes in ONNX: which operations, with which padding, and the weights in which order.
//
// That they compute what the model does is shown by tools/interop, with onnxruntime.

import ByteStreams
import Networks
import ONNX
import Parallel
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import ModelExport
@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct ONNXExportTests {
  static func graph(
    _ part: ModelPart, _ architecture: Architecture, height: Int = 28, width: Int = 28, channels: Int = 1
  ) throws -> (Autoencoder, ONNXGraph) {
    let model = try Autoencoder(
      architecture, imageShape: ImageShape(height: height, width: width, channels: channels), batchSize: 4, threads: 1)
    return (model, try ONNXExport.graph(of: part, of: model))
  }

  /// "name operation pads"
  static func summary(_ graph: ONNXGraph) -> [String] {
    graph.nodes.map { node in
      let pads = node.attributes.compactMap { name, value in
        if case .integers(let numbers) = value, name == "pads" {
          numbers.map(String.init).joined(separator: ",")
        } else {
          nil
        }
      }
      return ([node.name, node.operation] + pads).joined(separator: " ")
    }
  }

  static let pool = Architecture.convolutional(filters: [16, 8, 8], downsampling: .pool)

  @Test("the default model's encoder: what pads an odd side is the next convolution") func encoder() throws {
    let (_, graph) = try Self.graph(.encoder, Self.pool)
    #expect(
      Self.summary(graph) == [
        "encoder/channels_first Transpose",
        "encoder/block0/conv0 Conv 1,1,1,1", "encoder/block0/conv0/relu Relu",
        "encoder/block0/conv1 Conv 1,1,1,1", "encoder/block0/conv1/relu Relu", "encoder/block0/pool MaxPool",
        "encoder/block1/conv0 Conv 1,1,1,1", "encoder/block1/conv0/relu Relu",
        "encoder/block1/conv1 Conv 1,1,1,1", "encoder/block1/conv1/relu Relu", "encoder/block1/pool MaxPool",
        "encoder/block2/conv0 Conv 1,1,2,2", "encoder/block2/conv0/relu Relu",
        "encoder/block2/conv1 Conv 1,1,1,1", "encoder/block2/conv1/relu Relu", "encoder/block2/pool MaxPool",
        "encoder/channels_last Transpose", "encoder/flatten Flatten",
      ])
    #expect(graph.inputs.map(\.name) == ["images"] && graph.inputs[0].shape == [.any("batch"), 28, 28, 1])
    #expect(graph.outputs.map(\.name) == ["bottleneck"] && graph.outputs[0].shape == [.any("batch"), 128])
  }

  @Test("the default model's decoder: 4 to 32, cut to 28") func decoder() throws {
    let (_, graph) = try Self.graph(.decoder, Self.pool)
    #expect(
      Self.summary(graph) == [
        "decoder/code Reshape", "decoder/channels_first Transpose",
        "decoder/block0/deconv ConvTranspose 0,0,1,1", "decoder/block0/deconv/relu Relu",
        "decoder/block1/deconv ConvTranspose 0,0,1,1", "decoder/block1/deconv/relu Relu",
        "decoder/block2/deconv ConvTranspose 0,0,1,1", "decoder/block2/deconv/relu Relu",
        "decoder/linear ConvTranspose 1,1,1,1", "decoder/crop Slice", "decoder/sigmoid Sigmoid",
        "decoder/channels_last Transpose",
      ])
    func numbers(_ name: String) -> ONNXTensor.Elements? { graph.constants.first { $0.name == name }?.elements }
    #expect(numbers("decoder/crop/starts") == .int64([2, 2]) && numbers("decoder/crop/ends") == .int64([30, 30]))
    #expect(numbers("decoder/crop/axes") == .int64([2, 3]) && numbers("decoder/code/shape") == .int64([0, 4, 4, 8]))
    #expect(graph.inputs[0].name == "bottleneck" && graph.outputs[0].name == "reconstructions")
    #expect(graph.outputs[0].shape == [.any("batch"), 28, 28, 1])
  }

  @Test("strides of two see nothing before and one row of zeros after; odd sides, and none to cut") func strided()
    throws
  {
    let (_, odd) = try Self.graph(
      .autoencoder, .convolutional(filters: [3, 5], downsampling: .stride), height: 9, width: 12, channels: 3)
    let nodes = Self.summary(odd)
    #expect(nodes.contains("encoder/block0/conv0 Conv 1,1,2,1") && nodes.contains("encoder/block0/down Conv 0,0,1,1"))
    #expect(nodes.contains("encoder/block1/conv0 Conv 1,1,2,1") && nodes.contains("encoder/block1/down Conv 0,0,1,1"))
    #expect(
      nodes.filter { $0.hasSuffix("Transpose") } == [
        "encoder/channels_first Transpose", "decoder/channels_last Transpose",
      ])
    #expect(odd.constants.first { $0.name == "decoder/crop/starts" }?.elements == .int64([1, 0]))
    let (_, even) = try Self.graph(.decoder, .convolutional(filters: [2], downsampling: .pool), height: 8, width: 6)
    #expect(!even.nodes.contains { $0.operation == "Slice" })
  }

  @Test("a fully connected model is matrix products between a flattening and a picture") func dense() throws {
    let (_, graph) = try Self.graph(
      .autoencoder, .fullyConnected(hiddenUnits: [6, 3]), height: 4, width: 5, channels: 3)
    #expect(
      Self.summary(graph) == [
        "encoder/flatten Flatten", "encoder/dense0 Gemm", "encoder/dense0/relu Relu", "encoder/dense1 Gemm",
        "encoder/dense1/relu Relu", "decoder/dense0 Gemm", "decoder/dense0/relu Relu", "decoder/linear Gemm",
        "decoder/sigmoid Sigmoid", "decoder/picture Reshape",
      ])
    #expect(graph.constants.first { $0.name == "decoder/picture/shape" }?.elements == .int64([0, 4, 5, 3]))
    let (_, decoder) = try Self.graph(.decoder, .fullyConnected(hiddenUnits: [6, 3]))
    #expect(decoder.nodes[0].inputs == ["bottleneck", "decoder/dense0/kernel", "decoder/dense0/bias"])
    let (_, encoder) = try Self.graph(.encoder, .fullyConnected(hiddenUnits: [6, 3]))
    #expect(encoder.nodes.last?.output == "bottleneck" && encoder.outputs[0].shape == [.any("batch"), 3])
  }

  @Test("every weight of a part and no other, kernels in the order of their operator", arguments: ModelPart.allCases)
  func weights(part: ModelPart) throws {
    for architecture in [
      Architecture.convolutional(filters: [3, 10], downsampling: .stride), .fullyConnected(hiddenUnits: [7, 2]),
    ] {
      let (model, graph) = try Self.graph(part, architecture, height: 7, width: 6, channels: 2)
      let wanted = model.slab.parameters.filter { parameter in
        part == .autoencoder || parameter.name.hasPrefix("\(part.rawValue)/")
      }
      let weights = graph.constants.filter { $0.name.hasSuffix("/kernel") || $0.name.hasSuffix("/bias") }
      #expect(weights.map(\.name) == wanted.map(\.name))
      for (parameter, tensor) in zip(wanted, weights) {
        let numbers = model.slab.numbers(of: parameter, in: model.slab.values)
        guard case .float(let got) = tensor.elements else { return #expect(Bool(false), "\(tensor.name)") }
        #expect(got == Self.reordered(numbers, parameter, isTransposed: parameter.name.hasPrefix("decoder/")))
      }
    }
  }

  /// Element by element, from height × width × inputs × outputs.
  static func reordered(_ numbers: [Float], _ parameter: Parameter, isTransposed: Bool) -> [Float] {
    guard parameter.shape.count == 4 else { return numbers }
    let (inputs, outputs) = (parameter.shape[2], parameter.shape[3])
    let (slow, fast) = isTransposed ? (inputs, outputs) : (outputs, inputs)
    return (0..<slow * fast * 9).map { place in
      let (a, b, tap) = (place / 9 / fast, place / 9 % fast, place % 9)
      let (input, output) = isTransposed ? (a, b) : (b, a)
      return numbers[(tap * inputs + input) * outputs + output]
    }
  }

  @Test("the file says whose model it is, and nothing is written into the run") func file() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let model = try trainedModel(of: outcome)
      let lock = try DirectoryLock(outcome.runPath)
      defer { lock.release() }
      func contents() throws -> [String] {
        try Directory.list(outcome.runPath) + Directory.list("\(outcome.runPath)/embedding")
      }
      let before = try contents()
      try ONNXExport.write(model, part: .decoder, to: "\(directory)/d.onnx")
      #expect(try contents() == before)
      let onnx = try ONNXExport.onnx(model, part: .decoder)
      #expect(try FileContents.read("\(directory)/d.onnx") == onnx.encoded())
      #expect((onnx.producer, onnx.producerVersion, onnx.version) == ("aelog", AelogVersion.current, 18))
      let texts = Dictionary(onnx.metadata.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
      #expect(texts.count == 5 && texts["part"] == "decoder" && texts["step"] == "18")
      #expect(texts["run"] == Directory.lastPart(of: outcome.runPath))
      #expect(texts["data_fingerprint"] == model.dataFingerprint)
      #expect(texts["configuration"]?.contains("\"hidden_units\":[8,4]") == true)
    }
  }
}
