// ReconstructionEpochs.swift
// The few epochs whose reconstructions are logged, since TensorBoard keeps ten pictures of a tag.

/// Epochs worth a picture: early ones, when much changes, the untrained network, and the last.
enum ReconstructionEpochs {
  /// What TensorBoard keeps.
  static let limit = 10

  /// At most ten epochs in 0 … `last`, both ends among them, their distances growing by a constant factor where there
  /// are more than ten: for 10 all but 9, for 100 it is 0, 1, 2, 3, 6, 10, 18, 32, 56, 100.
  static func choose(last: Int) -> [Int] {
    if last < limit { return Array(0...max(0, last)) }
    var epochs = [0]
    var place = 1.0
    let factor = root(Double(last), limit - 2)
    for _ in 1..<limit - 1 {
      epochs.append(max(epochs[epochs.count - 1] + 1, Int(place.rounded())))
      place *= factor
    }
    return epochs + [last]
  }

  /// The `degree`th root of a number of 1 or more, by halving intervals: no library function, the same on every machine.
  private static func root(_ number: Double, _ degree: Int) -> Double {
    var (low, high) = (1.0, number)
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if (0..<degree).reduce(1.0, { product, _ in product * middle }) > number { high = middle } else { low = middle }
    }
    return low
  }
}
