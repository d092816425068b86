// ModelGraphTests.swift
// The graph is whole: every input is a node, every node has a shape, layers stand in their boxes.

import Datasets
import EventFiles
import Networks
import Parallel
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import ModelExport
@testable import Probes

@Suite struct ModelGraphTests {
  @Test(
    arguments: [
      Architecture.convolutional(filters: [4, 3, 2], downsampling: .pool),
      .convolutional(filters: [4], downsampling: .stride), .fullyConnected(hiddenUnits: [6, 3]),
    ], [0, 0.25])
  func everyGraphIsWhole(architecture: Architecture, perturbed: Double) throws {
    try withTemporaryDirectory { directory in
      let data = try TinyCollection().write(to: directory).load(seed: 0, threads: 1)
      var configuration = tinyConfiguration(architecture)
      (configuration.noiseFactor, configuration.dropout) = (perturbed, perturbed)
      let run = try TrainingRun(configuration, on: data, threads: 1)
      let nodes = try ModelGraph.graph(of: run).nodes
      let names = Set(nodes.map(\.name))
      for node in nodes {
        #expect(node.inputs.allSatisfy(names.contains), "\(node)")
        #expect(node.attributes.contains { $0.name == "_output_shapes" }, "\(node.name)")
        // A name that is also a box would be drawn twice.
        #expect(!names.contains { $0.hasPrefix(node.name + "/") }, "\(node.name)")
      }
      for parameter in run.autoencoder.slab.parameters {
        let node = try #require(nodes.first { $0.name == parameter.name })
        #expect(node.attributes.contains { $0 == (name: "shape", value: .shape(parameter.shape)) })
      }
      let boxes = Set(nodes.compactMap { $0.name.split(separator: "/").first })
      #expect(
        boxes.symmetricDifference(
          ["input", "encoder", "decoder", "reconstruction", "loss", "optimizer"] + (perturbed > 0 ? ["noise"] : [])
        )
        .isEmpty)
      #expect(nodes.contains { $0.operation == "Dropout" } == (perturbed > 0))
      let reconstruction = try #require(nodes.first { $0.name == "reconstruction" })
      #expect(reconstruction.attributes.contains { $0 == (name: "_output_shapes", value: .shapes([[-1, 6, 5, 1]])) })
    }
  }

  @Test("from the input to the optimizer there is one way through every layer") func chain() throws {
    try withTemporaryDirectory { directory in
      let data = try TinyCollection().write(to: directory).load(seed: 0, threads: 1)
      let run = try TrainingRun(
        tinyConfiguration(.convolutional(filters: [2], downsampling: .pool)), on: data, threads: 1)
      let nodes = try ModelGraph.graph(of: run).nodes
      var name = "reconstruction"
      var way: [String] = []
      while let input = nodes.first(where: { $0.name == name })?.inputs.first {
        way.append(input)
        name = input
      }
      #expect(
        way.reversed() == [
          "input", "encoder/block0/conv0/Conv2D", "encoder/block0/conv0/BiasAdd", "encoder/block0/conv0/Relu",
          "encoder/block0/conv1/Conv2D", "encoder/block0/conv1/BiasAdd", "encoder/block0/conv1/Relu",
          "encoder/block0/pool", "decoder/block0/deconv/Conv2DTranspose", "decoder/block0/deconv/BiasAdd",
          "decoder/block0/deconv/Relu", "decoder/linear/Conv2DTranspose", "decoder/linear/BiasAdd", "decoder/crop",
        ])
    }
  }
}
