// Series.swift
// The tags of a run, and what each number means: the only place where tags are spelt.

import EventFiles
import Networks

/// One series of values: where it is shown and what it says.
struct Series {
  let tag: Tag
  /// Markdown, shown behind the information sign.
  let description: String

  init(_ tag: Tag, _ description: String) {
    self.tag = tag
    self.description = description
  }

  func scalar(_ value: Double) -> SummaryValue { .scalar(tag, Float(value), description: description) }
}

extension Series {
  static let totalLoss = Series(
    "loss/total",
    "What training minimises, for one batch before its update: `loss/reconstruction` plus "
      + "weight decay · ½Σw² over all kernels.")
  static let reconstructionLoss = Series(
    "loss/reconstruction",
    "Sigmoid cross entropy between reconstruction and clean image, in nats, mean over all pixels and channels: of one "
      + "batch before its update (training), or of the whole validation set after an epoch (eval). Images that are not "
      + "purely black and white keep it above zero.")
  static let learningRate = Series("optimizer/learning_rate", "Adam's learning rate at this step, after decay.")
  static let gradientNorm = Series(
    "optimizer/gradient_norm",
    "Euclidean norm of the gradient of `loss/total` over all weights, of one batch before its update.")
  static let speed = Series(
    "speed/images_per_second",
    "Training images per second since the last point; evaluation and logging are not counted.")
  static let rmse = Series(
    "rmse",
    "√ mean (reconstruction − image)² over all pixels of the validation set, which range from 0 to 1: after each epoch."
  )
  static let testLoss = Series(
    "test/loss",
    "`loss/reconstruction` of the test set, after the last epoch. No choice in training depends on these images.")
  static let testRMSE = Series(
    "test/rmse", "`rmse` of the test set, after the last epoch. No choice in training depends on these images.")

  static func weights(_ parameter: Parameter) throws -> Series {
    let kind = parameter.isKernel ? "kernel" : "bias"
    let shape = parameter.shape.map(String.init).joined(separator: "×")
    return Series(
      try Tag("weights/\(parameter.name)"),
      "All \(parameter.count) numbers of this \(kind) (\(shape)) after each epoch.")
  }

  static func activations(_ layer: Layer, images: Int) throws -> Series {
    Series(
      try Tag("activations/\(layer.name)"),
      "What this layer gives\(layer.isActivated ? ", after its ReLU," : "") for the first \(images) validation images, "
        + "after each epoch.")
  }

  static func zeros(_ layer: Layer, images: Int) throws -> Series {
    Series(
      try Tag("activations/\(layer.name)/fraction_of_zeros"),
      "The share of this layer's activations that its ReLU sets to zero, for the first \(images) validation images. "
        + "1 means that the layer is dead.")
  }

  static func reconstructions(rows: [String]) -> Series {
    Series(
      "reconstructions",
      "Test images, from top to bottom: \(rows.joined(separator: ", ")). Step 0 is before training. "
        + "At most ten epochs are shown.")
  }

  static let command = Series("run/command", "What was asked for, on which data, by which program.")
  static let layers = Series("run/layers", "The model, layer by layer, and how many weights each has.")
}
