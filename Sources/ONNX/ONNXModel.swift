// ONNXModel.swift
// A graph with what it was written for and by: the whole of an ONNX file.

import ByteStreams

/// A model that onnxruntime and others run.
package struct ONNXModel: Sendable {
  /// The operator set of ONNX 1.8 (2020), which has every operator used here; onnxruntime reads it from 1.6 on.
  package static let operatorSet = 13
  /// The version of the format that came with that set.
  package static let formatVersion = 7

  package var graph: ONNXGraph
  /// The program that writes it.
  package var producer: String
  package var producerVersion: String
  /// Which of the models of this graph's name.
  package var version = 0
  /// Markdown.
  package var documentation = ""
  /// Texts for programs, each under its own key.
  package var metadata: [(key: String, value: String)] = []

  package init(_ graph: ONNXGraph, producer: String, producerVersion: String) {
    self.graph = graph
    self.producer = producer
    self.producerVersion = producerVersion
  }

  /// Puts the model where `path` leads; a file there is replaced whole or not at all.
  /// - Throws: `FileError`.
  package func write(to path: String) throws { try AtomicFile.deliver(path, bytes: encoded()) }
}
