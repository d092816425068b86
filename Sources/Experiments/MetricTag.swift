// MetricTag.swift
// The tags of a run, and what each number means: the only place where tags are spelt.

import EventFiles
import Networks

/// One series of values: where it is shown and what it says.
struct MetricTag {
  let tag: Tag
  /// Markdown, shown behind the information sign.
  let description: String

  init(_ tag: Tag, _ description: String) {
    self.tag = tag
    self.description = description
  }

  func scalar(_ value: Double) -> SummaryValue { .scalar(tag, Float(value), description: description) }
}

extension MetricTag {
  static let totalLoss = MetricTag(
    "loss/total",
    "What training minimises, for one batch before its update: `loss/reconstruction` plus "
      + "weight decay · ½Σw² over all kernels.")
  static let reconstructionLoss = MetricTag(
    "loss/reconstruction",
    "Sigmoid cross entropy between reconstruction and clean image, in nats, mean over all pixels and channels: of one "
      + "batch before its update (training), or of the whole validation set after an epoch (eval). Images that are not "
      + "purely black and white keep it above zero.")
  static let learningRate = MetricTag("optimizer/learning_rate", "Adam's learning rate at this step, after decay.")
  static let gradientNorm = MetricTag(
    "optimizer/gradient_norm",
    "Euclidean norm of the gradient of `loss/total` over all weights, of one batch before its update.")
  static let speed = MetricTag(
    "speed/images_per_second",
    "Training images per second since the last point; evaluation and logging are not counted.")
  static let runSpeed = MetricTag(
    "run/images_per_second",
    "Training images per second since the run began or last went on; evaluation and logging are not counted.")
  static let seconds = MetricTag(
    "run/seconds", "What the run has taken by the end of an epoch, with evaluation and logging, on the wall's clock.")
  static let epochs = MetricTag("run/epochs", "Epochs that are over.")
  static let weightCount = MetricTag("model/weights", "Numbers that training adjusts: kernels and biases.")
  static let bottleneck = MetricTag("model/bottleneck", "Numbers in the code of one image.")
  static let rmse = MetricTag(
    "rmse",
    "√ mean (reconstruction − image)² over all pixels of the validation set, which range from 0 to 1: after each epoch."
  )
  static let testLoss = MetricTag(
    "test/loss",
    "`loss/reconstruction` of the test set, after the last epoch. No choice in training depends on these images.")
  static let testRMSE = MetricTag(
    "test/rmse", "`rmse` of the test set, after the last epoch. No choice in training depends on these images.")

  /// - Parameter images: how many validation images are measured.
  static func neighborAccuracy(images: Int) -> MetricTag {
    MetricTag(
      "code/neighbour_accuracy",
      "The share of images whose class most of their \(LatentQuality.neighbors) nearest codes have (the code itself left out): of the "
        + "same \(images) validation images after each epoch, as many of each class. 1 means that neighbors in the code are of one "
        + "class. \(noValue)")
  }

  private static let noValue =
    "Of codes at the same distance, the one of the lower image comes first. Has no value where that decides the last neighbor of "
    + "more than half of the images, or all codes are equal."

  static func trustworthiness(images: Int) -> MetricTag {
    MetricTag(
      "code/trustworthiness",
      "How far the \(LatentQuality.neighbors) nearest codes of an image are its nearest images, pixel by pixel, too (Venna and "
        + "Kaski): at best 1, about 0.5 for codes at random. Of the same \(images) validation images after each epoch. \(noValue)"
    )
  }

  static func silhouette(images: Int) -> MetricTag {
    MetricTag(
      "code/silhouette",
      "How much nearer codes are to their own class than to the next one (Rousseeuw), mean of all: from -1 to 1, 0 where classes lie "
        + "upon each other. Of the same \(images) validation images after each epoch. Has no value where all codes are equal."
    )
  }

  static func confusion(images: Int) -> MetricTag {
    MetricTag(
      "code/confusion",
      "What the images of each class (a row) are taken for when their \(LatentQuality.neighbors) nearest codes vote, in per cent of "
        + "the row: of the same \(images) validation images as `code/neighbour_accuracy`. At most ten epochs are shown."
    )
  }

  static func testNeighborAccuracy(images: Int) -> MetricTag {
    MetricTag("test/neighbour_accuracy", "`code/neighbour_accuracy` of \(images) test images, after the last epoch.")
  }

  static func testTrustworthiness(images: Int) -> MetricTag {
    MetricTag("test/trustworthiness", "`code/trustworthiness` of \(images) test images, after the last epoch.")
  }

  static func testSilhouette(images: Int) -> MetricTag {
    MetricTag("test/silhouette", "`code/silhouette` of \(images) test images, after the last epoch.")
  }

  static func testConfusion(images: Int) -> MetricTag {
    MetricTag(
      "test/confusion",
      "How many images of each class (a row) are taken for which (a column) when their \(LatentQuality.neighbors) nearest codes vote: "
        + "\(images) test images, after the last epoch.")
  }

  static func embedding(images: Int) -> MetricTag {
    MetricTag(
      "embedding",
      "The codes of the same \(images) validation images along their first two principal components, colored by class. Every picture is turned "
        + "towards the components of the images themselves, so that it does not flip from epoch to epoch. At most ten epochs are "
        + "shown; the Projector tab has more images and more dimensions.")
  }

  static let filmstrip = MetricTag(
    "filmstrip",
    "Test images (rows) and what became of them after each epoch (columns), at most ten epochs. Step 0 has the untrained network "
      + "alone, the last step all of them.")
  static let animation = MetricTag(
    "animation",
    "Test images, and below them what becomes of them epoch by epoch: a picture that moves. Step 0 has the untrained network alone, "
      + "the last step every epoch.")

  static func weights(_ parameter: Parameter) throws -> MetricTag {
    let kind = parameter.isKernel ? "kernel" : "bias"
    let shape = parameter.shape.map(String.init).joined(separator: "×")
    return MetricTag(
      try Tag("weights/\(parameter.name)"),
      "All \(parameter.count) numbers of this \(kind) (\(shape)) after each epoch.")
  }

  static func activations(_ layer: Layer, images: Int) throws -> MetricTag {
    MetricTag(
      try Tag("activations/\(layer.name)"),
      "What this layer gives\(layer.isActivated ? ", after its ReLU," : "") for the first \(images) validation images, "
        + "after each epoch.")
  }

  static func zeros(_ layer: Layer, images: Int) throws -> MetricTag {
    MetricTag(
      try Tag("activations/\(layer.name)/fraction_of_zeros"),
      "The share of this layer's activations that its ReLU sets to zero, for the first \(images) validation images. "
        + "1 means that the layer is dead.")
  }

  static func reconstructions(rows: [String]) -> MetricTag {
    MetricTag(
      "reconstructions",
      "Test images, from top to bottom: \(rows.joined(separator: ", ")). Step 0 is before training. "
        + "At most ten epochs are shown.")
  }

  static let command = MetricTag("run/command", "What was asked for, on which data, by which program.")
  static let pareto = MetricTag(
    "sweep/pareto",
    "The test loss of each set of options, mean and deviation of its repeats, against the size of the code and against the number "
      + "of weights. Circles: no other is both smaller and better.")
  static let ranking = MetricTag("sweep/ranking", "The trials in the order of their test loss, repeats taken together.")
  static let failure = MetricTag("run/failure", "Why the run came to nothing.")
  static let layers = MetricTag("run/layers", "The model, layer by layer, and how many weights each has.")
}
