// ONNXTensor.swift
// A constant of a graph: weights, or the numbers that an operator wants as an input.

/// A named array, row-major.
package struct ONNXTensor: Hashable, Sendable {
  package enum Elements: Hashable, Sendable {
    case float([Float])
    case int64([Int64])

    package var count: Int {
      switch self {
      case .float(let values): values.count
      case .int64(let values): values.count
      }
    }
  }

  package let name: String
  package let shape: [Int]
  package let elements: Elements
  /// Markdown.
  package let documentation: String

  /// - Precondition: as many elements as the shape says.
  package init(_ name: String, shape: [Int], _ elements: Elements, documentation: String = "") {
    precondition(shape.reduce(1, *) == elements.count, "\(name) takes \(shape.reduce(1, *)) elements")
    self.name = name
    self.shape = shape
    self.elements = elements
    self.documentation = documentation
  }

  /// A list of whole numbers.
  package init(_ name: String, _ numbers: [Int]) {
    self.init(name, shape: [numbers.count], .int64(numbers.map(Int64.init)))
  }
}
