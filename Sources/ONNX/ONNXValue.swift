// ONNXValue.swift
// An input or output of a graph: an array of floats. Its shape is known, except for sizes that the user chooses.

/// The declaration of a graph's input or output.
package struct ONNXValue: Hashable, Sendable {
  package enum Dimension: Hashable, Sendable, ExpressibleByIntegerLiteral {
    case size(Int)
    /// A size that the user chooses; equal names have equal sizes.
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
