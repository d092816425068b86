// ArchitectureTests.swift
// The models of the original blog post have its numbers of weights; odd configurations work, impossible ones are refused.

import Networks
import Parallel
import Tensors
import Testing

@Suite struct ArchitectureTests {
  static let gray28 = ImageShape(height: 28, width: 28, channels: 1)

  @Test(
    "the post's models",
    arguments: [
      (Architecture.convolutional(filters: [16, 8, 8], downsampling: .pool), 7_873, [4, 4, 8]),
      (.convolutional(filters: [16, 8, 8], downsampling: .stride), 11_361, [4, 4, 8]),
      (.fullyConnected(hiddenUnits: [128, 64, 32]), 222_384, [32]),
    ])
  func weights(architecture: Architecture, weights: Int, bottleneck: [Int]) throws {
    let model = try Autoencoder(architecture, imageShape: Self.gray28, threads: 1)
    #expect(model.slab.weightCount == weights)
    #expect(model.layers.reduce(0) { $0 + $1.weights } == weights)
    #expect(model.bottleneckShape == bottleneck)
    #expect(model.layers[model.bottleneckLayer].outputShape == bottleneck)
    #expect(model.layers.first?.name == "input")
    #expect(Set(model.layers.map(\.name)).count == model.layers.count)
  }

