// LoggedTag.swift
// The table of all tags that aelog logs: kind, run, steps, meaning, and the name that earlier versions used.

package import EventFiles

/// A row of the table. Its name may end in a placeholder such as LAYER, which stands for any name.
///
/// TensorBoard sorts cards by tag, groups them by the part before the first "/", and opens the first two groups. So the names put
/// losses first, then the quality of codes with its pictures, and statistics of single layers last.
package struct LoggedTag: Sendable {
  /// The kinds of values, as the dashboards call them.
  package enum Kind: String, Sendable { case scalar, image, histogram, text }

  package let tag: Tag
  package let kind: Kind
  /// The run: the training's, `eval` below it, or a sweep's `summary`.
  package let run: String
  /// The steps that have a value.
  package let logged: String
  package let meaning: String
  /// The name in runs that earlier versions began; nil if it is the same.
  package let formerName: String?
  /// The end of the name that stands for any name; nil if there is none.
  private let placeholder: String?

  fileprivate init(
    _ tag: Tag, _ kind: Kind, _ run: String, _ logged: String, _ meaning: String, former: String? = nil,
    placeholder: String? = nil
  ) {
    (self.tag, self.kind, self.run, self.logged, self.meaning) = (tag, kind, run, logged, meaning)
    (formerName, self.placeholder) = (former, placeholder)
  }

  /// Returns the tag with a name in place of the placeholder.
  package func tag(of name: String) throws -> Tag {
    try Tag(placeholder.map { tag.name.replacing($0, with: name) } ?? tag.name)
  }

  /// Returns what a name has in place of the placeholder of `pattern`, empty without a placeholder; nil if it does not match.
  private func match(_ name: String, _ pattern: String) -> String? {
    guard let placeholder else { return name == pattern ? "" : nil }
    let ends = pattern.split(separator: placeholder, omittingEmptySubsequences: false)
    guard ends.count == 2, name.utf8.count > pattern.utf8.count - placeholder.utf8.count, name.hasPrefix(ends[0]),
      name.hasSuffix(ends[1])
    else { return nil }
    return String(name.dropFirst(ends[0].count).dropLast(ends[1].count))
  }

  /// Whether a tag is one of this row.
  package func names(_ name: String) -> Bool { match(name, tag.name) != nil }

  private func filled(_ pattern: String, _ name: String) -> String {
    placeholder.map { pattern.replacing($0, with: name) } ?? pattern
  }

  /// Returns the name that earlier versions gave a tag; nil if they used the same, and for tags of other programs.
  package static func formerName(of name: String) -> String? {
    for row in all {
      guard let former = row.formerName, let part = row.match(name, row.tag.name) else { continue }
      return row.filled(former, part)
    }
    return nil
  }

  /// Returns the name of a tag of an earlier version; nil if it is no such tag.
  package static func name(ofFormer name: String) -> String? {
    // A layer's name may look like the end of a longer pattern.
    let longestFirst = all.filter { $0.formerName != nil }
      .sorted { ($0.formerName ?? "").utf8.count > ($1.formerName ?? "").utf8.count }
    for row in longestFirst {
      guard let former = row.formerName, let part = row.match(name, former) else { continue }
      return row.filled(row.tag.name, part)
    }
    return nil
  }
}

// Scalars

extension LoggedTag {
  package static let divergence = LoggedTag(
    "loss/kl", .scalar, "both", "as the other losses",
    "variational models: Kullback–Leibler divergence of the codes, per pixel and channel")
  package static let reconstructionLoss = LoggedTag(
    "loss/reconstruction", .scalar, "both", "every few steps; `eval`: every epoch",
    "loss between reconstruction and image: of a batch, and of the validation images")
  package static let rmse = LoggedTag(
    "loss/rmse", .scalar, "eval", "every epoch", "root mean square error of the validation images", former: "rmse")
  package static let totalLoss = LoggedTag(
    "loss/total", .scalar, "training", "every few steps", "training loss with weight decay")
  package static let neighborAccuracy = LoggedTag(
    "quality/neighbour_accuracy", .scalar, "eval", "every epoch",
    "fraction of images that have the class of most of their five nearest codes", former: "code/neighbour_accuracy")
  package static let silhouette = LoggedTag(
    "quality/silhouette", .scalar, "eval", "every epoch", "how far classes are apart", former: "code/silhouette")
  package static let trustworthiness = LoggedTag(
    "quality/trustworthiness", .scalar, "eval", "every epoch", "whether images with near codes have similar pixels",
    former: "code/trustworthiness")
  package static let bottleneck = LoggedTag(
    "run/bottleneck", .scalar, "training", "once", "size of the code", former: "model/bottleneck")
  package static let epochs = LoggedTag("run/epochs", .scalar, "training", "every epoch", "epochs so far")
  package static let runSpeed = LoggedTag(
    "run/images_per_second", .scalar, "training", "every epoch", "mean training speed so far")
  package static let seconds = LoggedTag("run/seconds", .scalar, "training", "every epoch", "seconds so far")
  package static let weightCount = LoggedTag(
    "run/weights", .scalar, "training", "once", "number of weights", former: "model/weights")
  package static let testLoss = LoggedTag("test/loss", .scalar, "eval", "at the end", "loss of the test images")
  package static let testNeighborAccuracy = LoggedTag(
    "test/neighbour_accuracy", .scalar, "eval", "at the end",
    "`\(neighborAccuracy.tag.name)` of up to 10,000 test images")
  package static let testRMSE = LoggedTag(
    "test/rmse", .scalar, "eval", "at the end", "root mean square error of the test images")
  package static let testSilhouette = LoggedTag(
    "test/silhouette", .scalar, "eval", "at the end", "`quality/silhouette` of up to 10,000 test images")
  package static let testTrustworthiness = LoggedTag(
    "test/trustworthiness", .scalar, "eval", "at the end", "`quality/trustworthiness` of up to 10,000 test images")
  package static let gradientNorm = LoggedTag(
    "training/gradient_norm", .scalar, "training", "every few steps", "norm of the whole gradient",
    former: "optimizer/gradient_norm")
  package static let speed = LoggedTag(
    "training/images_per_second", .scalar, "training", "every few steps", "training speed",
    former: "speed/images_per_second")
  package static let learningRate = LoggedTag(
    "training/learning_rate", .scalar, "training", "every few steps", "Adam's learning rate",
    former: "optimizer/learning_rate")
  package static let zeroActivations = LoggedTag(
    "zero_activations/LAYER", .scalar, "training", "every epoch", "fraction of a layer's activations that are zero",
    former: "activations/LAYER/fraction_of_zeros", placeholder: "LAYER")
}

