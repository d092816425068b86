// CodePlaneProbe.swift
// The plane of codes of two numbers as a map: the image that the decoder makes of each place.

import EventFiles
import Networks
import PNG
import Pictures
import PointMatrices
import ProjectorExport
import Runs
import Tensors
import Training

/// Logs images of a grid of codes, for codes of two numbers.
struct CodePlaneProbe: Probe {
  /// The most images side by side, and one below the other; odd, so that one is in the middle.
  static let limit = 15
  /// The part of the images' codes that the range of a model that is not variational leaves out at each end.
  private static let trimmed = 0.01
  /// The range of a variational model: three standard deviations on both sides of the mean.
  static let deviations: Float = 3

  /// Images side by side.
  let side: Int
  private let isVariational: Bool

  /// - Returns: nil unless a code has two numbers.
  init?(_ autoencoder: Autoencoder) {
    guard autoencoder.bottleneckCount == 2 else { return nil }
    let side = DecodedPictures.count(autoencoder.imageShape, most: Self.limit, least: 3)
    self.side = side % 2 == 0 ? side - 1 : side
    isVariational = autoencoder.architecture.isVariational
  }

  func measure(_ epoch: CompletedEpoch) throws -> ProbeResult {
    guard epoch.isPictured, let range = range(of: epoch) else { return ProbeResult() }
    let picture = draw(epoch.run.autoencoder, from: range.low, to: range.high, epoch: epoch.report.epoch)
    let tag = isVariational ? MetricTag.normalPlane : MetricTag.usedPlane(images: epoch.codes.count)
    return ProbeResult(evaluation: [try tag.image(picture.encoded(threads: epoch.threads))])
  }

  /// Returns the codes at the lower left and at the upper right; nil if the codes of the images are not finite.
  private func range(of epoch: CompletedEpoch) -> (low: Place, high: Place)? {
    if isVariational { return (Place(repeating: -Self.deviations), Place(repeating: Self.deviations)) }
    return Self.range(of: epoch.codes)
  }

  /// Returns the range of both numbers of codes, without the smallest and the largest hundredth; nil if a number is not finite, and for
  /// no codes.
  static func range(of codes: PointMatrix) -> (low: Place, high: Place)? {
    guard codes.count > 0, codes.isFinite else { return nil }
    let left = Int(Double(codes.count - 1) * trimmed)
    let numbers = (0..<2).map { number in (0..<codes.count).map { codes.values[2 * $0 + number] }.sorted() }
    func ends(_ place: Int) -> Place { Place(numbers[0][place], numbers[1][place]) }
    return (ends(left), ends(codes.count - 1 - left))
  }

  /// Draws the images of a grid of codes in equal steps: the first number rises to the right, the second one upwards.
  func draw(_ autoencoder: Autoencoder, from low: Place, to high: Place, epoch: Int) -> PNGImage {
    let images = DecodedPictures.images(of: codes(from: low, to: high), autoencoder)
    var table = ImageTable(
      (0..<side).map { column in ImageTable.Column("", (0..<side).map { images[$0 * side + column] }) })
    table.title = "images of codes in the plane, epoch \(epoch)"
    table.gap = 0
    let names = EmbeddingPicture.numberNames
    table.footer = PlaneAxes((names[0], names[1]), from: low, to: high).lines
    return table.drawn()
  }

  /// Returns the codes of the grid row after row, the uppermost row first.
  func codes(from low: Place, to high: Place) -> [Float] {
    (0..<side).flatMap { row in
      (0..<side).flatMap { column in
        let place = Place(Float(column), Float(side - 1 - row)) / Float(side - 1)
        let code = low * (1 - place) + high * place
        return [code.x, code.y]
      }
    }
  }
}

extension MetricTag {
  private static let axes =
    "The first number of the code rises to the right, the second one upwards, in equal steps between the numbers below the picture."

  fileprivate static let normalPlane = MetricTag(
    .codePlane,
    "The image that the decoder makes of each place in the plane of the codes, from -3 to 3: nearly all draws of the standard normal "
      + "distribution lie there. \(axes) At most ten epochs are shown.")

  fileprivate static func usedPlane(images: Int) -> MetricTag {
    MetricTag(
      .codePlane,
      "The image that the decoder makes of each place in the plane of the codes, as far as \(images) validation images reach without "
        + "the smallest and the largest hundredth of each number. \(axes) At most ten epochs are shown.")
  }
}
