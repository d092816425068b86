// TensorValue.swift
// An array with a type and a shape, as an event file stores it.

/// Elements in row-major order, and the shape they have. The shape's product is the number of elements.
public struct TensorValue: Equatable, Sendable {
  /// Elements of one type.
  public enum Elements: Equatable, Sendable {
    /// 32-bit floating point.
    case float([Float])
    /// 64-bit floating point.
    case double([Double])
    /// 32-bit integers.
    case int32([Int32])
    /// 64-bit integers.
    case int64([Int64])
    /// 8-bit natural numbers.
    case uint8([UInt8])
    /// Strings of any bytes.
    case strings([[UInt8]])

    /// How many there are.
    public var count: Int {
      switch self {
      case .float(let elements): elements.count
      case .double(let elements): elements.count
      case .int32(let elements): elements.count
      case .int64(let elements): elements.count
      case .uint8(let elements): elements.count
      case .strings(let elements): elements.count
      }
    }
  }

  /// The elements, the last dimension running fastest.
  public let elements: Elements
  /// The sizes; empty for rank 0, which has one element.
  public let shape: [Int]

  /// A tensor of `elements`.
  /// - Precondition: no size is negative, and their product is the number of elements.
  public init(_ elements: Elements, shape: [Int]) {
    precondition(TensorValue.count(of: shape) == elements.count, "the shape does not fit the number of elements")
    self.elements = elements
    self.shape = shape
  }

  /// The number of elements of a shape, or nil where a size is negative or the product is beyond all bounds.
  static func count(of shape: [Int]) -> Int? {
    var product = 1
    for size in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if size < 0 || overflow { return nil }
      product = next
    }
    return product
  }
}
