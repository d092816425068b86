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

/// An autoencoder of one of the families, whatever the images.
package struct Architecture: Hashable, Sendable {
  package let family: ModelFamily
  /// Convolutional: the filters of each block. Fully connected: the units of each hidden layer of the encoder.
  package var sizes: [Int]
  /// Convolutional only.
  package var downsampling = Downsampling.pool
  /// The numbers of a code of its own, made by a dense layer after the encoder's last; 0 if that makes the code.
  package var code = 0
  /// The function of hidden layers.
  package var activation = Activation.relu
  /// The function of the code; that of the last convolution if a pooling makes the code.
  package var codeActivation = Activation.relu

  /// Blocks of two 3×3 convolutions and a downsampling, then one transposed convolution for each block, in reverse.
  package static func convolutional(filters: [Int], downsampling: Downsampling) -> Architecture {
    Architecture(family: .convolutional, sizes: filters, downsampling: downsampling)
  }

  /// Dense layers down to the last number of hidden units, and the same back up.
  package static func fullyConnected(hiddenUnits: [Int]) -> Architecture {
    Architecture(family: .fullyConnected, sizes: hiddenUnits)
  }

  private init(family: ModelFamily, sizes: [Int], downsampling: Downsampling = .pool) {
    self.family = family
    self.sizes = sizes
    self.downsampling = downsampling
  }

  /// The family's default model.
  package init(_ family: ModelFamily) {
    self =
      switch family {
      case .convolutional: .convolutional(filters: [16, 8, 8], downsampling: .pool)
      case .fullyConnected: .fullyConnected(hiddenUnits: [128, 64, 32])
      }
  }

  /// The functions that a code may have.
  package static let codeActivations: [Activation] = [.linear, .relu, .sigmoid, .tanh]
  /// The functions that hidden layers may have. At 0 they are 0, as padding must stay.
  package static let activations: [Activation] = [.relu, .leakyReLU, .elu, .tanh]

  /// The units of a fully connected encoder's layers, the code's included.
  var encoderUnits: [Int] { sizes + (code > 0 ? [code] : []) }

  /// The part of a run's name that tells the model: `convolutional-16-8-8`, `convolutional-stride-16-8-8-code-2`,
  /// `fully-connected-128-64-32-tanh-code-relu`. Defaults are left out.
  package var name: String {
    var parts = [family.rawValue] + (downsampling == .stride ? ["stride"] : []) + sizes.map(String.init)
    if activation != .relu { parts.append(activation.rawValue) }
    let isUsual = codeActivation == Self.usualCodeActivation(code: code)
    if code > 0 || !isUsual { parts.append("code") }
    if code > 0 { parts.append("\(code)") }
    if !isUsual { parts.append(codeActivation.rawValue) }
    return parts.joined(separator: "-")
  }

  /// The function of a code if none is given: a code of its own is linear, since units of a small ReLU code die.
  package static func usualCodeActivation(code: Int) -> Activation { code > 0 ? .linear : .relu }

  /// Throws an error for an empty list and for sizes that no machine could train.
  package func validate() throws(ArchitectureError) {
    let isConvolutional = family == .convolutional
    let kind = isConvolutional ? "filters" : "hidden units"
    if sizes.isEmpty { throw .noLayers(kind: kind) }
    if let size = sizes.first(where: { !(1...65_536).contains($0) }) { throw .size(kind: kind, got: size) }
    let limit = isConvolutional ? 16 : 64
    if sizes.count > limit { throw .tooDeep(kind: kind, got: sizes.count, limit: limit) }
    if !(0...65_536).contains(code) { throw .size(kind: "code", got: code) }
  }
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
    guard family == .convolutional else { return }
    let bytes = Self.activationBytes(filters: sizes, imageShape: imageShape)
    if bytes > Double(Self.activationLimit) {
      throw .activationsTooLarge(megabytes: Int(min(bytes / 1e6, 1e15)), limit: Self.activationLimit / 1_000_000)
    }
  }

  /// Estimates the number of weights: without biases, and with the decoder as large as the encoder.
  private func approximateWeights(imageShape: ImageShape) -> Int {
    switch family {
    case .convolutional:
      let inCode = code == 0 ? 0 : Double(lastCount(imageShape: imageShape)) * Double(code) * 2
      let inBlocks = zip([imageShape.channels] + sizes, sizes).reduce(0) { $0 + 18 * ($1.0 * $1.1 + $1.1 * $1.1) }
      return inBlocks + Int(min(inCode, 1e15))
    case .fullyConnected:
      return zip([imageShape.count] + encoderUnits, encoderUnits).reduce(0) { $0 + 2 * $1.0 * $1.1 }
    }
  }

  /// Returns the numbers in the output of the last block.
  private func lastCount(imageShape: ImageShape) -> Int {
    let side = { (side: Int) in sizes.reduce(side) { side, _ in (side + 1) / 2 } }
    return side(imageShape.height) * side(imageShape.width) * (sizes.last ?? 0)
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
