// ONNXValue.swift
// What a graph takes or gives: an array of floats whose shape is known, but for sizes that its user chooses.

/// The declaration of a graph's input or output.
package struct ONNXValue: Hashable, Sendable {
  package enum Dimension: Hashable, Sendable, ExpressibleByIntegerLiteral {
    case size(Int)
    /// Whatever the user gives; the same wherever the name is.
    case any(String)

    package init(integerLiteral size: Int) { self = .size(size) }
  }

  package let name: String
  package let shape: [Dimension]
  /// Markdown.
  package let documentation: String

  package init(_ name: String, shape: [Dimension], documentation: String = "") {
    self.name = name
    self.shape = shape
    self.documentation = documentation
  }
}
