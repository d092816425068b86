// HyperParameters.swift
// A run's hyperparameters, its outcome, and the columns of the HParams dashboard.

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

/// The columns of the HParams dashboard.
///
/// Without one, the dashboard takes every hyperparameter and every scalar there is, in the order of the alphabet, and
/// shows the first five of each. With one in any run of a log directory, it shows these and no others for all runs; so
/// runs that are to be compared should all write the same table.
public struct HyperParameterTable: Equatable, Sendable {
  /// A hyperparameter's column.
  public struct Column: Equatable, Sendable {
    /// The types that the dashboard knows.
    public enum Kind: Int32, Sendable {
      /// Texts.
      case text = 1
      /// True and false.
      case flag = 2
      /// Numbers.
      case number = 3
    }

    /// The hyperparameter's name.
    public var name: String
    /// What its values are.
    public var kind: Kind
    /// Whether runs usually differ in it: such columns come first, in the order of the alphabet as the others.
    public var differs: Bool

    /// A hyperparameter's column.
    public init(_ name: String, _ kind: Kind, differs: Bool = false) {
      self.name = name
      self.kind = kind
      self.differs = differs
    }
  }

  /// A metric's column: the last value of a scalar.
  public struct Metric: Equatable, Sendable {
    /// The scalar's tag.
    public var tag: Tag
    /// The run that logs it, relative to the one with the hyperparameters; empty for that one itself.
    public var run: String
    /// The column's title.
    public var title: String

    /// A metric's column.
    public init(_ tag: Tag, run: String = "", title: String) {
      self.tag = tag
      self.run = run
      self.title = title
    }
  }

  /// Those that differ come first, then the alphabet; the first five are shown at first.
  public var hyperParameters: [Column]
  /// In the order of the columns; the first five are shown at first.
  public var metrics: [Metric]

  /// The columns of the dashboard.
  public init(hyperParameters: [Column], metrics: [Metric]) {
    self.hyperParameters = hyperParameters
    self.metrics = metrics
  }
}
