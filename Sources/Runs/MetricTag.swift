// MetricTag.swift
// The tags of a run's values in TensorBoard, each with the text that explains it.

package import EventFiles

/// A tag of the table in `LoggedTag`, and its description. Descriptions that belong to one probe are in that probe's file.
package struct MetricTag {
  package let tag: Tag
  /// Markdown, shown behind the information sign.
  package let description: String

  package init(_ row: LoggedTag, _ description: String) { (tag, self.description) = (row.tag, description) }

  /// - Parameter name: replaces the placeholder of the row.
  package init(_ row: LoggedTag, of name: String, _ description: String) throws {
    (tag, self.description) = (try row.tag(of: name), description)
  }

  package func scalar(_ value: Double) -> SummaryValue { .scalar(tag, Float(value), description: description) }

  /// - Parameter markdown: the text.
  package func text(_ markdown: String) -> SummaryValue { .text(tag, markdown, description: description) }

  /// Returns lines of code: Markdown does not interpret them.
  package func code(_ lines: [String]) -> SummaryValue { text(lines.map { "    \($0)" }.joined(separator: "\n")) }

  /// - Parameter png: an encoded picture, still or animated.
  package func image(_ png: [UInt8]) throws -> SummaryValue {
    .images(tag, try EncodedImages(png: png), description: description)
  }

  package func histogram(_ histogram: Histogram) -> SummaryValue {
    .histogram(tag, histogram, description: description)
  }
}

// The run

extension MetricTag {
  package static let guide = MetricTag(
    .guide, "Describes what each tab shows of this run; at the last step, with its results.")
  package static let command = MetricTag(.command, "The command, the data and the program.")
  package static let layers = MetricTag(.layers, "The layers of the model, and the number of weights of each.")
  package static let failure = MetricTag(.failure, "The reason why the run failed.")
  package static let epochs = MetricTag(.epochs, "Number of completed epochs.")
  package static let seconds = MetricTag(
    .seconds, "Seconds of wall-clock time until the end of an epoch, including evaluation and logging.")
  package static let runSpeed = MetricTag(
    .runSpeed,
    "Training images per second since the run began or was last resumed, excluding evaluation and logging.")
  package static let speed = MetricTag(
    .speed,
    "Training images per second since the last point, excluding evaluation and logging.")
  package static let weightCount = MetricTag(.weightCount, "Number of trainable weights: kernels and biases.")
  package static let bottleneck = MetricTag(.bottleneck, "Number of dimensions of the latent code of one image.")
}

// Losses

extension MetricTag {
  package static let totalLoss = MetricTag(
    .totalLoss,
    "The loss that training minimizes, for one batch before its update: `loss/reconstruction` plus "
      + "weight decay · ½Σw² over all kernels; for variational models plus β · `loss/kl`.")
  package static let divergence = MetricTag(
    .divergence,
    "Kullback–Leibler divergence of the codes' normal distributions from the standard one, in nats per pixel and channel as the "
      + "other losses (times their number: nats per image); for one batch before its update (training), or for the whole "
      + "validation set after an epoch (eval).")
  package static let reconstructionLoss = MetricTag(
    .reconstructionLoss,
    "Loss between reconstruction and clean image (sigmoid cross entropy in nats, or with `--loss mse` the squared error), mean over all pixels and channels: for one "
      + "batch before its update (training), or for the whole validation set after an epoch (eval). Images that are not "
      + "purely black and white keep it above zero.")
  package static let rmse = MetricTag(
    .rmse,
    "√ mean (reconstruction − image)² over all pixels of the validation set, which range from 0 to 1, after each epoch."
  )
  package static let testLoss = MetricTag(
    .testLoss,
    "`loss/reconstruction` of the test set, after the last epoch. No choice in training depends on these images.")
  package static let testRMSE = MetricTag(
    .testRMSE, "`loss/rmse` of the test set, after the last epoch. No choice in training depends on these images.")
  package static let learningRate = MetricTag(
    .learningRate, "Learning rate at this step, after warmup and decay.")
  package static let gradientNorm = MetricTag(
    .gradientNorm,
    "Euclidean norm of the gradient of `loss/total` over all weights, for one batch before its update.")
}
