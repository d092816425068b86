// SampleProbe.swift
// Images that a variational model invents: codes drawn from the standard normal distribution, decoded.

import EventFiles
import Networks
import PNG
import Pictures
import Runs
import Tensors
import Training

/// Logs images of random codes, the same codes at every epoch that has pictures.
struct SampleProbe: Probe {
  /// The most images side by side, and one below the other.
  static let limit = 8
  /// The codes, one after the other: a square of images.
  let codes: [Float]
  /// Images side by side.
  let side: Int

  /// - Returns: nil if the model is not variational, since only variational models learn the distribution of their codes.
  init?(_ run: TrainingRun) {
    let autoencoder = run.autoencoder
    guard autoencoder.architecture.isVariational else { return nil }
    side = DecodedPictures.count(autoencoder.imageShape, most: Self.limit)
    let (seed, size) = (run.configuration.seed, autoencoder.bottleneckCount)
    codes = (0..<side * side).flatMap { number in
      var stream = RandomStream(seed: seed, name: "samples", index: UInt32(number))
      return (0..<size).map { _ in Float(normalDraw(&stream)) }
    }
  }

  func measure(_ epoch: CompletedEpoch) throws -> ProbeResult {
    guard epoch.isPictured else { return ProbeResult() }
    let picture = draw(epoch.run.autoencoder, epoch: epoch.report.epoch)
    return ProbeResult(
      evaluation: [try MetricTag.samples(count: side * side).image(picture.encoded(threads: epoch.threads))])
  }

  /// Draws the images of the codes, row after row.
  func draw(_ autoencoder: Autoencoder, epoch: Int) -> PNGImage {
    let images = DecodedPictures.images(of: codes, autoencoder)
    var table = ImageTable(
      (0..<side).map { column in ImageTable.Column("", (0..<side).map { images[$0 * side + column] }) })
    table.title = "images of random codes, epoch \(epoch)"
    return table.drawn()
  }
}

extension MetricTag {
  fileprivate static func samples(count: Int) -> MetricTag {
    MetricTag(
      .samples,
      "New images: \(count) codes drawn from the standard normal distribution, decoded. The codes are the same at every epoch, so "
        + "that the slider shows the decoder learn. Step 0 is before training. At most ten epochs are shown.")
  }
}