  @Test("the layer table of the post's convolutional model")
  func layers() throws {
    let model = try Autoencoder(
      .convolutional(filters: [16, 8, 8], downsampling: .pool), imageShape: Self.gray28, threads: 1)
    let rows = model.layers.map { "\($0.name) \($0.outputShape) \($0.weights) \($0.multiplyAdds)" }
    #expect(
      rows == [
        "input [28, 28, 1] 0 0",
        "encoder/block0/conv0 [28, 28, 16] 160 112896",
        "encoder/block0/conv1 [28, 28, 16] 2320 1806336",
        "encoder/block0/pool [14, 14, 16] 0 0",
        "encoder/block1/conv0 [14, 14, 8] 1160 225792",
        "encoder/block1/conv1 [14, 14, 8] 584 112896",
        "encoder/block1/pool [7, 7, 8] 0 0",
        "encoder/block2/conv0 [8, 8, 8] 584 36864",
        "encoder/block2/conv1 [8, 8, 8] 584 36864",
        "encoder/block2/pool [4, 4, 8] 0 0",
        "decoder/block0/deconv [8, 8, 8] 584 9216",
        "decoder/block1/deconv [16, 16, 8] 584 36864",
        "decoder/block2/deconv [32, 32, 16] 1168 294912",
        "decoder/linear [32, 32, 1] 145 147456",
        "decoder/crop [28, 28, 1] 0 0",
      ])
  }

  @Test("blocks have kernels, convolutions and downsamplings of their own, and the decoder mirrors them")
  func blocks() throws {
    var architecture = Architecture.convolutional(filters: [4, 6, 8], downsampling: .pool)
    (architecture.kernelSizes, architecture.convolutions) = ([5, 3, 1], 1)
    architecture.downsamplings = [.average, .none, .stride]
    #expect(architecture.name == "convolutional-average-none-stride-4-6-8-kernel-5-3-1-convolutions-1")
    let model = try Autoencoder(architecture, imageShape: Self.gray28, threads: 1)
    let rows = model.layers.dropFirst().map { "\($0.name) \($0.operation.title) \($0.outputShape) \($0.weights)" }
    #expect(
      rows == [
        "encoder/block0/conv0 Conv2D 5×5 [28, 28, 4] 104",
        "encoder/block0/pool AveragePool [14, 14, 4] 0",
        "encoder/block1/conv0 Conv2D [14, 14, 6] 222",
        "encoder/block2/conv0 Conv2D 1×1 [14, 14, 8] 56",
        "encoder/block2/down Conv2D 1×1 stride 2 [7, 7, 8] 72",
        "decoder/block0/deconv Conv2DTranspose 1×1 [14, 14, 8] 72",
        "decoder/block1/conv Conv2D [14, 14, 6] 438",
        "decoder/block2/deconv Conv2DTranspose 5×5 [28, 28, 4] 604",
        "decoder/linear Conv2DTranspose 5×5 [28, 28, 1] 101",
        "decoder/crop Crop [28, 28, 1] 0",
      ])
  }

  @Test("lists that fit no blocks, kernels larger than the pictures and codes larger than the layer before are refused")
  func impossibleBlocks() {
    func refusal(_ change: (inout Architecture) -> Void) -> String {
      var architecture = Architecture.convolutional(filters: [4, 6, 8], downsampling: .pool)
      change(&architecture)
      do { _ = try Autoencoder(architecture, imageShape: Self.gray28, threads: 1) } catch { return "\(error)" }
      return "none"
    }
    #expect(
      refusal { $0.downsamplings = [.pool, .none] }.hasPrefix(
        "--downsampling: got 2 entries, want one for all blocks, or 3"))
    #expect(refusal { $0.kernelSizes = [3, 3, 5, 5] }.hasPrefix("--kernel-size: got 4 entries"))
    #expect(refusal { $0.kernelSizes = [4] } == "kernel size: got 4, want 1 or 3 or 5 or 7")
    #expect(refusal { $0.kernelSizes = [7] } == "none")
    #expect(
      refusal { ($0.sizes, $0.kernelSizes) = ([4, 4, 4, 4], [5]) }.hasPrefix(
        "--kernel-size 5 is larger than the pictures of block 4 of --filters, 4×4"))
    #expect(refusal { $0.code = 128 } == "none")
    #expect(refusal { $0.code = 129 }.hasPrefix("--code 129 is larger than the layer before it, which has 128 numbers"))
  }

  @Test("a code of its own is a dense layer to N numbers and one back, and is in the model's name")
  func code() throws {
    var architecture = Architecture(.convolutional)
    (architecture.code, architecture.codeActivation) = (2, .linear)
    var model = try Autoencoder(architecture, imageShape: Self.gray28, threads: 1)
    #expect(model.slab.weightCount == 7_873 + 128 * 2 + 2 + 2 * 128 + 128 && model.bottleneckShape == [2])
    let rows = model.layers[10...13].map { "\($0.name) \($0.outputShape) \($0.weights) \($0.activation)" }
    #expect(
      rows == [
        "encoder/flatten [128] 0 linear", "encoder/code [2] 258 linear", "decoder/code [128] 384 relu",
        "decoder/reshape [4, 4, 8] 0 linear",
      ])
    #expect(model.layers[model.bottleneckLayer].name == "encoder/code")
    #expect(architecture.name == "convolutional-16-8-8-code-2")
    (architecture.codeActivation, architecture.activation) = (.tanh, .elu)
    #expect(architecture.name == "convolutional-16-8-8-elu-code-2-tanh")

    architecture = Architecture(.fullyConnected)
    (architecture.code, architecture.codeActivation) = (2, .linear)
    model = try Autoencoder(architecture, imageShape: Self.gray28, threads: 1)
    #expect(model.bottleneckShape == [2] && model.layers[model.bottleneckLayer].name == "encoder/dense3")
    #expect(model.layers.map(\.activation) == [.linear, .relu, .relu, .relu, .linear, .relu, .relu, .relu, .linear])
    #expect(architecture.name == "fully-connected-128-64-32-code-2")
    (architecture.code, architecture.codeActivation) = (0, .linear)
    #expect(architecture.name == "fully-connected-128-64-32-code-linear")
  }

  @Test(
    "what cannot be built is refused",
    arguments: [
      (Architecture.convolutional(filters: [], downsampling: .pool), "empty"),
      (.fullyConnected(hiddenUnits: []), "empty"),
      (.convolutional(filters: [16, 0], downsampling: .pool), "got 0"),
      (.fullyConnected(hiddenUnits: [-3]), "got -3"),
      (.fullyConnected(hiddenUnits: [65_537]), "got 65537"),
      (.convolutional(filters: Array(repeating: 8, count: 17), downsampling: .stride), "17"),
      (.fullyConnected(hiddenUnits: [65_536, 65_536]), "weights"),
      (.convolutional(filters: Array(repeating: 8, count: 14), downsampling: .pool), "activations"),
      (.convolutional(filters: Array(repeating: 1, count: 16), downsampling: .stride), "activations"),
    ])
  func refused(architecture: Architecture, message: String) {
    let error = #expect(throws: ArchitectureError.self) {
      try Autoencoder(architecture, imageShape: Self.gray28, threads: 1)
    }
    #expect(error?.description.contains(message) == true)
    #expect(error?.description.contains("\n") == false)
  }
}
