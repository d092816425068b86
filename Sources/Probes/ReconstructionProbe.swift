// ReconstructionProbe.swift
// Images above their reconstructions, at a few epochs and for `aelog reconstruct`.

package import Datasets
import EventFiles
import Networks
package import PNG
import ProjectorExport
package import Runs
import Tensors
import Training

/// Logs ten test images above their reconstructions at the epochs that have pictures.
struct ReconstructionProbe: Probe {
  private let images: [Int]
  private let perturbation: Perturbation
  private let isDenoising: Bool

  init(_ run: TrainingRun) {
    images = run.data.test.oneOfEachClass(ReconstructionPicture.defaultImages)
    perturbation = run.evaluationNoise("test")
    isDenoising = run.configuration.isDenoising
  }

  func measure(_ epoch: CompletedEpoch) throws -> ProbeResult {
    guard epoch.isPictured else { return ProbeResult() }
    let picture = ReconstructionPicture.draw(
      epoch.run.autoencoder, epoch.run.data.test, numbers: images, perturbation: perturbation)
    let tag = MetricTag.reconstructions(rows: ReconstructionPicture.rows(isDenoising: isDenoising))
    return ProbeResult(evaluation: [try tag.image(picture.encoded(threads: epoch.threads))])
  }
}

extension MetricTag {
  fileprivate static func reconstructions(rows: [String]) -> MetricTag {
    MetricTag(
      .reconstructions,
      "Test images, from top to bottom: \(rows.joined(separator: ", ")). Step 0 is before training. "
        + "At most ten epochs are shown.")
  }
}

/// Draws images above their reconstructions, with the noisy images between them if the model removes noise.
package enum ReconstructionPicture {
  /// Number of images in a picture by default.
  package static let defaultImages = 10
  /// The most images in a picture.
  package static let imageLimit = 10_000
  /// Images side by side; further ones stand below.
  static let columns = 10
  /// The shortest longer side of an image, in pixels; smaller images are enlarged.
  static let smallestSide = 56

  /// Draws images: the first of each class, then the second of each, and so on.
  /// - Parameter part: the name of the images, from which their noise is drawn.
  /// - Throws: `ExportError.imageCount` for a number that no picture can hold.
  package static func draw(
    _ model: TrainedModel, _ shown: ImageDataset, part: String, images: Int = defaultImages
  ) throws -> PNGImage {
    guard (1...imageLimit).contains(images) else {
      throw ExportError.imageCount(got: images, want: 1...imageLimit)
    }
    return draw(
      model.autoencoder, shown, numbers: shown.oneOfEachClass(images),
      perturbation: model.configuration.evaluationNoise(part))
  }

  /// The contents of the rows, from top to bottom.
  static func rows(isDenoising: Bool) -> [String] {
    isDenoising ? ["originals", "with noise", "reconstructions"] : ["originals", "reconstructions"]
  }

  /// Draws the images of a part that have the given indices.
  /// - Parameter numbers: the indices, 1 or more.
  static func draw(
    _ autoencoder: Autoencoder, _ part: ImageDataset, numbers: [Int], perturbation: Perturbation
  ) -> PNGImage {
    let shape = part.shape
    let rows = rows(isDenoising: perturbation.noiseFactor > 0).count
    let bands = (numbers.count + columns - 1) / columns
    let (cellWidth, cellHeight) = (shape.width + 1, shape.height + 1)
    var picture = PNGImage(
      gray: PNGImage.lineGray, width: min(columns, numbers.count) * cellWidth + 1,
      height: bands * (rows * cellHeight + 1),
      format: PixelFormat(showing: shape.channels))
    for (place, number) in numbers.enumerated() {
      let made = part.withPixels {
        autoencoder.reconstruct($0, numbers: number..<number + 1, perturbation: perturbation)
      }
      let column = [part.image(number)] + (rows == 3 ? [made.seen] : []) + [made.reconstructed]
      for (row, pixels) in column.enumerated() {
        picture.paste(
          PNGImage(pixels, shape: shape), x: place % columns * cellWidth + 1,
          y: place / columns * (rows * cellHeight + 1) + row * cellHeight + 1)
      }
    }
    return picture.enlarged(by: max(1, smallestSide / max(shape.height, shape.width)))
  }
}

/// The few epochs that have pictures, since TensorBoard keeps ten values of a tag: the untrained network, early epochs, the last.
package enum ReconstructionEpochs {
  /// The number of pictures that TensorBoard keeps.
  static let limit = 10

  /// Returns at most ten epochs in 0 … `last`, both ends among them. If there are more than ten, their distances grow by a
  /// constant factor: for 10 all but 9; for 100 they are 0, 1, 2, 3, 6, 10, 18, 32, 56, 100.
  package static func choose(last: Int) -> [Int] {
    if last < limit { return Array(0...max(0, last)) }
    var epochs = [0]
    var place = 1.0
    let factor = root(Double(last), limit - 2)
    for _ in 1..<limit - 1 {
      epochs.append(max(epochs[epochs.count - 1] + 1, Int(place.rounded())))
      place *= factor
    }
    return epochs + [last]
  }

  /// Returns the `degree`th root of a number of 1 or more by bisection: unlike a library's, the same on every machine.
  private static func root(_ number: Double, _ degree: Int) -> Double {
    var (low, high) = (1.0, number)
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if (0..<degree).reduce(1.0, { product, _ in product * middle }) > number { high = middle } else { low = middle }
    }
    return low
  }
}
