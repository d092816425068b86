// Rearrangement.swift
// Layers that only move numbers: from a picture's pixels to one row, and back.

import Tensors

/// A layer between the pixels of a picture, whose channels are padded, and one row with all their numbers.
final class Rearrangement: ImageLayer {
  private let picture: Signal
  private let row: Signal
  /// Whether the picture becomes the row; else the row becomes the picture.
  private let isFlattening: Bool

  init(picture: Signal, row: Signal, isFlattening: Bool) {
    self.picture = picture
    self.row = row
    self.isFlattening = isFlattening
  }

  func forward(_ image: ImageState, _ pass: ConvolutionalPass) {
    move(picture.volume, row.volume.origin, toRow: isFlattening, image.arena)
  }

  func backward(_ image: ImageState, _ pass: ConvolutionalPass, into sum: GradientSum) {
    guard let picture = picture.gradient, let row = row.gradient else { return }
    move(picture, row.origin, toRow: !isFlattening, image.arena)
  }

  private func move(_ picture: Volume, _ row: Int, toRow: Bool, _ arena: SlabPointer) {
    let channels = picture.channels
    for line in 0..<picture.height {
      for column in 0..<picture.width {
        let pixel = arena + (picture.origin + picture.grid.offset(line, column))
        let place = arena + (row + (line * picture.width + column) * channels)
        if toRow { place.update(from: pixel, count: channels) } else { pixel.update(from: place, count: channels) }
      }
    }
  }
}

extension ConvolutionalBuilder {
  /// Adds a row with all numbers of a picture, pixel after pixel.
  mutating func flatten(_ name: String, _ input: Signal) -> Signal {
    let output = row(input.volume.count, .linear)
    layers.append(Rearrangement(picture: input, row: output, isFlattening: true))
    describe(name, .flatten, output.volume)
    return output
  }

  /// Adds a picture with the numbers of a row.
  mutating func reshape(_ name: String, _ input: Signal, like picture: Volume) -> Signal {
    let output = signal(height: picture.height, width: picture.width, channels: picture.channels, .linear)
    layers.append(Rearrangement(picture: output, row: input, isFlattening: false))
    describe(name, .reshape, output.volume)
    return output
  }

  /// Reserves a row of numbers and its gradient, as a picture of one pixel without a border.
  mutating func row(_ count: Int, _ activation: Activation) -> Signal {
    let place = { (arena: inout ArenaLayout) in
      arena.volume(height: 1, width: 1, channels: count, step: padded(count), border: 0)
    }
    return Signal(volume: place(&arena), gradient: place(&arena), activation: activation)
  }
}
