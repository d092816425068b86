// BenchmarkLog.swift
// Writes a benchmark as a run of its own: the model's graph, colored by the cost of each layer.

import EventFiles
import Networks
import Parallel
import Runs
package import Tensors
package import Training

/// The cost of a layer in one training step.
package struct LayerCost: Hashable, Sendable {
  /// The layer's name in the layer table.
  package let layer: String
  /// Seconds for the whole batch on one thread.
  package let forwardSeconds: Double
  package let backwardSeconds: Double

  package init(layer: String, forwardSeconds: Double, backwardSeconds: Double) {
    self.layer = layer
    self.forwardSeconds = forwardSeconds
    self.backwardSeconds = backwardSeconds
  }
}

/// Writes a benchmark for the Graphs dashboard.
package enum BenchmarkLog {
  /// Makes a run with the model's graph and two costs of it, `forward` and `backward`.
  ///
  /// - Parameter name: the run's name, numbered if it is taken.
  /// - Returns: the run's directory.
  /// - Throws: as `RunPlacement.create`, and errors of writing; then nothing is left behind.
  package static func write(
    _ costs: [LayerCost], _ configuration: TrainingConfiguration, imageShape: ImageShape, logdir: String, name: String
  ) throws -> String {
    let model = try Autoencoder(configuration.architecture, imageShape: imageShape, batchSize: 1, threads: 1)
    let placement = try RunPlacement.create(logdir: logdir, name: name)
    do {
      let run = try RunWriter(placement.path)
      try run.graph(ModelGraph.graph(of: model, configuration))
      let batch = configuration.batchSize
      try run.graphCost("forward", cost(costs, of: model, batchSize: batch, \.forwardSeconds))
      try run.graphCost("backward", cost(costs, of: model, batchSize: batch, \.backwardSeconds))
      try run.close()
    } catch {
      placement.remove()
      throw error
    }
    return placement.path
  }

  /// Returns one node a layer, one after the other. Its memory is that of its activations, four bytes a number.
  private static func cost(
    _ costs: [LayerCost], of model: Autoencoder, batchSize: Int, _ seconds: KeyPath<LayerCost, Double>
  ) -> GraphCost {
    var start: Int64 = 0
    return GraphCost(
      costs.compactMap { cost in
        guard let layer = model.layers.first(where: { $0.name == cost.layer }) else { return nil }
        let duration = max(1, Int64((cost[keyPath: seconds] * 1e6).rounded()))
        defer { start += duration }
        return GraphCost.Node(
          ModelGraph.operationNode(of: layer), start: start, duration: duration,
          memory: Int64(4 * batchSize * layer.outputShape.reduce(1, *)), outputShapes: [[batchSize] + layer.outputShape]
        )
      })
  }
}
