// PlaneAxes.swift
// The two axes of a plane in words: what they are, and from where to where they reach.

/// The names and ranges of both axes of a picture whose first number goes to the right and whose second one goes up.
package struct PlaneAxes {
  /// The names of the horizontal and of the vertical axis.
  package let names: (right: String, up: String)
  /// The numbers at the left and lower ends, and at the right and upper ends.
  package let low: Place
  package let high: Place

  package init(_ names: (right: String, up: String), from low: Place, to high: Place) {
    (self.names, self.low, self.high) = (names, low, high)
  }

  /// One line for each axis, as in "right: first number, -3.0 to 3.0".
  package var lines: [String] {
    [
      "right: \(names.right), \(Self.text(low.x)) to \(Self.text(high.x))",
      "up: \(names.up), \(Self.text(low.y)) to \(Self.text(high.y))",
    ]
  }

  /// Returns a number with at most two decimals.
  private static func text(_ number: Float) -> String {
    abs(number) < 1e6 ? "\((number * 100).rounded() / 100)" : "\(number)"
  }
}
