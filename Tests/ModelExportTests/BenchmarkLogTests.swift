// BenchmarkLogTests.swift
// A benchmark's run: every layer's cost sits on a node of the graph, and a refusal leaves nothing.

import ByteStreams
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
@testable import Runs

@Suite struct BenchmarkLogTests {
  static let architectures: [Architecture] = [
    .convolutional(filters: [3, 2], downsampling: .pool), .convolutional(filters: [4], downsampling: .stride),
    .fullyConnected(hiddenUnits: [5, 2]),
  ]

  @Test("every layer's cost is that of a node in the graph", arguments: architectures)
  func nodes(architecture: Architecture) throws {
    try withTemporaryDirectory { directory in
      let shape = ImageShape(height: 6, width: 7, channels: 2)
      let layers = try Autoencoder(architecture, imageShape: shape, batchSize: 1, threads: 1).layers
      let costs = layers.enumerated().map {
        LayerCost(layer: $1.name, forwardSeconds: Double($0 + 1) * 1e-3, backwardSeconds: Double($0 + 1) * 2e-3)
      }
      let path = try BenchmarkLog.write(
        costs, TrainingConfiguration(architecture: architecture), imageShape: shape, logdir: directory, name: "bench")
      let run = try LoggedRun(path)
      let names = Set(try #require(run.graph).nodes.map(\.name))
      let measured = run.events.compactMap {
        if case .graphCost(let tag, let cost) = $0.content { (tag, cost) } else { nil }
      }
      #expect(measured.map(\.0) == ["forward", "backward"])
      for (index, (_, cost)) in measured.enumerated() {
        #expect(cost.nodes.count == layers.count)
        for (place, node) in cost.nodes.enumerated() {
          #expect(names.contains(node.name), "\(node.name)")
          #expect(node.duration == Int64((place + 1) * (index + 1) * 1000))
        }
      }
    }
  }

  @Test("a bad name leaves nothing behind")
  func refusal() throws {
    try withTemporaryDirectory { directory in
      _ = #expect(throws: RunError.self) {
        try BenchmarkLog.write(
          [], TrainingConfiguration(architecture: Self.architectures[0]),
          imageShape: ImageShape(height: 4, width: 4, channels: 1), logdir: directory, name: "../x")
      }
      let left = try Directory.list(directory)
      #expect(left.isEmpty)
    }
  }
}
