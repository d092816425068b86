// AdamStep.swift
// The numbers of one step of Adam, bias corrections worked in.

/// The numbers of one step of Adam (Kingma and Ba, 2015, algorithm 1), bias corrections worked in.
package struct AdamStep: Sendable {
  /// Learning rate / (1 − β₁ᵗ).
  package var rate: Float
  /// 1 / √(1 − β₂ᵗ).
  package var rootCorrection: Float
  package var beta1: Float = 0.9
  package var beta2: Float = 0.999
  package var epsilon: Float = 1e-8
  /// Weight decay: added to the gradient as decay · weight.
  package var decay: Float

  /// - Parameter step: counted from 1.
  package init(learningRate: Double, step: Int, decay: Float) {
    rate = Float(learningRate / (1 - pow(0.9, step)))
    rootCorrection = Float(1 / (1 - pow(0.999, step)).squareRoot())
    self.decay = decay
  }
}

/// base to a whole power, by squaring: the same on every platform.
private func pow(_ base: Double, _ exponent: Int) -> Double {
  var result = 1.0
  var factor = base
  var left = exponent
  while left > 0 {
    if left & 1 == 1 { result *= factor }
    factor *= factor
    left >>= 1
  }
  return result
}
