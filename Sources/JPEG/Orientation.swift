// Orientation.swift
// How a stored image must be turned to stand upright: the eight ways of EXIF.

package import PNG

/// Which corner of the upright image the first stored pixel belongs to, and where its row runs (EXIF 2.32, tag Orientation).
package enum Orientation: UInt8, CaseIterable, Sendable {
  case upright = 1
  case mirrored = 2
  case halfTurn = 3
  case flipped = 4
  /// Mirrored along the diagonal from the top left.
  case transposed = 5
  /// Needs a quarter turn clockwise.
  case quarterTurn = 6
  /// Mirrored along the diagonal from the top right.
  case transversed = 7
  /// Needs a quarter turn counterclockwise.
  case threeQuarterTurn = 8

  /// True where the upright image's rows are stored columns.
  package var swapsSides: Bool { rawValue >= 5 }

  /// Turns a stored image upright.
  /// - Complexity: O(samples); upright images are not copied.
  package func applied(to image: PNGImage) -> PNGImage {
    if self == .upright { return image }
    let (width, height) = swapsSides ? (image.height, image.width) : (image.width, image.height)
    let path = path(width: image.width, height: image.height)
    let channels = image.format.channels
    let pixels = [UInt8](unsafeUninitializedCapacity: image.pixels.count) { target, filled in
      image.pixels.withUnsafeBufferPointer { source in
        var written = 0
        for y in 0..<height {
          for x in 0..<width {
            let pixel = (path.start + x * path.across + y * path.down) * channels
            for channel in 0..<channels { target[written + channel] = source[pixel + channel] }
            written += channels
          }
        }
      }
      filled = image.pixels.count
    }
    return PNGImage(width: width, height: height, format: image.format, pixels: pixels)
  }

  /// The stored pixel that comes first in the upright image, and the steps from it to its neighbors on the right and below.
  /// - Parameters: the sides of the stored image.
  private func path(width: Int, height: Int) -> (start: Int, across: Int, down: Int) {
    let (right, bottom) = (width - 1, (height - 1) * width)
    return switch self {
    case .upright: (0, 1, width)
    case .mirrored: (right, -1, width)
    case .halfTurn: (right + bottom, -1, -width)
    case .flipped: (bottom, 1, -width)
    case .transposed: (0, width, 1)
    case .quarterTurn: (bottom, -width, 1)
    case .transversed: (right + bottom, -width, -1)
    case .threeQuarterTurn: (right, width, -1)
    }
  }
}
