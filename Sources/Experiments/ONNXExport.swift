// ONNXExport.swift
// A trained model as an ONNX file.

import ByteStreams
import Networks
import ONNX
import Tensors
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes parts of trained models for other programs to run.
package enum ONNXExport {
  /// Puts a part where `path` leads; a file there is replaced whole or not at all. Nothing else is written.
  /// - Throws: `FileError`.
  package static func write(_ model: TrainedModel, part: ModelPart, to path: String) throws {
    try onnx(model, part: part).write(to: path)
  }

  /// A part of a trained model, with where it comes from.
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

  /// The computation with its weights.
  static func graph(of part: ModelPart, of autoencoder: Autoencoder) throws -> ONNXGraph {
    let network = NetworkNodes(part, of: autoencoder)
    let shape = autoencoder.imageShape
    let pixels = [shape.height, shape.width, shape.channels].map { ONNXValue.Dimension.size($0) }
    func pictures(_ name: String) -> ONNXValue {
      ONNXValue(
        name, shape: [.any("batch")] + pixels,
        documentation: "Pixels from 0 to 1, height × width × channels, row by row.")
    }
    let codes = ONNXValue(
      NetworkNodes.bottleneck, shape: [.any("batch"), .size(autoencoder.bottleneckCount)],
      documentation: "The columns of the run's embedding: "
        + autoencoder.bottleneckShape.map(String.init).joined(separator: "×") + ", channels last.")
    return try ONNXGraph(
      part.rawValue, inputs: [part.takesImages ? pictures(NetworkNodes.images) : codes], constants: network.constants,
      nodes: network.nodes, outputs: [part.givesReconstructions ? pictures(NetworkNodes.reconstructions) : codes])
  }

  private static func json(_ configuration: TrainingConfiguration) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(configuration), as: UTF8.self)
  }
}
