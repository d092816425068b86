// RunTexts.swift
// What a run says of itself in words: the command and the layer table, as Markdown; the hyperparameters.

import ByteStreams
import Datasets
import EventFiles
import Networks
import Tensors
import Training

/// Texts for TensorBoard.
enum RunTexts {
  /// The command, the data and the program, as a block of code: nothing in it is taken for Markdown.
  static func command(_ options: TrainingOptions, run: TrainingRun) -> String {
    let data = run.data
    return block([
      ShellWord.line(options.commandLine),
      "",
      "data         \(DisplayName.escaped(options.data.argument)), fingerprint \(data.fingerprint)",
      "images       \(data.training.count) training, \(data.validation.count) validation, \(data.test.count) test",
      "each         \(data.shape) (height × width × channels)",
      "kernels      \(run.autoencoder.kernelsName), \(DisplayName.counted(options.threads, "thread"))",
      "program      aelog \(AelogVersion.current), Swift \(AelogVersion.swift)",
    ])
  }

  /// Lines of code in Markdown.
  static func block(_ lines: [String]) -> String {
    lines.map { "    \($0)" }.joined(separator: "\n")
  }

  /// The layers, their shapes and weights, and the sum.
  static func layers(of autoencoder: Autoencoder) -> String {
    let rows = autoencoder.layers.map { layer in
      [
        layer.name, layer.kind.rawValue + (layer.isActivated ? " + ReLU" : ""),
        layer.outputShape.map(String.init).joined(separator: "×"), layer.weights == 0 ? "" : "\(layer.weights)",
      ]
    }
    return table(
      [["layer", "kind", "output", "weights"], ["---", "---", "---", "---:"]] + rows
        + [["**total**", "", "", "**\(autoencoder.slab.weightCount)**"]])
  }

  /// What stands in the column of an option that belongs to the other family: a view of runs with an empty cell leaves them out.
  static let noValue = HyperParameter.Value.text("none")

  /// Everything that decides what is trained, under the names of the options.
  /// - Parameter data: the name of the images.
  static func hyperParameters(_ configuration: TrainingConfiguration, data: String) -> [HyperParameter] {
    let sizes = configuration.architecture.sizes.map(String.init).joined(separator: ",")
    var parameters: [HyperParameter] =
      switch configuration.architecture {
      case .convolutional(_, let downsampling):
        [
          HyperParameter("model", "convolutional"), HyperParameter("filters", .text(sizes)),
          HyperParameter("downsampling", .text(downsampling.rawValue)), HyperParameter("hidden_units", noValue),
        ]
      case .fullyConnected:
        [
          HyperParameter("model", "fully-connected"), HyperParameter("filters", noValue),
          HyperParameter("downsampling", noValue), HyperParameter("hidden_units", .text(sizes)),
        ]
      }
    parameters += [
      HyperParameter("data", .text(data)),
      HyperParameter("epochs", .number(Double(configuration.epochs))),
      HyperParameter("batch_size", .number(Double(configuration.batchSize))),
      HyperParameter("learning_rate", .number(configuration.learningRate)),
      HyperParameter("learning_rate_decay", .number(configuration.learningRateDecay)),
      HyperParameter("decay_steps", .number(Double(configuration.decaySteps))),
      HyperParameter("weight_decay", .number(configuration.weightDecay)),
      HyperParameter("dropout", .number(configuration.dropout)),
      HyperParameter("noise_factor", .number(configuration.noiseFactor)),
      HyperParameter("seed", .number(Double(configuration.seed))),
      HyperParameter("kernels", .text(configuration.kernels.rawValue)),
    ]
    return parameters
  }

  private static func table(_ rows: [[String]]) -> String {
    rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }
}
