// DecodedPictures.swift
// Pictures of codes: each code is decoded to an image, and as many images stand side by side as a picture has room for.

import Datasets
import Networks
import PNG
import Tensors

/// Decodes codes to pictures.
enum DecodedPictures {
  /// The room for images in a row or in a column, in pixels; larger images are fewer.
  private static let room = 2048

  /// Returns how many images stand side by side: at most `most`, fewer if they are large, but at least `least`.
  static func count(_ shape: ImageShape, most: Int, least: Int = 2) -> Int {
    max(least, min(most, room / max(shape.height, shape.width)))
  }

  /// Returns the image of each code. An image of a code that is not finite may be black.
  /// - Parameter codes: whole codes, one after the other.
  static func images(of codes: [Float], _ autoencoder: Autoencoder) -> [PNGImage] {
    let (pixels, shape) = (autoencoder.decode(codes), autoencoder.imageShape)
    return stride(from: 0, to: pixels.count, by: shape.count).map {
      PNGImage(Array(pixels[$0..<$0 + shape.count]), shape: shape)
    }
  }
}
