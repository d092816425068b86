// DensePlan.swift
// A fully connected autoencoder as data: its layers, its weights, and the memory layout of a batch's activations.

import Tensors

/// The whole network for batches of at most `capacity` rows.
struct DensePlan: Sendable {
  /// A dense layer: from activation `index` to activation `index + 1`.
  struct Stage: Sendable {
    let name: String
    let kernel: Parameter
    let bias: Parameter
    let activation: Activation
  }

  /// The rows of one activation, or its gradient, of a whole batch; units are padded to a multiple of 8.
  struct Rows: Sendable {
    let units: Int
    let offset: Int
    var length: Int { padded(units) }
  }

  let layers: [Layer]
  let parameters: [Parameter]
  let stages: [Stage]
  /// One for each layer: the input with its noise, every hidden activation, the logits.
  let activations: [Rows]
  /// The gradient of the loss by each activation; the first is not used.
  let gradients: [Rows]
  /// The clean images, in rows like the input's.
  let clean: Rows
  /// The index of the activation that is the code.
  let bottleneck: Int
  let capacity: Int
  let arenaCount: Int

  init(_ architecture: Architecture, image: ImageShape, capacity: Int) {
    var arena = ArenaLayout()
    let hiddenUnits = architecture.encoderUnits
    let decoderUnits = hiddenUnits.dropLast().reversed()
    let sizes = [image.count] + hiddenUnits + decoderUnits + [image.count]
    self.capacity = capacity
    bottleneck = hiddenUnits.count
    activations = sizes.map { Rows(units: $0, offset: arena.reserve(capacity * padded($0))) }
    gradients = sizes.map { Rows(units: $0, offset: arena.reserve(capacity * padded($0))) }
    clean = Rows(units: image.count, offset: arena.reserve(capacity * padded(image.count)))
    arenaCount = arena.count

    var stored = 0
    var transposedStored = 0
    var stages: [Stage] = []
    var layers = [
      Layer(
        name: "input", kind: .input, outputShape: [activations[0].units], parameters: [], weights: 0,
        activation: .linear, multiplyAdds: 0)
    ]
    for index in 0..<sizes.count - 1 {
      let (inputs, outputs) = (sizes[index], sizes[index + 1])
      let isLast = index == sizes.count - 2
      let activation =
        isLast ? .linear : index + 1 == bottleneck ? architecture.codeActivation : architecture.activation
      let name = DensePlan.name(of: index, hidden: hiddenUnits.count, isLast: isLast)
      let kernel = Parameter(
        name: name + "/kernel", shape: [inputs, outputs], isKernel: true, order: .outputsLast, offset: stored,
        transposedOffset: index == 0 ? nil : transposedStored)
      stored += kernel.storedCount
      if index > 0 { transposedStored += kernel.transposedCount }
      let bias = Parameter(
        name: name + "/bias", shape: [outputs], isKernel: false, order: .outputsLast, offset: stored,
        transposedOffset: nil)
      stored += bias.storedCount
      stages.append(Stage(name: name, kernel: kernel, bias: bias, activation: activation))
      layers.append(
        Layer(
          name: name, kind: .dense, outputShape: [activations[index + 1].units], parameters: [kernel.name, bias.name],
          weights: kernel.count + bias.count, activation: activation, multiplyAdds: inputs * outputs))
    }
    self.stages = stages
    self.layers = layers
    parameters = stages.flatMap { [$0.kernel, $0.bias] }
  }

  /// Returns one row of a layer's activation as a picture of one pixel.
  func volume(ofLayer layer: Int, row: Int) -> Volume {
    let rows = activations[layer]
    return Volume(
      height: 1, width: 1, channels: rows.units, grid: PixelGrid(step: rows.length, row: rows.length),
      origin: rows.offset + row * rows.length)
  }

  private static func name(of index: Int, hidden: Int, isLast: Bool) -> String {
    if isLast { return "decoder/linear" }
    return index < hidden ? "encoder/dense\(index)" : "decoder/dense\(index - hidden)"
  }
}
