// OptimizerStep.swift
// The factors of one step of an optimizer.

/// The rule by which gradients change weights.
package enum Optimizer: String, CaseIterable, Sendable {
  /// Adam; weight decay is added to the gradient.
  case adam
  /// Adam; weight decay shrinks the weights themselves.
  case adamw
  /// Stochastic gradient descent with momentum 0.9.
  case sgd
}

/// The factors of one step: of Adam (Kingma and Ba, 2015, algorithm 1) with its bias corrections, of AdamW (Loshchilov and Hutter, 2019,
/// algorithm 2), or of gradient descent with momentum, m = 0.9 m + g and w = w − rate · m.
package struct OptimizerStep: Sendable {
  package let optimizer: Optimizer
  /// Learning rate / (1 − β₁ᵗ); the learning rate itself without Adam.
  package var rate: Float
  /// 1 / √(1 − β₂ᵗ).
  package var rootCorrection: Float
  package var beta1: Float = 0.9
  package var beta2: Float = 0.999
  package var epsilon: Float = 1e-8
  /// Weight decay: added to the gradient as decay · weight.
  package var decay: Float
  /// The factor of the weights before the step, for weight decay that is no part of the gradient.
  package var shrink: Float = 1
  /// The factor of the gradient that clipping gives.
  package var gain: Float = 1
  /// The largest norm of the whole gradient; infinite for no clipping.
  package var clipNorm = Double.infinity

  /// - Parameter step: counted from 1.
  package init(_ optimizer: Optimizer = .adam, learningRate: Double, step: Int, decay: Float) {
    self.optimizer = optimizer
    rate = Float(optimizer == .sgd ? learningRate : learningRate / (1 - pow(0.9, step)))
    rootCorrection = Float(1 / (1 - pow(0.999, step)).squareRoot())
    self.decay = optimizer == .adamw ? 0 : decay
    if optimizer == .adamw { shrink = Float(1 - learningRate * Double(decay)) }
  }

  /// Makes the gradient smaller if its norm is larger than the limit.
  package mutating func clip(_ norm: Double) {
    if norm.isFinite, norm > clipNorm { gain = Float(clipNorm / norm) }
  }

  /// The same step for biases, which do not decay.
  package var ofBias: OptimizerStep {
    var step = self
    (step.decay, step.shrink) = (0, 1)
    return step
  }
}

/// Returns `base` to a whole power, by squaring: the same on every platform.
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
