// Volume.swift
// A picture of channels inside an arena, with a border of zeros.

package import Tensors

/// Where one image's activation lies: height × width pixels of channels, channels last.
package struct Volume: Hashable, Sendable {
  package let height: Int
  package let width: Int
  package let channels: Int
  /// Pixels and rows, in floats.
  package let grid: PixelGrid
  /// Pixel (0, 0), in floats from the arena's start.
  package let origin: Int

  package var count: Int { height * width * channels }
  package var shape: [Int] { [height, width, channels] }

  /// Copies the activation, without padding, height × width × channels, channels last.
  /// - Precondition: `target` has room for `count` numbers exactly.
  func copy(from arena: SlabPointer, into target: UnsafeMutableBufferPointer<Float>) {
    precondition(target.count == count, "a target of \(count) numbers, not \(target.count)")
    guard var to = target.baseAddress else { return }
    for row in 0..<height {
      for column in 0..<width {
        let pixel = arena + (origin + row * grid.row + column * grid.step)
        to.update(from: pixel.checked(0..<channels), count: channels)
        to += channels
      }
    }
  }

  /// The part of it that is `height` × `width` pixels, from the top left corner.
  func corner(height: Int, width: Int) -> Volume {
    Volume(height: height, width: width, channels: channels, grid: grid, origin: origin)
  }
}

/// Hands out the parts of an arena, each on a cache line of its own.
struct ArenaLayout {
  /// Floats handed out so far.
  private(set) var count = 0

  /// The pixels of an image, one after the other without gaps.
  mutating func contiguous(_ image: ImageShape) -> Volume {
    volume(height: image.height, width: image.width, channels: image.channels, step: image.channels, border: 0)
  }

  /// - Parameters:
  ///   - step: floats in a pixel; the channels padded, or an image's own.
  ///   - border: pixels of zeros on each side.
  mutating func volume(height: Int, width: Int, channels: Int, step: Int, border: Int = 1) -> Volume {
    let row = (width + 2 * border) * step
    let start = reserve((height + 2 * border) * row)
    return Volume(
      height: height, width: width, channels: channels, grid: PixelGrid(step: step, row: row),
      origin: start + border * (row + step))
  }

  /// - Returns: the offset of `floats` floats. A vector more lies between any two parts, since kernels may read past one.
  mutating func reserve(_ floats: Int) -> Int {
    defer { count = (count + floats + 16 + 15) / 16 * 16 }
    return count
  }
}
