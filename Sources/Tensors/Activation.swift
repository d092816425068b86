// Activation.swift
// The functions that layers apply to their sums.

internal import CKernels

/// The function that a layer applies to each of its sums.
package enum Activation: String, CaseIterable, Sendable {
  /// The sum itself.
  case linear
  /// max(0, x)
  case relu
  /// x where it is positive, else 0.01 · x.
  case leakyReLU = "leaky-relu"
  /// x where it is positive, else eˣ − 1.
  case elu
  /// 1 / (1 + e⁻ˣ)
  case sigmoid
  case tanh

  /// The name for people.
  package var title: String {
    switch self {
    case .linear: "linear"
    case .relu: "ReLU"
    case .leakyReLU: "leaky ReLU"
    case .elu: "ELU"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    }
  }

  /// The C kernels' number for it; nil for the sum itself.
  var code: Int32? {
    switch self {
    case .linear: nil
    case .relu: Int32(CK_RELU.rawValue)
    case .leakyReLU: Int32(CK_LEAKY_RELU.rawValue)
    case .elu: Int32(CK_ELU.rawValue)
    case .sigmoid: Int32(CK_SIGMOID.rawValue)
    case .tanh: Int32(CK_TANH.rawValue)
    }
  }
}
