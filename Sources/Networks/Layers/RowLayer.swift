// RowLayer.swift
// A layer of a fully connected autoencoder: what it computes from rows of a batch, forward and backward.

import Tensors

/// A layer of a fully connected autoencoder, which works on rows of a batch.
protocol RowLayer: AnyObject, Sendable {
  /// Computes the output's rows from the input's.
  func forward(_ batch: BatchState, _ pass: DensePass)

  /// Computes the gradient by the input from the one by the output: by the input's sums, if a layer with weights made it.
  func backward(_ batch: BatchState, _ pass: DensePass)
}

/// Some rows of a batch on their way through a network.
struct BatchState {
  let rows: Range<Int>
  /// Returns the number of a row's image in its set, the index of its random draws.
  let number: (Int) -> UInt32
  let perturbation: Perturbation
  let arena: SlabPointer
  /// The factor of the loss, summed over an image's elements; 1 / (batch · elements) for a mean.
  var scale: Float = 0
}

/// The rows of one activation, or its gradient, of a whole batch; units are padded to a multiple of 8.
struct Rows: Sendable {
  let units: Int
  let offset: Int
  var length: Int { padded(units) }

  /// Returns the place of a row, in floats from the arena's start.
  func place(_ row: Int) -> Int { offset + row * length }
}

/// An activation of a whole batch and the loss's gradient by it.
struct RowSignal: Sendable {
  let values: Rows
  let gradient: Rows
  /// The layer with weights that made it and whose function a gradient has still to pass; nil for the input and for drawn codes.
  var source: DenseRows?
}
