// Initialization.swift
// The first weights: He normal over the fan-in, cut at two deviations; biases zero.

import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ParameterSlab {
  /// Draws every kernel from its own stream, "initial weights/NAME", so that no layer's weights depend on another's.
  ///
  /// Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015; the deviation is divided by that of a unit normal
  /// cut at ±2, so the variance is 2 / fan-in.
  func initialize(seed: UInt64) {
    for parameter in parameters where parameter.isKernel {
      var stream = RandomStream(seed: seed, name: "initial weights/" + parameter.name)
      let deviation = (2 / Double(parameter.taps * parameter.inputs)).squareRoot() / 0.87962566103423978
      set(
        parameter, in: values, to: (0..<parameter.count).map { _ in Float(deviation * truncatedNormal(&stream)) })
    }
  }
}

/// A unit normal draw within ±2 (Box and Muller; a draw beyond is drawn again).
private func truncatedNormal(_ stream: inout RandomStream) -> Double {
  while true {
    let radius = (-2 * log((Double(stream.nextWord()) + 0.5) * 0x1p-32)).squareRoot()
    let draw = radius * cos(2 * Double.pi * Double(stream.nextWord()) * 0x1p-32)
    if abs(draw) <= 2 { return draw }
  }
}