// Images

extension LoggedTag {
  package static let embedding = LoggedTag(
    "quality/embedding", .image, "eval", "at most ten epochs",
    "codes of validation images along their principal components, colored by class", former: "embedding")
  package static let reconstructions = LoggedTag(
    "quality/reconstructions", .image, "eval", "at most ten epochs", "test images above their reconstructions",
    former: "reconstructions")
  package static let votes = LoggedTag(
    "quality/votes", .image, "eval", "at most ten epochs",
    "class that most of the five nearest codes have, for the validation images of each class", former: "code/confusion")
  package static let animation = LoggedTag(
    "reconstructions/animation", .image, "eval", "at the end",
    "reconstructions of test images as a moving picture, epoch by epoch", former: "animation")
  package static let filmstrip = LoggedTag(
    "reconstructions/filmstrip", .image, "eval", "at the end",
    "reconstructions of test images, epoch beside epoch", former: "filmstrip")
  package static let codePlane = LoggedTag(
    "samples/code_plane", .image, "eval", "at most ten epochs",
    "codes of two numbers: the image of each place in the plane of codes", former: "code_plane")
  package static let interpolations = LoggedTag(
    "samples/interpolations", .image, "eval", "at most ten epochs",
    "variational models, or `--code`: rows from one test image to another, of codes in equal steps between theirs",
    former: "interpolations")
  package static let samples = LoggedTag(
    "samples/random_codes", .image, "eval", "at most ten epochs",
    "variational models: images of 64 random codes, the same codes at every epoch", former: "samples")
  package static let pareto = LoggedTag(
    "sweep/pareto", .image, "summary", "by `sweep`", "test loss of each configuration against its size")
}

// Histograms and texts

extension LoggedTag {
  package static let unitActivations = LoggedTag(
    "unit_activations/LAYER", .histogram, "training", "every epoch", "activations of a layer",
    former: "activations/LAYER", placeholder: "LAYER")
  package static let weights = LoggedTag(
    "weights/PARAMETER", .histogram, "training", "every epoch", "values of a kernel or a bias",
    placeholder: "PARAMETER")
  package static let guide = LoggedTag(
    "guide", .text, "training", "at the beginning and at the end; by `export`",
    "what each tab shows of this run")
  package static let command = LoggedTag(
    "run/command", .text, "training", "once", "the command, the data and the program")
  package static let failure = LoggedTag("run/failure", .text, "training", "once", "why a run did not begin")
  package static let layers = LoggedTag("run/layers", .text, "training", "once", "the layers of the model")
  package static let ranking = LoggedTag(
    "sweep/ranking", .text, "summary", "by `sweep`", "the trials ranked by test loss")
  package static let testVotes = LoggedTag(
    "test/votes", .text, "eval", "at the end", "`quality/votes` of up to 10,000 test images", former: "test/confusion")
}

extension LoggedTag {
  /// All rows, by kind in the order of the dashboards.
  package static let all: [LoggedTag] = [
    divergence, reconstructionLoss, rmse, totalLoss, neighborAccuracy, silhouette, trustworthiness, bottleneck, epochs,
    runSpeed, seconds, weightCount, testLoss, testNeighborAccuracy, testRMSE, testSilhouette, testTrustworthiness,
    gradientNorm, speed, learningRate, zeroActivations,
    embedding, reconstructions, votes, animation, filmstrip, codePlane, interpolations, samples, pareto,
    unitActivations, weights,
    guide, command, failure, layers, ranking, testVotes,
  ]

  /// The table for the documentation, in Markdown.
  package static var markdown: String {
    let rows = all.map { row in
      [
        "`\(row.tag.name)`", row.kind.rawValue, row.run == "eval" ? "`eval`" : row.run, row.logged, row.meaning,
        row.formerName.map { "`\($0)`" } ?? "",
      ]
    }
    let head = ["tag", "kind", "run", "logged", "meaning", "earlier name"]
    return ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
      .joined(separator: "\n")
  }
}
