// ReconstructedFiles.swift
// The reconstruction of each image as a PNG file of its own.

import ByteStreams
package import Datasets
import Networks
import PNG
import Parallel
package import Runs
import Tensors
import Training

/// Writes reconstructions into a directory.
package enum ReconstructedFiles {
  /// Writes a file for each of the first images: the image's path with `.png` behind it, or its number from 0.
  ///
  /// A denoising model sees the images with the noise of its evaluation.
  /// - Parameters:
  ///   - part: the name of the images, from which their noise is drawn.
  ///   - images: how many; nil means all.
  /// - Returns: the number of files.
  /// - Throws: `FileError`.
  package static func write(
    _ model: TrainedModel, _ shown: ImageDataset, part: String, images: Int? = nil, to directory: String, threads: Int
  ) throws -> Int {
    let (count, batch) = (min(images ?? shown.count, shown.count), 256)
    let paths = paths(of: shown, count: count, in: directory)
    for folder in Set(paths.map(Directory.parent(of:))).sorted() { try Directory.create(folder) }
    let noise = model.configuration.evaluationNoise(part)
    for first in stride(from: 0, to: count, by: batch) {
      let numbers = first..<min(first + batch, count)
      let made = shown.withPixels {
        model.autoencoder.reconstruct($0, numbers: numbers, perturbation: noise).reconstructed
      }
      let (size, shape) = (shown.shape.count, shown.shape)
      _ = try parallelMap(numbers.count, threads: threads) { place in
        let picture = PNGImage(Array(made[place * size..<(place + 1) * size]), shape: shape)
        // The files can be made again, so nobody waits for the device.
        try AtomicFile.replace(paths[first + place], bytes: picture.encoded(), isDurable: false)
      }
    }
    return count
  }

  private static func paths(of images: ImageDataset, count: Int, in directory: String) -> [String] {
    let digits = String(max(0, images.count - 1)).count
    return (0..<count).map { index in
      Directory.join(directory, (images.names?[index] ?? index.zeroPadded(to: digits)) + ".png")
    }
  }
}
