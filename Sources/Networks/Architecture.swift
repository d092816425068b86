// Architecture.swift
// Which autoencoder: its family and its sizes.

/// How a convolutional encoder halves its pictures.
package enum Downsampling: String, CaseIterable, Sendable {
  /// 2×2 max-pooling.
  case pool
  /// A 3×3 convolution with stride 2, of as many filters as its block.
  case stride
}

/// The two families of autoencoder.
package enum Architecture: Hashable, Sendable {
  /// Blocks of two 3×3 convolutions and a down-scaling, then as many transposed convolutions in reverse.
  case convolutional(filters: [Int], downsampling: Downsampling)
  /// Dense layers down to the last of the hidden units, and the same back up.
  case fullyConnected(hiddenUnits: [Int])

  /// For names of runs: `convolutional-16-8-8`, `convolutional-stride-16-8-8`, `fully-connected-128-64-32`.
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

  /// Refuses an empty list and sizes that no machine could train.
  package func validate() throws(ArchitectureError) {
    let kind = if case .convolutional = self { "filters" } else { "hidden units" }
    if sizes.isEmpty { throw .noLayers(kind: kind) }
    if let size = sizes.first(where: { !(1...65_536).contains($0) }) { throw .size(kind: kind, got: size) }
    let limit = if case .convolutional = self { 16 } else { 64 }
    if sizes.count > limit { throw .tooDeep(kind: kind, got: sizes.count, limit: limit) }
  }

  private static func joined(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: "-") }
}

/// Why an architecture cannot be built.
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
