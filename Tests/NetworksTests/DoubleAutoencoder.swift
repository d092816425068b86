// DoubleAutoencoder.swift
// A convolutional autoencoder of one block in double precision, written down connection by connection.

import Foundation
import Networks
import Tensors

/// Loss and gradients of one image, as Tests/Fixtures/golden/README.md defines the layers; its sides are even.
struct DoubleAutoencoder {
  let downsampling: Downsampling
  let filters: Int
  /// The numbers of each parameter, in the model's order.
  let weights: [[Double]]

  /// The results for one image. All sums are over its elements.
  struct Sums {
    var loss = 0.0
    var squaredError = 0.0
    var gradients: [[Double]]
    /// The distance of the nearest activation to a kink of ReLU or of a pooling, relative to the largest of its layer.
    var margin = Double.infinity
  }

  /// y[to] += x[from] · w[weight], for all of a layer.
  private struct Connection {
    let to: Int32
    let from: Int32
    let weight: Int32
  }

  /// A layer with a kernel: the side of its output in pixels, and its connections.
  private struct Layer {
    let side: Int
    let connections: [Connection]
  }

  /// - Parameter image: side × side pixels of one channel, in [0, 1].
  func sums(of image: [Double], side: Int) -> Sums {
    var sums = Sums(gradients: weights.map { _ in [] })
    var layers = [convolution(side, 1, filters), convolution(side, filters, filters)]
    if downsampling == .stride { layers.append(strided(side, filters)) }
    layers += [doubled(side / 2, filters), transposed(side, filters)]
    var inputs = [image]
    var winners: [Int] = []
    for (index, layer) in layers.enumerated() {
      let bias = weights[2 * index + 1]
      var y = (0..<layer.side * layer.side * bias.count).map { bias[$0 % bias.count] }
      let (x, w) = (inputs[index], weights[2 * index])
      for link in layer.connections { y[Int(link.to)] += x[Int(link.from)] * w[Int(link.weight)] }
      if index < layers.count - 1 {
        sums.margin = min(sums.margin, (y.map(abs).min() ?? 0) / (y.map(abs).max() ?? 1))
        y = y.map { max(0, $0) }
      }
      if index == 1, downsampling == .pool { (y, winners) = pooled(y, side, &sums.margin) }
      inputs.append(y)
    }
    var gradient = lossGradient(logits: inputs[layers.count], image, &sums)
    for (index, layer) in layers.enumerated().reversed() {
      if index == 1, downsampling == .pool {
        var spread = [Double](repeating: 0, count: side * side * filters)
        for (place, winner) in winners.enumerated() { spread[winner] = gradient[place] }
        gradient = spread
      }
      let (x, w) = (inputs[index], weights[2 * index])
      var (dx, dw) = ([Double](repeating: 0, count: x.count), [Double](repeating: 0, count: w.count))
      for link in layer.connections {
        let dy = gradient[Int(link.to)]
        dx[Int(link.from)] += dy * w[Int(link.weight)]
        dw[Int(link.weight)] += dy * x[Int(link.from)]
      }
      let channels = weights[2 * index + 1].count
      sums.gradients[2 * index] = dw
      sums.gradients[2 * index + 1] = (0..<channels).map { channel in
        stride(from: channel, to: gradient.count, by: channels).reduce(0) { $0 + gradient[$1] }
      }
      for place in x.indices where index > 0 && x[place] <= 0 { dx[place] = 0 }
      gradient = dx
    }
    return sums
  }

  /// The gradient of the summed loss by the logits.
  private func lossGradient(logits: [Double], _ image: [Double], _ sums: inout Sums) -> [Double] {
    zip(logits, image).map { z, x in
      sums.loss += max(z, 0) - z * x + log1p(exp(-abs(z)))
      let error = 1 / (1 + exp(-z)) - x
      sums.squaredError += error * error
      return error
    }
  }

  /// The largest of each window and its place, the first of equals.
  private func pooled(_ y: [Double], _ side: Int, _ margin: inout Double) -> ([Double], [Int]) {
    let largest = y.max() ?? 1
    var winners: [Int] = []
    for row in 0..<side / 2 {
      for column in 0..<side / 2 {
        for channel in 0..<filters {
          let places = (0..<4).map { ((2 * row + $0 / 2) * side + 2 * column + $0 % 2) * filters + channel }
          let winner = places.dropFirst().reduce(places[0]) { y[$1] > y[$0] ? $1 : $0 }
          for other in places where y[other] < y[winner] { margin = min(margin, (y[winner] - y[other]) / largest) }
          winners.append(winner)
        }
      }
    }
    return (winners.map { y[$0] }, winners)
  }

  /// Returns a layer from pixels of `inputs` to pixels of `outputs` channels; `place` returns the input's pixel that a tap of
  /// an output's pixel reads, if any.
  private func layer(
    _ side: Int, from fromSide: Int, _ inputs: Int, _ outputs: Int,
    _ place: (_ pixel: Int, _ tap: Int) -> Int?
  ) -> Layer {
    var connections: [Connection] = []
    for pixel in 0..<side * side {
      for tap in 0..<9 {
        guard let row = place(pixel / side, tap / 3), let column = place(pixel % side, tap % 3),
          (0..<fromSide).contains(row), (0..<fromSide).contains(column)
        else { continue }
        for weight in 0..<inputs * outputs {
          connections.append(
            Connection(
              to: Int32(pixel * outputs + weight % outputs),
              from: Int32((row * fromSide + column) * inputs + weight / outputs),
              weight: Int32(tap * inputs * outputs + weight)))
        }
      }
    }
    return Layer(side: side, connections: connections)
  }

  private func convolution(_ side: Int, _ inputs: Int, _ outputs: Int) -> Layer {
    layer(side, from: side, inputs, outputs) { $0 + $1 - 1 }
  }

  private func strided(_ side: Int, _ channels: Int) -> Layer {
    layer(side / 2, from: side, channels, channels) { 2 * $0 + $1 }
  }

  private func doubled(_ side: Int, _ channels: Int) -> Layer {
    layer(2 * side, from: side, channels, channels) { ($0 - $1) % 2 == 0 ? ($0 - $1) / 2 : nil }
  }

  private func transposed(_ side: Int, _ channels: Int) -> Layer {
    layer(side, from: side, channels, 1) { $0 - $1 + 1 }
  }
}
