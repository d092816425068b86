// ReconstructionPicture.swift
// Images above what the model makes of them.

import Datasets
import Networks
package import PNG
import Tensors
import Training

/// Draws images above their reconstructions; where the model removes noise the noisy ones stand between.
package enum ReconstructionPicture {
  /// Images in a picture unless told otherwise.
  package static let defaultImages = 10
  /// The most images in a picture.
  package static let imageLimit = 10_000
  /// Images side by side; more go below.
  static let columns = 10
  /// Small images are enlarged so that their longer side has at least so many pixels.
  static let smallestSide = 56

  /// The picture of images of a part: the first of each class, then the second of each, and so on.
  /// - Throws: `ExperimentError.imageCount` for a number that no picture can hold.
  package static func draw(
    _ model: TrainedModel, _ shown: ShownImages, images: Int = defaultImages
  ) throws -> PNGImage {
    guard (1...imageLimit).contains(images) else {
      throw ExperimentError.imageCount(got: images, want: 1...imageLimit)
    }
    return draw(
      model.autoencoder, shown.images, numbers: shown.images.oneOfEachClass(images),
      perturbation: model.configuration.evaluationNoise(shown.split.rawValue))
  }

  /// What the rows show, from top to bottom.
  static func rows(isDenoising: Bool) -> [String] {
    isDenoising ? ["originals", "with noise", "reconstructions"] : ["originals", "reconstructions"]
  }

  /// - Parameter numbers: which images, 1 or more.
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
