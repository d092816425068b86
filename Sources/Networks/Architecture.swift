// Architecture.swift
// Which autoencoder is built: its family and its sizes, with the limits that are checked before anything is allocated.

package import Tensors

/// The way in which a convolutional encoder's block halves its pictures.
package enum Downsampling: String, CaseIterable, Sendable {
  /// The largest of each 2×2 window.
  case pool
  /// The mean of each 2×2 window.
  case average
  /// A convolution with stride 2, and the kernel size and filters of its block.
  case stride
  /// Not at all.
  case none
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
  /// Convolutional: how each block halves its pictures; one for all, or one for each block.
  package var downsamplings = [Downsampling.pool]
  /// Convolutional: the side of each block's kernels, odd; one for all, or one for each block.
  package var kernelSizes = [3]
  /// Convolutional: convolutions in each of the encoder's blocks, without one that downsamples.
  package var convolutions = 2
  /// The numbers of a code of its own, made by a dense layer after the encoder's last; 0 if that makes the code.
  package var code = 0
  /// Whether the code is drawn in training from a normal distribution whose mean and variance the encoder computes.
  package var isVariational = false
  /// The function of hidden layers.
  package var activation = Activation.relu
  /// The function of the code; that of the last convolution if a pooling makes the code.
  package var codeActivation = Activation.relu

  /// Blocks of two 3×3 convolutions and a downsampling, then one transposed convolution for each block, in reverse.
  package static func convolutional(filters: [Int], downsampling: Downsampling) -> Architecture {
    var architecture = Architecture(family: .convolutional, sizes: filters)
    architecture.downsamplings = [downsampling]
    return architecture
  }

  /// Dense layers down to the last number of hidden units, and the same back up.
  package static func fullyConnected(hiddenUnits: [Int]) -> Architecture {
    Architecture(family: .fullyConnected, sizes: hiddenUnits)
  }

  private init(family: ModelFamily, sizes: [Int]) {
    self.family = family
    self.sizes = sizes
  }

  /// One block of a convolutional encoder.
  package struct Block: Hashable, Sendable {
    package let filters: Int
    package let kernelSize: Int
    package let downsampling: Downsampling
  }

  /// The blocks of a convolutional encoder; none of a fully connected one.
  package var blocks: [Block] {
    guard family == .convolutional else { return [] }
    return sizes.enumerated().map { number, filters in
      Block(
        filters: filters, kernelSize: Self.entry(number, of: kernelSizes) ?? 3,
        downsampling: Self.entry(number, of: downsamplings) ?? .pool)
    }
  }

  /// Returns the entry for a block of a list that has one entry for all blocks, or one for each.
  private static func entry<Entry>(_ block: Int, of list: [Entry]) -> Entry? {
    list.count == 1 ? list[0] : list.indices.contains(block) ? list[block] : nil
  }

  /// The kernel sizes that a block may have.
  package static let possibleKernelSizes = [1, 3, 5, 7]

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
  /// `convolutional-16-8-kernel-5-3`, `fully-connected-128-64-32-tanh-code-relu`. Defaults are left out.
  package var name: String {
    var parts = [family.rawValue]
    if family == .convolutional, downsamplings != [.pool] { parts += downsamplings.map(\.rawValue) }
    parts += sizes.map(String.init)
    if family == .convolutional {
      if kernelSizes != [3] { parts += ["kernel"] + kernelSizes.map(String.init) }
      if convolutions != 2 { parts += ["convolutions", "\(convolutions)"] }
    }
    if activation != .relu { parts.append(activation.rawValue) }
    let isUsual = codeActivation == usualCodeActivation
    if isVariational { parts.append("variational") }
    if code > 0 || !isUsual { parts.append("code") }
    if code > 0 { parts.append("\(code)") }
    if !isUsual { parts.append(codeActivation.rawValue) }
    return parts.joined(separator: "-")
  }

  /// The function of a code if none is given: a code of its own is linear, since units of a small ReLU code die, and so are the means
  /// of a variational one.
  package var usualCodeActivation: Activation { code > 0 || isVariational ? .linear : .relu }

  /// Throws an error for an empty list and for sizes that no machine could train.
  package func validate() throws(ArchitectureError) {
    let isConvolutional = family == .convolutional
    let kind = isConvolutional ? "filters" : "hidden units"
    if sizes.isEmpty { throw .noLayers(kind: kind) }
    if let size = sizes.first(where: { !(1...65_536).contains($0) }) { throw .size(kind: kind, got: size) }
    let limit = isConvolutional ? 16 : 64
    if sizes.count > limit { throw .tooDeep(kind: kind, got: sizes.count, limit: limit) }
    if !(0...65_536).contains(code) { throw .size(kind: "code", got: code) }
    if isVariational, codeActivation != .linear { throw .variationalCode(activation: codeActivation.rawValue) }
    guard isConvolutional else { return }
    if isVariational, code == 0 { throw .variationalPictures }
    for (option, count) in [("downsampling", downsamplings.count), ("kernel-size", kernelSizes.count)] {
      if count != 1, count != sizes.count { throw .entries(option: option, got: count, blocks: sizes.count) }
    }
    if let size = kernelSizes.first(where: { !Self.possibleKernelSizes.contains($0) }) {
      throw .kernelSize(got: size)
    }
  }
}

