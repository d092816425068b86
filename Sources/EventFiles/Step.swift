// Step.swift
// The position of a value in its series: usually the number of batches seen.

/// A training step; TensorBoard draws it to the right. Steps of one tag must rise.
public struct Step: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
  /// The step's number.
  public let value: Int64

  /// Step number `value`.
  public init(_ value: Int64) { self.value = value }

  /// Step number `value`.
  public init(_ value: Int) { self.value = Int64(value) }

  /// Step number `value`.
  public init(integerLiteral value: Int64) { self.value = value }

  /// True where `left` comes first.
  public static func < (left: Step, right: Step) -> Bool { left.value < right.value }
}
