// LatentProbe.swift
// Measures of the latent codes after each epoch: neighbors of the same class, trustworthiness, silhouette.

import Datasets
import Embeddings
package import EventFiles
import Networks
import Parallel
import PointMatrices
package import ProjectorExport
import Runs
import Tensors

/// Logs the measures of the sample's codes.
struct LatentProbe: Probe {
  func measure(_ epoch: CompletedEpoch) -> ProbeResult {
    ProbeResult(evaluation: epoch.quality?.validationSummaries ?? [])
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
      confusion.map { MetricTag.testConfusion(images: images).text($0.markdown) },
    ].compactMap(\.self)
  }
}

// Tags; `images` is the number of images that are measured

extension MetricTag {
  fileprivate static func neighborAccuracy(images: Int) -> MetricTag {
    MetricTag(
      neighborAccuracyTag,
      "Fraction of images whose class is that of most of their \(LatentQuality.neighbors) nearest codes, their own code excluded: "
        + "the same \(images) validation images after each epoch, equally many of each class. 1 means that neighboring codes "
        + "belong to one class. \(noValue)")
  }

  private static let noValue =
    "Among codes at the same distance, that of the image with the lower index comes first. There is no value if that decides the "
    + "last neighbor of more than half of the images, or if all codes are equal."

  fileprivate static func trustworthiness(images: Int) -> MetricTag {
    MetricTag(
      "code/trustworthiness",
      "How far the \(LatentQuality.neighbors) nearest codes of an image are also its nearest images, pixel by pixel (Venna and "
        + "Kaski): at best 1, about 0.5 for random codes. The same \(images) validation images after each epoch. \(noValue)"
    )
  }

  fileprivate static func silhouette(images: Int) -> MetricTag {
    MetricTag(
      "code/silhouette",
      "How much nearer codes are to their own class than to the next one (Rousseeuw), mean over all codes: from -1 to 1, 0 if "
        + "classes overlap. The same \(images) validation images after each epoch. There is no value if all codes are equal."
    )
  }

  fileprivate static func testNeighborAccuracy(images: Int) -> MetricTag {
    MetricTag("test/neighbour_accuracy", "`code/neighbour_accuracy` of \(images) test images, after the last epoch.")
  }

  fileprivate static func testTrustworthiness(images: Int) -> MetricTag {
    MetricTag("test/trustworthiness", "`code/trustworthiness` of \(images) test images, after the last epoch.")
  }

  fileprivate static func testSilhouette(images: Int) -> MetricTag {
    MetricTag("test/silhouette", "`code/silhouette` of \(images) test images, after the last epoch.")
  }

  fileprivate static func testConfusion(images: Int) -> MetricTag {
    MetricTag(
      "test/confusion",
      "Number of images of each class (row) that the majority of their \(LatentQuality.neighbors) nearest codes assigns to each "
        + "class (column): \(images) test images, after the last epoch.")
  }
}
