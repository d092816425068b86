// IndexList.swift
// Numbers in the short form of Slurm's arrays: 0-3,7.

/// Which tasks of an array there are.
enum IndexList {
  /// - Parameter numbers: rising.
  static func text(of numbers: [Int]) -> String {
    var parts: [String] = []
    var at = 0
    while at < numbers.count {
      var end = at
      while end + 1 < numbers.count, numbers[end + 1] == numbers[end] + 1 { end += 1 }
      parts.append(end == at ? "\(numbers[at])" : "\(numbers[at])-\(numbers[end])")
      at = end + 1
    }
    return parts.joined(separator: ",")
  }
}
