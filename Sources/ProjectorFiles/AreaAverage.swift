// AreaAverage.swift
// A picture made smaller: each new pixel is the mean of the area it covers.

struct AreaAverage {
  /// One new row or column: where it begins in the old ones, and how much it takes of each, in all 1.
  struct Span: Equatable {
    let first: Int
    let weights: [Float]
  }

  private let rows: [Span]
  private let columns: [Span]
  private let width: Int
  private let channels: Int
  private let isIdentity: Bool

  /// - Precondition: the new sides are 1 … the old ones.
  init(from old: (height: Int, width: Int), to new: (height: Int, width: Int), channels: Int) {
    rows = Self.spans(from: old.height, to: new.height)
    columns = Self.spans(from: old.width, to: new.width)
    width = old.width
    self.channels = channels
    isIdentity = old == new
  }

  /// Where each of `new` equal parts of `old` units lies.
  static func spans(from old: Int, to new: Int) -> [Span] {
    (0..<new).map { index in
      // In units of 1 / new of an old pixel, so that all borders are whole.
      let (start, end) = (index * old, (index + 1) * old)
      let first = start / new
      let weights = (first...(end - 1) / new).map { pixel in
        Float(min(end, (pixel + 1) * new) - max(start, pixel * new)) / Float(old)
      }
      return Span(first: first, weights: weights)
    }
  }

  /// - Parameter image: [old height, old width, channels].
  /// - Returns: [new height, new width, channels], rounded to the nearest.
  /// - Complexity: O(samples of `image`).
  func applied(to image: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    if isIdentity { return image }
    var smaller: [UInt8] = []
    smaller.reserveCapacity(rows.count * columns.count * channels)
    for row in rows {
      for column in columns {
        for channel in 0..<channels {
          var sum: Float = 0
          for (y, rowWeight) in row.weights.enumerated() {
            let start = image.startIndex + ((row.first + y) * width + column.first) * channels + channel
            for (x, weight) in column.weights.enumerated() {
              sum += rowWeight * weight * Float(image[start + x * channels])
            }
          }
          smaller.append(UInt8(min(255, sum + 0.5)))
        }
      }
    }
    return smaller[...]
  }
}
