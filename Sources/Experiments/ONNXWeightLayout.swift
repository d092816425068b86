// ONNXWeightLayout.swift
// Kernels in the orders of ONNX's operators.

import Networks
import ONNX

/// How an operator of ONNX has its kernel's dimensions.
enum ONNXWeightLayout {
  /// `Gemm` without transposition: inputs × outputs, as here.
  case dense
  /// `Conv`: outputs × inputs × height × width.
  case convolution
  /// `ConvTranspose`: inputs × outputs × height × width.
  case transposedConvolution

  /// Of height × width × inputs × outputs (of inputs × outputs, if dense): which dimension comes first, second, …
  private var axes: [Int] {
    switch self {
    case .dense: [0, 1]
    case .convolution: [3, 2, 0, 1]
    case .transposedConvolution: [2, 3, 0, 1]
    }
  }

  private var documentation: String {
    switch self {
    case .dense: "inputs × outputs"
    case .convolution: "outputs × inputs × height × width"
    case .transposedConvolution: "inputs × outputs × height × width"
    }
  }

  /// A kernel under its own name.
  /// - Parameter numbers: in the parameter's documented order.
  func tensor(of kernel: Parameter, _ numbers: [Float]) -> ONNXTensor {
    ONNXTensor(
      kernel.name, shape: axes.map { kernel.shape[$0] },
      .float(ONNXWeightLayout.permuted(numbers, shape: kernel.shape, axes: axes)), documentation: documentation)
  }

  /// y[i[a₀], i[a₁], …] = x[i₀, i₁, …] for `axes` a: the dimensions of x in another order.
  static func permuted(_ x: [Float], shape: [Int], axes: [Int]) -> [Float] {
    if axes == Array(shape.indices) { return x }
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    // Which numbers a place's outer dimensions lead to, one dimension after the other.
    return axes.reduce([0]) { places, axis in
      places.flatMap { place in (0..<shape[axis]).map { place + $0 * strides[axis] } }
    }.map { x[$0] }
  }
}
