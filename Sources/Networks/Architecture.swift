// Architecture.swift
// Which autoencoder is built: its family and its sizes, with the limits that are checked before anything is allocated.

package import Tensors

/// The way in which a convolutional encoder halves its pictures.
package enum Downsampling: String, CaseIterable, Sendable {
  /// 2×2 max-pooling.
  case pool
  /// A 3×3 convolution with stride 2 and as many filters as its block.
  case stride
}

/// The families of autoencoder.
package enum ModelFamily: String, CaseIterable, Sendable {
  case convolutional
  case fullyConnected = "fully-connected"
}

/// An autoencoder of one of the families.
package enum Architecture: Hashable, Sendable {
  /// Blocks of two 3×3 convolutions and a downsampling, then one transposed convolution for each block, in reverse.
  case convolutional(filters: [Int], downsampling: Downsampling)
  /// Dense layers down to the last number of hidden units, and the same back up.
  case fullyConnected(hiddenUnits: [Int])

  /// The family's default model.
  package init(_ family: ModelFamily) {
    self =
      switch family {
      case .convolutional: .convolutional(filters: [16, 8, 8], downsampling: .pool)
      case .fullyConnected: .fullyConnected(hiddenUnits: [128, 64, 32])
      }
  }

  package var family: ModelFamily {
    switch self {
    case .convolutional: .convolutional
    case .fullyConnected: .fullyConnected
    }
  }

  /// The part of a run's name that tells the model: `convolutional-16-8-8`, `convolutional-stride-16-8-8`, `fully-connected-128-64-32`.
  package var name: String {
    switch self {
    case .convolutional(let filters, let downsampling):
      "convolutional-" + (downsampling == .stride ? "stride-" : "") + Architecture.joined(filters)
    case .fullyConnected(let hiddenUnits):
      "fully-connected-" + Architecture.joined(hiddenUnits)
    }
  }

  /// The filters, or the hidden units.
  package var sizes: [Int] {
    switch self {
    case .convolutional(let filters, _): filters
    case .fullyConnected(let hiddenUnits): hiddenUnits
    }
  }

  /// Throws an error for an empty list and for sizes that no machine could train.
  package func validate() throws(ArchitectureError) {
    let kind = if case .convolutional = self { "filters" } else { "hidden units" }
    if sizes.isEmpty { throw .noLayers(kind: kind) }
    if let size = sizes.first(where: { !(1...65_536).contains($0) }) { throw .size(kind: kind, got: size) }
    let limit = if case .convolutional = self { 16 } else { 64 }
    if sizes.count > limit { throw .tooDeep(kind: kind, got: sizes.count, limit: limit) }
  }

  private static func joined(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: "-") }
}

/// The reason why an architecture cannot be built.
package enum ArchitectureError: Error, Equatable, CustomStringConvertible {
  case noLayers(kind: String)
  case size(kind: String, got: Int)
  case tooDeep(kind: String, got: Int, limit: Int)
  case tooManyWeights(got: Int, limit: Int)
  case activationsTooLarge(megabytes: Int, limit: Int)

  package var description: String {
    switch self {
    case .noLayers(let kind): "the list of \(kind) is empty; give at least one"
    case .size(let kind, let got): "\(kind): got \(got), want whole numbers from 1 to 65536"
    case .tooDeep(let kind, let got, let limit): "\(got) \(kind) listed, at most \(limit) are possible"
    case .activationsTooLarge(let megabytes, let limit):
      "one image's activations would take \(megabytes) MB, at most \(limit) are possible; give fewer or smaller filters"
    case .tooManyWeights(let got, let limit):
      "this model has \(got) weights, at most \(limit) are possible; make it smaller"
    }
  }
}

extension Architecture {
  /// The most weights that a model may have, so that offsets fit 32 bits and the model fits a common machine.
  static let weightLimit = 100_000_000
  /// The most bytes that one image's activations and their gradients may take; each thread needs as much.
  static let activationLimit = 1 << 30

  /// Throws an error for a model whose weights or activations would be too large.
  package func checkSize(imageShape: ImageShape) throws(ArchitectureError) {
    let weights = approximateWeights(imageShape: imageShape)
    if weights > Self.weightLimit { throw .tooManyWeights(got: weights, limit: Self.weightLimit) }
    guard case .convolutional(let filters, _) = self else { return }
    let bytes = Self.activationBytes(filters: filters, imageShape: imageShape)
    if bytes > Double(Self.activationLimit) {
      throw .activationsTooLarge(megabytes: Int(min(bytes / 1e6, 1e15)), limit: Self.activationLimit / 1_000_000)
    }
  }

  /// Estimates the number of weights: without biases, and with the decoder as large as the encoder.
  private func approximateWeights(imageShape: ImageShape) -> Int {
    switch self {
    case .convolutional(let filters, _):
      zip([imageShape.channels] + filters, filters).reduce(0) { $0 + 18 * ($1.0 * $1.1 + $1.1 * $1.1) }
    case .fullyConnected(let hiddenUnits):
      zip([imageShape.count] + hiddenUnits, hiddenUnits).reduce(0) { $0 + 2 * $1.0 * $1.1 }
    }
  }

  /// Returns the bytes of one image's activations: two convolutions in each encoder block, one in each decoder block,
  /// each with its gradient.
  ///
  /// The decoder doubles the sides in each block; with many blocks a small image ends in a far larger picture.
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
