// RunTexts.swift
// Texts about a run for TensorBoard: its command and data, and the table of its layers.

import ByteStreams
import Datasets
import Networks
import Runs
import Tensors
import Training

extension TrainingOptions {
  /// Returns lines about the command, the data and the program.
  func commandLines(for run: TrainingRun) -> [String] {
    let data = run.data
    return [
      ShellWord.line(commandLine),
      "",
      "data         \(DisplayName.escaped(self.data.argument)), fingerprint \(data.fingerprint)",
      "images       \(data.training.count) training, \(data.validation.count) validation, \(data.test.count) test",
      "each         \(data.shape) (height × width × channels)",
      "kernels      \(run.autoencoder.kernelsName), \(DisplayName.counted(threads, "thread"))",
      "program      aelog \(AelogVersion.current), Swift \(AelogVersion.swift)",
    ]
  }
}

extension Autoencoder {
  /// The layers with their shapes and weights, and the sum, as a Markdown table.
  var layerTable: String {
    let rows = layers.map { layer in
      [
        layer.name, layer.kind.rawValue + (layer.isActivated ? " + ReLU" : ""),
        layer.outputShape.map(String.init).joined(separator: "×"), layer.weights == 0 ? "" : "\(layer.weights)",
      ]
    }
    let table =
      [["layer", "kind", "output", "weights"], ["---", "---", "---", "---:"]] + rows
      + [["**total**", "", "", "**\(slab.weightCount)**"]]
    return table.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }
}
