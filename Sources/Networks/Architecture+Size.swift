// Architecture+Size.swift
// What a model would need, reckoned before anything is allocated.

package import Tensors

extension Architecture {
  /// The most weights that a model may have: what 32-bit offsets and a sensible machine allow.
  static let weightLimit = 100_000_000
  /// The most bytes that one image's activations and their gradients may take: every thread has them.
  static let activationLimit = 1 << 30

  /// Refuses a model whose weights or activations would be too large.
  package func checkSize(imageShape: ImageShape) throws(ArchitectureError) {
    let weights = approximateWeights(imageShape: imageShape)
    if weights > Self.weightLimit { throw .tooManyWeights(got: weights, limit: Self.weightLimit) }
    guard case .convolutional(let filters, _) = self else { return }
    let bytes = Self.activationBytes(filters: filters, imageShape: imageShape)
    if bytes > Double(Self.activationLimit) {
      throw .activationsTooLarge(megabytes: Int(min(bytes / 1e6, 1e15)), limit: Self.activationLimit / 1_000_000)
    }
  }

  /// Without biases, and with the decoder as large as the encoder.
  private func approximateWeights(imageShape: ImageShape) -> Int {
    switch self {
    case .convolutional(let filters, _):
      zip([imageShape.channels] + filters, filters).reduce(0) { $0 + 18 * ($1.0 * $1.1 + $1.1 * $1.1) }
    case .fullyConnected(let hiddenUnits):
      zip([imageShape.count] + hiddenUnits, hiddenUnits).reduce(0) { $0 + 2 * $1.0 * $1.1 }
    }
  }

  /// Two convolutions in each block on the way down, one on the way up, each with its gradient. The decoder doubles the
  /// code's sides once a block, so a deep list on a small image ends in a picture far larger than the image.
  private static func activationBytes(filters: [Int], imageShape: ImageShape) -> Double {
    var (height, width) = (imageShape.height, imageShape.width)
    var floats = 0.0
    func plane(_ height: Int, _ width: Int, _ count: Int) -> Double {
      Double(height + 2) * Double(width + 2) * Double(padded(count))
    }
    for count in filters {
      floats += 4 * plane(height, width, count)
      (height, width) = ((height + 1) / 2, (width + 1) / 2)
    }
    for count in filters.reversed() {
      (height, width) = (2 * height, 2 * width)
      floats += 2 * plane(height, width, count)
    }
    return 4 * floats
  }
}
