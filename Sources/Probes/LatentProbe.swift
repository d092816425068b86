// LatentProbe.swift
// Measures and pictures of the latent codes: neighbors of the same class, trustworthiness, silhouette, principal components.

import Datasets
import Embeddings
package import EventFiles
import PNG
import Parallel
import PointMatrices
package import ProjectorExport
import Runs
import Tensors
import Training

/// Logs the measures of the sample's codes.
struct LatentProbe: Probe {
  func measure(_ epoch: CompletedEpoch) -> ProbeResult {
    ProbeResult(evaluation: epoch.quality?.validationSummaries ?? [])
  }
}

/// Draws the sample's codes along their principal components, and the classes that they mix up.
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
        codes: codes,
        title: EmbeddingPicture.title(.pca, of: codes, .validation, epoch: number), pool: pool)
      values.append(
        try MetricTag.embedding(of: codes).image(drawn.encoded(filter: .none, threads: epoch.threads)))
    }
    if let quality = epoch.quality, let votes = quality.votes {
      let drawn = ClassConfusion(votes, classNames: classNames).picture(title: "epoch \(number)")
      values.append(
        try MetricTag.votes(images: quality.images).image(drawn.encoded(filter: .none, threads: epoch.threads)))
    }
    return ProbeResult(evaluation: values)
  }
}

/// A sample of the validation images, balanced over the classes, whose codes are measured after every epoch.
struct LatentSample {
  /// The most images: few enough that they cost little of an epoch.
  static let imageLimit = 2000
  let images: ImageDataset
  /// Distances between the images, computed once; nil for too few images.
  private let pixels: AllPairs?

  init(_ validation: ImageDataset, pool: WorkerPool) {
    images = validation.balancedSample(Self.imageLimit)
    pixels =
      images.count >= LatentQuality.leastImages
      ? AllPairs(of: images.pixelPoints(images.count), pool: pool) : nil
  }

  /// Measures codes of the sample's images.
  /// - Returns: nil for too few images, and for codes that are not finite.
  func quality(of codes: PointMatrix, pool: WorkerPool) -> LatentQuality? {
    guard let pixels else { return nil }
    return LatentQuality(codes: codes, labels: images.labels.map { Int($0) }, pool: pool) {
      PairMeasures.trustworthiness(of: $0, original: pixels, pool: pool)
    }
  }
}

extension LatentQuality {
  /// The values of an epoch. A measure that cannot be taken has no value.
  var validationSummaries: [SummaryValue] {
    [
      votes.map { MetricTag.neighborAccuracy(images: images).scalar($0.accuracy) },
      trustworthiness.map { MetricTag.trustworthiness(images: images).scalar($0) },
      silhouette.map { MetricTag.silhouette(images: images).scalar($0) },
    ].compactMap(\.self)
  }

  /// The values of the test images after the last epoch.
  /// - Parameter confusion: nil if there is only one class.
  package func testSummaries(_ confusion: ClassConfusion?) -> [SummaryValue] {
    [
      votes.map { MetricTag.testNeighborAccuracy(images: images).scalar($0.accuracy) },
      trustworthiness.map { MetricTag.testTrustworthiness(images: images).scalar($0) },
      silhouette.map { MetricTag.testSilhouette(images: images).scalar($0) },
      confusion.map { MetricTag.testVotes(images: images).text("\(ClassConfusion.caption)\n\n\($0.markdown)") },
    ].compactMap(\.self)
  }
}

// Tags; `images` is the number of images that are measured

extension MetricTag {
  fileprivate static func neighborAccuracy(images: Int) -> MetricTag {
    MetricTag(
      .neighborAccuracy,
      "Fraction of images whose class is that of most of their \(LatentQuality.neighbors) nearest codes, their own code excluded: "
        + "the same \(images) validation images after each epoch, equally many of each class. 1 means that neighboring codes "
        + "belong to one class. \(noValue)")
  }

  private static let noValue =
    "Among codes at the same distance, that of the image with the lower index comes first. There is no value if that decides the "
    + "last neighbor of more than half of the images, or if all codes are equal."

  fileprivate static func trustworthiness(images: Int) -> MetricTag {
    MetricTag(
      .trustworthiness,
      "How far the \(LatentQuality.neighbors) nearest codes of an image are also its nearest images, pixel by pixel (Venna and "
        + "Kaski): at best 1, about 0.5 for random codes. The same \(images) validation images after each epoch. \(noValue)"
    )
  }

  fileprivate static func silhouette(images: Int) -> MetricTag {
    MetricTag(
      .silhouette,
      "How much nearer codes are to their own class than to the next one (Rousseeuw), mean over all codes: from -1 to 1, 0 if "
        + "classes overlap. The same \(images) validation images after each epoch. There is no value if all codes are equal."
    )
  }

  fileprivate static func testNeighborAccuracy(images: Int) -> MetricTag {
    MetricTag(
      .testNeighborAccuracy, "`\(LoggedTag.neighborAccuracy.tag.name)` of \(images) test images, after the last epoch.")
  }

  fileprivate static func testTrustworthiness(images: Int) -> MetricTag {
    MetricTag(
      .testTrustworthiness, "`\(LoggedTag.trustworthiness.tag.name)` of \(images) test images, after the last epoch.")
  }

  fileprivate static func testSilhouette(images: Int) -> MetricTag {
    MetricTag(.testSilhouette, "`\(LoggedTag.silhouette.tag.name)` of \(images) test images, after the last epoch.")
  }

  fileprivate static func testVotes(images: Int) -> MetricTag {
    MetricTag(
      .testVotes,
      "Number of images of each class (row) that have each class (column): \(images) test images, after the last epoch. "
        + ClassConfusion.caption)
  }

  fileprivate static func embedding(of codes: PointMatrix) -> MetricTag {
    let places =
      EmbeddingPicture.areDrawn(codes)
      ? ", along the \(codes.dimensions) numbers of a code, colored by class. All epochs are seen from the same side."
      : " along their first two principal components, colored by class. Every picture is turned towards the components of the images "
        + "themselves, so that it does not flip from epoch to epoch."
    return MetricTag(
      .embedding,
      "The codes of the same \(codes.count) validation images\(places) At most ten epochs are shown; the Projector tab has more images"
        + "\(EmbeddingPicture.areDrawn(codes) ? "" : " and more dimensions").")
  }

  fileprivate static func votes(images: Int) -> MetricTag {
    MetricTag(
      .votes,
      "The class (column) of the images of each class (row), in percent of the row. \(ClassConfusion.caption) The same \(images) "
        + "validation images as in `\(LoggedTag.neighborAccuracy.tag.name)`. At most ten epochs are shown."
    )
  }
}
