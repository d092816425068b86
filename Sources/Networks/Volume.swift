// Volume.swift
// The place of an activation in a worker's memory: a picture of channels with a border of zeros.

package import Tensors

/// The place of one image's activation in an arena: height × width pixels of channels, channels last.
package struct Volume: Hashable, Sendable {
  package let height: Int
  package let width: Int
  package let channels: Int
  /// The distances of pixels and rows, in floats.
  package let grid: PixelGrid
  /// The offset of pixel (0, 0), in floats from the arena's start.
  package let origin: Int

  package var count: Int { height * width * channels }
  package var shape: [Int] { [height, width, channels] }

  /// Copies the activation, without padding, height × width × channels, channels last.
  /// - Precondition: `target` has room for `count` numbers exactly.
  func copy(from arena: SlabPointer, into target: UnsafeMutableBufferPointer<Float>) {
    precondition(target.count == count, "the target has room for \(target.count) numbers, not \(count)")
    guard var to = target.baseAddress else { return }
    for row in 0..<height {
      for column in 0..<width {
        let pixel = arena + (origin + row * grid.row + column * grid.step)
        to.update(from: pixel.checked(0..<channels), count: channels)
        to += channels
      }
    }
  }

  /// Sets the activation; the padding stays as it is.
  /// - Precondition: there are `count` numbers, height × width × channels, channels last.
  func copy(_ numbers: ArraySlice<Float>, into arena: SlabPointer) {
    precondition(numbers.count == count, "\(count) numbers, not \(numbers.count)")
    for (place, number) in numbers.enumerated() {
      let (pixel, channel) = (place / channels, place % channels)
      arena[origin + pixel / width * grid.row + pixel % width * grid.step + channel] = number
    }
  }

  /// Returns the part of `height` × `width` pixels at the top left corner.
  func corner(height: Int, width: Int) -> Volume {
    Volume(height: height, width: width, channels: channels, grid: grid, origin: origin)
  }
}

/// Reserves the parts of an arena, each on its own cache line.
struct ArenaLayout {
  /// Floats reserved so far.
  private(set) var count = 0

  /// Reserves the pixels of an image, one after the other without gaps.
  mutating func contiguous(_ image: ImageShape) -> Volume {
    volume(height: image.height, width: image.width, channels: image.channels, step: image.channels, border: 0)
  }

  /// Reserves a picture with a border.
  /// - Parameters:
  ///   - step: floats in a pixel: the padded channels, or an image's own number.
  ///   - border: pixels of zeros on each side.
  mutating func volume(height: Int, width: Int, channels: Int, step: Int, border: Int = 1) -> Volume {
    let row = (width + 2 * border) * step
    let start = reserve((height + 2 * border) * row)
    return Volume(
      height: height, width: width, channels: channels, grid: PixelGrid(step: step, row: row),
      origin: start + border * (row + step))
  }

  /// Reserves `floats` floats, followed by the 16 that kernels may read past the end.
  /// - Returns: their offset.
  mutating func reserve(_ floats: Int) -> Int {
    defer { count = (count + floats + 16 + 15) / 16 * 16 }
    return count
  }
}
