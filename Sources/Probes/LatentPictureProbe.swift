// LatentPictureProbe.swift
// Pictures of the latent codes at a few epochs: their principal components, and which classes they mix up.

import Datasets
import Embeddings
import EventFiles
import PNG
import Parallel
import PointMatrices
import ProjectorExport
import Runs
import Tensors
import Training

/// Draws the codes of the sample.
struct LatentPictureProbe: Probe {
  private let picture: EmbeddingPicture
  private let classNames: [String]

  /// - Parameter images: the images whose codes are measured.
  init(_ images: ImageDataset, from data: EvaluationImages, pool: WorkerPool) {
    picture = EmbeddingPicture(of: images, from: data, pool: pool)
    classNames = data.classNames
  }

  func measure(_ epoch: CompletedEpoch) throws -> ProbeResult {
    guard epoch.isPictured else { return ProbeResult() }
    let (codes, pool, number) = (epoch.codes, epoch.pool, epoch.report.epoch)
    var values: [SummaryValue] = []
    if codes.count > 1, codes.values.allSatisfy(\.isFinite) {
      let drawn = picture.draw(
        picture.plane(of: codes, pool: pool),
        title: EmbeddingPicture.title(.pca, codes.count, .validation, epoch: number))
      values.append(
        try MetricTag.embedding(images: codes.count).image(drawn.encoded(filter: .none, threads: epoch.threads)))
    }
    if let quality = epoch.quality, let votes = quality.votes {
      let drawn = ClassConfusion(votes, classNames: classNames).picture(title: "epoch \(number)")
      values.append(
        try MetricTag.confusion(images: quality.images).image(drawn.encoded(filter: .none, threads: epoch.threads)))
    }
    return ProbeResult(evaluation: values)
  }
}

extension MetricTag {
  fileprivate static func embedding(images: Int) -> MetricTag {
    MetricTag(
      "embedding",
      "The codes of the same \(images) validation images along their first two principal components, colored by class. Every "
        + "picture is turned towards the components of the images themselves, so that it does not flip from epoch to epoch. At most "
        + "ten epochs are shown; the Projector tab has more images and more dimensions.")
  }

  fileprivate static func confusion(images: Int) -> MetricTag {
    MetricTag(
      "code/confusion",
      "The class that the majority of the \(LatentQuality.neighbors) nearest codes gives the images of each class (row), in percent "
        + "of the row: the same \(images) validation images as in `code/neighbour_accuracy`. At most ten epochs are shown."
    )
  }
}
