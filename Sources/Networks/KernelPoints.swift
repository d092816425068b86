// KernelPoints.swift
// Where a kernel's points for a Winograd convolution lie, and what they are computed from.

import Tensors

/// A kernel, or its transposed copy, at the 36 points of a Winograd convolution.
struct KernelPoints: Sendable {
  let shape: WinogradConvolution
  /// Whether they come from the transposed copy: those of an input's gradient.
  let isTransposed: Bool
  /// The kernel's offset in the slab of values, or of transposed copies.
  let source: Int
  /// In the slab of points.
  let offset: Int
}
