// GaussianCode.swift
// The code of a variational autoencoder: a mean and a variance for each number, and a draw between them in training.

import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The distribution of one image's code: independent normal numbers, given by their means and the logarithms of their variances.
///
/// The statistics are a row of 2N numbers, first the means. Source: Kingma, Welling, "Auto-encoding variational Bayes", 2014.
struct GaussianCode: Sendable {
  /// The numbers of the code, N.
  let count: Int
  /// The weight of the divergence in the loss.
  let beta: Float

  /// Computes the code: the means, or in training mean + standard deviation · a normal draw.
  func sample(_ statistics: SlabPointer, number: UInt32, _ perturbation: Perturbation, into code: SlabPointer) {
    code.update(from: statistics, count: count)
    guard perturbation.drawsCodes else { return }
    var stream = RandomStream(seed: perturbation.seed, name: "code", index: number, epoch: perturbation.epoch)
    for unit in 0..<count {
      code[unit] += exp(statistics[count + unit] / 2) * Float(normalDraw(&stream))
    }
  }

  /// Computes the gradient by the statistics from the one by the code, and adds that of the divergence.
  /// - Parameter scale: the factor of the loss, summed over an image's elements.
  func gradient(
    _ statistics: SlabPointer, code: SlabPointer, codeGradient: SlabPointer, scale: Float, into gradient: SlabPointer
  ) {
    let weight = beta * scale
    for unit in 0..<count {
      let (mean, logVariance) = (statistics[unit], statistics[count + unit])
      gradient[unit] = codeGradient[unit] + weight * mean
      // The code is mean + e^½s · draw, so its derivative by s is half of its distance to the mean.
      gradient[count + unit] =
        codeGradient[unit] * (code[unit] - mean) / 2 + weight * (exp(logVariance) - 1) / 2
    }
  }

  /// Returns the divergence from the standard normal distribution in nats: ½ Σ (variance + mean² − 1 − log variance).
  func divergence(_ statistics: SlabPointer) -> Double {
    (0..<count).reduce(0.0) { sum, unit in
      let (mean, logVariance) = (Double(statistics[unit]), Double(statistics[count + unit]))
      return sum + (exp(logVariance) + mean * mean - 1 - logVariance) / 2
    }
  }
}

/// The draw of a convolutional autoencoder's code.
final class CodeSampling: ImageLayer {
  private let distribution: GaussianCode
  private let statistics: Signal
  private let code: Signal

  init(_ distribution: GaussianCode, statistics: Signal, code: Signal) {
    self.distribution = distribution
    self.statistics = statistics
    self.code = code
  }

  func forward(_ image: ImageState, _ pass: ConvolutionalPass) {
    distribution.sample(
      image.arena + statistics.volume.origin, number: image.number, image.perturbation,
      into: image.arena + code.volume.origin)
  }

  func backward(_ image: ImageState, _ pass: ConvolutionalPass, into sum: GradientSum) {
    guard let dx = statistics.gradient, let g = code.gradient else { return }
    let arena = image.arena
    distribution.gradient(
      arena + statistics.volume.origin, code: arena + code.volume.origin, codeGradient: arena + g.origin,
      scale: sum.scale, into: arena + dx.origin)
  }
}

extension ConvolutionalBuilder {
  /// Adds the draw of a code from the row of its statistics.
  mutating func sampling(_ name: String, _ statistics: Signal, _ distribution: GaussianCode) -> Signal {
    let code = row(distribution.count, .linear)
    layers.append(CodeSampling(distribution, statistics: statistics, code: code))
    describe(name, .sample, code.volume)
    return code
  }
}

/// The draws of the codes of a fully connected autoencoder.
final class CodeRowsSampling: RowLayer {
  private let distribution: GaussianCode
  private let statistics: RowSignal
  private let code: RowSignal

  init(_ distribution: GaussianCode, statistics: RowSignal, code: RowSignal) {
    self.distribution = distribution
    self.statistics = statistics
    self.code = code
  }

  func forward(_ batch: BatchState, _ pass: DensePass) {
    for row in batch.rows {
      distribution.sample(
        batch.arena + statistics.values.place(row), number: batch.number(row), batch.perturbation,
        into: batch.arena + code.values.place(row))
    }
  }

  func backward(_ batch: BatchState, _ pass: DensePass) {
    for row in batch.rows {
      distribution.gradient(
        batch.arena + statistics.values.place(row), code: batch.arena + code.values.place(row),
        codeGradient: batch.arena + code.gradient.place(row), scale: batch.scale,
        into: batch.arena + statistics.gradient.place(row))
    }
  }
}
