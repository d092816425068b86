// DensePlan.swift
// A fully connected autoencoder as data: its layers, its weights, and the memory layout of a batch's activations.

import Tensors

/// The whole network for batches of at most `capacity` rows.
struct DensePlan: Sendable {
  let capacity: Int
  /// The layer table: the input, and one row for each of `layers`.
  private(set) var table: [Layer] = []
  private(set) var layers: [any RowLayer] = []
  /// The layers with weights, in the order of their parameters: a kernel and a bias each.
  private(set) var weighted: [DenseRows] = []
  /// Each layer's output, in the order of the table: the input with its noise first, the logits last.
  private(set) var activations: [RowSignal] = []
  /// The distribution of the code and its statistics, if the model is variational.
  private(set) var distribution: (GaussianCode, statistics: Rows)?
  /// The clean images, in rows like the input's.
  let clean: Rows
  private var arena = ArenaLayout()
  private var stored = 0
  private var transposedStored = 0

  init(_ architecture: Architecture, image: ImageShape, capacity: Int, beta: Float) {
    self.capacity = capacity
    clean = Rows(units: image.count, offset: arena.reserve(capacity * padded(image.count)))
    add("input", .input, signal(image.count))
    let encoder = architecture.encoderUnits
    for (number, units) in encoder.enumerated() {
      let isCode = number == encoder.count - 1
      if isCode, architecture.isVariational {
        addDense("encoder/statistics", 2 * units, .linear)
        addSampling("encoder/code", GaussianCode(count: units, beta: beta))
      } else {
        addDense("encoder/dense\(number)", units, isCode ? architecture.codeActivation : architecture.activation)
      }
    }
    for (number, units) in encoder.dropLast().reversed().enumerated() {
      addDense("decoder/dense\(number)", units, architecture.activation)
    }
    addDense("decoder/linear", image.count, .linear)
  }

  var arenaCount: Int { arena.count }
  var parameters: [Parameter] { weighted.flatMap { [$0.weights.kernel, $0.weights.bias] } }

  private mutating func signal(_ units: Int) -> RowSignal {
    let rows = capacity * padded(units)
    return RowSignal(
      values: Rows(units: units, offset: arena.reserve(rows)), gradient: Rows(units: units, offset: arena.reserve(rows))
    )
  }

  private mutating func addDense(_ name: String, _ units: Int, _ activation: Activation) {
    let input = activations[activations.count - 1]
    // The first layer needs no gradient by its input.
    let isFirst = weighted.isEmpty
    let kernel = Parameter(
      name: name + "/kernel", shape: [input.values.units, units], isKernel: true, order: .outputsLast, offset: stored,
      transposedOffset: isFirst ? nil : transposedStored)
    stored += kernel.storedCount
    if !isFirst { transposedStored += kernel.transposedCount }
    let bias = Parameter(
      name: name + "/bias", shape: [units], isKernel: false, order: .outputsLast, offset: stored, transposedOffset: nil)
    stored += bias.storedCount
    var output = signal(units)
    let layer = DenseRows(
      name: name, weights: WeightPair(kernel: kernel, bias: bias), activation: activation, input: input, output: output)
    output.source = layer
    layers.append(layer)
    weighted.append(layer)
    add(
      name, .dense, output, parameters: [kernel, bias], activation: activation,
      multiplyAdds: input.values.units * units)
  }

  private mutating func addSampling(_ name: String, _ distribution: GaussianCode) {
    let output = signal(distribution.count)
    self.distribution = (distribution, activations[activations.count - 1].values)
    layers.append(CodeRowsSampling(distribution, statistics: activations[activations.count - 1], code: output))
    add(name, .sample, output)
  }

  private mutating func add(
    _ name: String, _ operation: Layer.Operation, _ output: RowSignal, parameters: [Parameter] = [],
    activation: Activation = .linear, multiplyAdds: Int = 0
  ) {
    activations.append(output)
    table.append(
      Layer(
        name: name, operation: operation, outputShape: [output.values.units], parameters: parameters.map(\.name),
        weights: parameters.reduce(0) { $0 + $1.count }, activation: activation, multiplyAdds: multiplyAdds))
  }

  /// Returns one row of a layer's activation as a picture of one pixel.
  func volume(ofLayer layer: Int, row: Int) -> Volume {
    let rows = activations[layer].values
    return Volume(
      height: 1, width: 1, channels: rows.units, grid: PixelGrid(step: rows.length, row: rows.length),
      origin: rows.place(row))
  }
}