/// The reason why an architecture cannot be built.
package enum ArchitectureError: Error, Equatable, CustomStringConvertible {
  case noLayers(kind: String)
  case size(kind: String, got: Int)
  case tooDeep(kind: String, got: Int, limit: Int)
  case variationalCode(activation: String)
  case variationalPictures
  case kernelSize(got: Int)
  case entries(option: String, got: Int, blocks: Int)
  case kernel(size: Int, height: Int, width: Int, block: Int)
  case code(got: Int, limit: Int)
  case tooManyWeights(got: Int, limit: Int)
  case activationsTooLarge(megabytes: Int, limit: Int)

  package var description: String {
    switch self {
    case .noLayers(let kind): "the list of \(kind) is empty; give at least one"
    case .size(let kind, let got): "\(kind): got \(got), want whole numbers from 1 to 65536"
    case .tooDeep(let kind, let got, let limit): "\(got) \(kind) listed, at most \(limit) are possible"
    case .variationalCode(let activation):
      "--code-activation \(activation) and --variational exclude each other: the mean of a code is linear; leave one of them out"
    case .variationalPictures: "--variational wants --code N with a convolutional model, as in --code 8"
    case .kernelSize(let got):
      "kernel size: got \(got), want " + Architecture.possibleKernelSizes.map(String.init).joined(separator: " or ")
    case .entries(let option, let got, let blocks):
      "--\(option): got \(got) entries, want one for all blocks, or \(blocks), one for each of --filters"
    case .kernel(let size, let height, let width, let block):
      "--kernel-size \(size) is larger than the pictures of block \(block) of --filters, \(height)×\(width); make it smaller, or "
        + "leave out blocks"
    case .code(let got, let limit):
      "--code \(got) is larger than the layer before it, which has \(limit) numbers; make it smaller"
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

  /// Throws an error for a model whose weights or activations would be too large, and for kernels larger than the pictures.
  package func checkSize(imageShape: ImageShape) throws(ArchitectureError) {
    let weights = approximateWeights(imageShape: imageShape)
    if weights > Self.weightLimit { throw .tooManyWeights(got: weights, limit: Self.weightLimit) }
    let before = family == .convolutional ? lastCount(imageShape: imageShape) : sizes.last ?? 0
    if code > before { throw .code(got: code, limit: before) }
    guard family == .convolutional else { return }
    for (number, side) in zip(blocks, sides(of: imageShape)).enumerated() {
      let (kernel, side) = (side.0.kernelSize, side.1)
      // A 3×3 kernel may see its border.
      if kernel > 3, kernel > min(side.height, side.width) {
        throw .kernel(size: kernel, height: side.height, width: side.width, block: number + 1)
      }
    }
    let bytes = activationBytes(imageShape: imageShape)
    if bytes > Double(Self.activationLimit) {
      throw .activationsTooLarge(megabytes: Int(min(bytes / 1e6, 1e15)), limit: Self.activationLimit / 1_000_000)
    }
  }

  /// Estimates the number of weights: without biases, and with the decoder as large as the encoder.
  private func approximateWeights(imageShape: ImageShape) -> Int {
    switch family {
    case .convolutional:
      let inCode = code == 0 ? 0 : Double(lastCount(imageShape: imageShape)) * Double(code) * 2
      let inBlocks = zip([imageShape.channels] + sizes, blocks).reduce(0) { sum, pair in
        let (inputs, block) = pair
        return sum + 2 * block.kernelSize * block.kernelSize
          * (inputs * block.filters + convolutions * block.filters * block.filters)
      }
      return inBlocks + Int(min(inCode, 1e15))
    case .fullyConnected:
      return zip([imageShape.count] + encoderUnits, encoderUnits).reduce(0) { $0 + 2 * $1.0 * $1.1 }
    }
  }

  /// Returns the sides of each block's pictures, and those of the last block's output at the end.
  private func sides(of image: ImageShape) -> [(height: Int, width: Int)] {
    blocks.reduce(into: [(image.height + image.height % 2, image.width + image.width % 2)]) { sides, block in
      let (height, width) = sides[sides.count - 1]
      sides.append(block.downsampling == .none ? (height, width) : ((height + 1) / 2, (width + 1) / 2))
    }
  }

  /// Returns the numbers in the output of the last block.
  private func lastCount(imageShape: ImageShape) -> Int {
    let last = sides(of: imageShape).last ?? (0, 0)
    return last.height * last.width * (sizes.last ?? 0)
  }

  /// Returns the bytes of one image's activations: the convolutions of each encoder block, one in each decoder block, each with its
  /// gradient.
  ///
  /// The decoder doubles the sides in each block; with many blocks a small image ends in a far larger picture.
  private func activationBytes(imageShape: ImageShape) -> Double {
    let border = max(1, (kernelSizes.max() ?? 3) / 2)
    func plane(_ height: Int, _ width: Int, _ count: Int) -> Double {
      Double(height + 2 * border) * Double(width + 2 * border) * Double(padded(count))
    }
    let sides = sides(of: imageShape)
    var floats = 0.0
    for (block, side) in zip(blocks, sides) {
      floats += Double(2 * convolutions) * plane(side.height, side.width, block.filters)
    }
    var (height, width) = sides.last ?? (0, 0)
    for block in blocks.reversed() {
      if block.downsampling != .none { (height, width) = (2 * height, 2 * width) }
      floats += 2 * plane(height, width, block.filters)
    }
    return 4 * floats
  }
}
