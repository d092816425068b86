// HyperParameters.swift
// What a run was started with and how it ended: a row of the HParams dashboard.

/// One hyperparameter.
public struct HyperParameter: Equatable, Sendable {
  /// The types that the dashboard knows.
  public enum Value: Equatable, Sendable {
    /// A number. One that is not finite is stored as text, since the dashboard would drop it.
    case number(Double)
    /// True or false.
    case flag(Bool)
    /// A text.
    case text(String)
  }

  /// The column's name.
  public var name: String
  /// The cell.
  public var value: Value

  /// A hyperparameter.
  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }
}

extension HyperParameter.Value: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByStringLiteral
{
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A number.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// True or false.
  public init(booleanLiteral value: Bool) { self = .flag(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }
}

/// The hyperparameters of a run.
public struct SessionStart: Equatable, Sendable {
  /// In the order in which they are stored.
  public var hyperParameters: [HyperParameter]
  /// Runs of one group share a row; empty: the run's own name.
  public var group: String
  /// When the run began.
  public var time: WallTime

  /// What a run is started with.
  public init(_ hyperParameters: [HyperParameter], group: String = "", time: WallTime = .now()) {
    self.hyperParameters = hyperParameters
    self.group = group
    self.time = time
  }
}

/// How a run ended.
public struct SessionEnd: Equatable, Sendable {
  /// The outcome.
  public enum Status: Int32, Sendable {
    /// Not said.
    case unknown = 0
    /// It did what it was asked to.
    case success = 1
    /// It did not.
    case failure = 2
    /// It has not ended.
    case running = 3
  }

  /// The outcome.
  public var status: Status
  /// When it ended.
  public var time: WallTime

  /// The end of a run.
  public init(_ status: Status, time: WallTime = .now()) {
    self.status = status
    self.time = time
  }
}
