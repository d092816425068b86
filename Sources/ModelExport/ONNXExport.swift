// ONNXExport.swift
// Writes a trained model, or one half of it, as an ONNX file.

import ByteStreams
import Networks
import ONNX
package import Runs
import Tensors
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes parts of trained models for ONNX runtimes.
package enum ONNXExport {
  /// Writes a part to `path`, replacing a file there atomically.
  /// - Throws: `FileError`.
  package static func write(_ model: TrainedModel, part: ModelPart, to path: String) throws {
    try onnx(model, part: part).write(to: path)
  }

  /// Returns a part of a trained model, with the name of its run.
  static func onnx(_ model: TrainedModel, part: ModelPart) throws -> ONNXModel {
    var onnx = ONNXModel(
      try graph(of: part, of: model.autoencoder), producer: "aelog", producerVersion: AelogVersion.current)
    let run = Directory.lastPart(of: Directory.resolved(model.runDirectory) ?? model.runDirectory)
    onnx.version = model.step
    onnx.documentation =
      "The \(part.rawValue) of a \(model.configuration.architecture.name) autoencoder: run \(run), step \(model.step)."
    onnx.metadata = [
      ("run", run), ("part", part.rawValue), ("step", "\(model.step)"),
      ("configuration", try json(model.configuration)), ("data_fingerprint", model.dataFingerprint),
    ]
    return onnx
  }

  /// Returns the computation with its weights.
  static func graph(of part: ModelPart, of autoencoder: Autoencoder) throws -> ONNXGraph {
    let network = ONNXNodes(part, of: autoencoder)
    let shape = autoencoder.imageShape
    let pixels = [shape.height, shape.width, shape.channels].map { ONNXValue.Dimension.size($0) }
    func pictures(_ name: String) -> ONNXValue {
      ONNXValue(
        name, shape: [.any("batch")] + pixels,
        documentation: "Pixels from 0 to 1, height × width × channels, row by row.")
    }
    let codes = ONNXValue(
      ONNXNodes.bottleneck, shape: [.any("batch"), .size(autoencoder.bottleneckCount)],
      documentation: "The columns of the run's embedding: "
        + autoencoder.bottleneckShape.map(String.init).joined(separator: "×") + ", channels last.")
    return try ONNXGraph(
      part.rawValue, inputs: [part.takesImages ? pictures(ONNXNodes.images) : codes], constants: network.constants,
      nodes: network.nodes, outputs: [part.givesReconstructions ? pictures(ONNXNodes.reconstructions) : codes])
  }

  private static func json(_ configuration: TrainingConfiguration) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(configuration), as: UTF8.self)
  }
}

/// Half of an autoencoder, or the whole of it.
package enum ModelPart: String, CaseIterable, Sendable {
  /// Images to codes.
  case encoder
  /// Codes to reconstructions.
  case decoder
  /// Images to reconstructions.
  case autoencoder

  var takesImages: Bool { self != .decoder }
  var givesReconstructions: Bool { self != .encoder }
}

/// The order of a kernel's dimensions in an operator of ONNX.
enum ONNXWeightLayout {
  /// `Gemm` without transposition: inputs × outputs, as here.
  case dense
  /// `Conv`: outputs × inputs × height × width.
  case convolution
  /// `ConvTranspose`: inputs × outputs × height × width.
  case transposedConvolution

  /// The axes of height × width × inputs × outputs (inputs × outputs, if dense) in the order of the operator.
  private var axes: [Int] {
    switch self {
    case .dense: [0, 1]
    case .convolution: [3, 2, 0, 1]
    case .transposedConvolution: [2, 3, 0, 1]
    }
  }

  private var documentation: String {
    switch self {
    case .dense: "inputs × outputs"
    case .convolution: "outputs × inputs × height × width"
    case .transposedConvolution: "inputs × outputs × height × width"
    }
  }

  /// Returns a kernel as a tensor of its own name.
  /// - Parameter numbers: the weights in the parameter's documented order.
  func tensor(of kernel: Parameter, _ numbers: [Float]) -> ONNXTensor {
    ONNXTensor(
      kernel.name, shape: axes.map { kernel.shape[$0] },
      .float(ONNXWeightLayout.permuted(numbers, shape: kernel.shape, axes: axes)), documentation: documentation)
  }

  /// y[i[a₀], i[a₁], …] = x[i₀, i₁, …] for `axes` a: the dimensions of x in another order.
  static func permuted(_ x: [Float], shape: [Int], axes: [Int]) -> [Float] {
    if axes == Array(shape.indices) { return x }
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    // The offsets that the outer dimensions lead to, extended by one dimension after the other.
    return axes.reduce([0]) { places, axis in
      places.flatMap { place in (0..<shape[axis]).map { place + $0 * strides[axis] } }
    }.map { x[$0] }
  }
}
