// Double+Functions.swift
// The exponential and the logarithm, the same to the last bit on every machine: no library's.

extension Double {
  /// eˣ: 2ⁿ times a series in the remainder, to within 2 ULP; 0 far below.
  var exponential: Double {
    if self < -700 { return 0 }
    if self > 700 { return .infinity }
    let whole = (self * 1.4426950408889634).rounded()
    let remainder = (self - whole * 0.693147180369123816490) - whole * 1.90821492927058770002e-10
    var sum = 1.0
    for divisor in (1...18).reversed() { sum = 1 + sum * remainder / Double(divisor) }
    return sum * Double(sign: .plus, exponent: Int(whole), significand: 1)
  }

  /// The natural logarithm of a positive number: that of the exponent and a series of the significand.
  var logarithm: Double {
    guard self > 0, isFinite else { return self == 0 ? -.infinity : self }
    var (power, part) = (Double(exponent), significand)
    if part > 1.4142135623730951 { (power, part) = (power + 1, part / 2) }
    let s = (part - 1) / (part + 1)
    let square = s * s
    var sum = 0.0
    for odd in stride(from: 31, through: 1, by: -2) { sum = sum * square + 1 / Double(odd) }
    return power * 0.693147180559945309417 + 2 * s * sum
  }
}
