// RunGuide.swift
// The first text of a run in TensorBoard: what each tab shows of this run, with its numbers.

import ByteStreams
import Datasets
import Embeddings
import EventFiles
import Networks
import ProjectorExport
import Runs
import Tensors
import Training

/// Describes a run at its beginning, or at its end with its results.
struct RunGuide {
  private let run: TrainingRun
  /// Nil before the end.
  private let end: RunEnd?

  init(of run: TrainingRun, end: RunEnd? = nil) { (self.run, self.end) = (run, end) }

  /// Returns the guide as Markdown.
  /// - Parameter names: the names of the run's tags.
  func text(_ names: TagNames) -> String {
    func tag(_ row: LoggedTag, of layer: String = "…") -> String {
      "`\(((try? names.name(row.tag(of: layer))) ?? row.tag).name)`"
    }
    let tabs = [
      "**Time Series**, **Scalars**: \(tag(.reconstructionLoss)) falls while the model learns, for the training images in "
        + "this run and for the \(run.data.validation.count) validation images in its `\(RunDirectory.evaluationName)`. \(losses)",
      "\(tag(.neighborAccuracy)) and its neighbors tell what the codes are worth. \(accuracy)",
      "**Images**: \(tag(.reconstructions)) has test images above their reconstructions, \(tag(.embedding)) the codes of "
        + "validation images in the plane. The slider of a card leads through the epochs.",
      "**Graphs**: the \(DisplayName.counted(run.autoencoder.layers.count, "layer")) with their output shapes.",
      "**Histograms**, **Distributions**: \(tag(.unitActivations)) and \(tag(.weights)) of each layer, after every epoch.",
      "**HParams**: one row a run, with its options and results, to compare runs.",
      "**Projector**: the codes of test images in space. \(Self.projector) It is there when training has ended; reload the page "
        + "if it is not in the menu.",
      "**Text**: below are \(tag(.command)), \(tag(.layers)) and, at the end, \(tag(.testVotes)).",
    ]
    return ([introduction, ""] + tabs.map { "- \($0)" }).joined(separator: "\n")
  }

  private static let projector =
    "Choose a column under *Color by*, or click a bookmark in the panel at the lower right."

  private var introduction: String {
    let (autoencoder, data) = (run.autoencoder, run.data)
    let weights = DisplayName.counted(autoencoder.slab.weightCount, "weight")
    let code = DisplayName.counted(autoencoder.bottleneckCount, "number")
    let images = "\(data.training.count) images of `\(data.name.replacing("`", with: "'"))`"
    return
      "This run is an autoencoder of \(weights), trained on \(images). It makes a code of \(code) from an image of \(data.shape) "
      + "numbers, and the image again from the code. The tabs above show:"
  }

  private var losses: String {
    guard let end, let epoch = end.epoch else { return "" }
    let validation = Self.rounded(epoch.validation.reconstructionLoss)
    return
      "After epoch \(epoch.epoch) it is \(validation) there, and \(Self.rounded(end.test.reconstructionLoss)) for the "
      + "\(run.data.test.count) test images (root mean square error \(Self.rounded(end.test.rmse)))."
  }

  private var accuracy: String {
    guard let accuracy = end?.quality?.votes?.accuracy else { return "" }
    return "\((1000 * accuracy).rounded() / 10) % of the test images have the class of most of their "
      + "\(LatentQuality.neighbors) nearest codes."
  }

  private static func rounded(_ number: Double) -> Float { Float((number * 1e4).rounded() / 1e4) }
}
