// HyperParameters.swift
// A run's hyperparameters, its outcome, and the columns of the HParams dashboard.

/// One hyperparameter.
public struct HyperParameter: Equatable, Sendable {
  /// A value of one of the types that the dashboard knows.
  public enum Value: Equatable, Sendable {
    /// A number. NaN and infinities are stored as text, since the dashboard would drop them.
    case number(Double)
    /// True or false.
    case flag(Bool)
    /// A text.
    case text(String)
  }

  /// The column's name.
  public var name: String
  /// The content of the cell.
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
  /// The hyperparameters, in the order in which they are stored.
  public var hyperParameters: [HyperParameter]
  /// Runs of one group are one row; if empty, the run's own name is its group.
  public var group: String
  /// The start of the run.
  public var time: WallTime

  /// The hyperparameters of a run.
  public init(_ hyperParameters: [HyperParameter], group: String = "", time: WallTime = .now()) {
    self.hyperParameters = hyperParameters
    self.group = group
    self.time = time
  }
}

/// The outcome of a run.
public struct SessionEnd: Equatable, Sendable {
  /// The outcome.
  public enum Status: Int32, Sendable {
    /// Not specified.
    case unknown = 0
    /// The run succeeded.
    case success = 1
    /// The run failed.
    case failure = 2
    /// The run has not ended.
    case running = 3
  }

  /// The outcome.
  public var status: Status
  /// The end of the run.
  public var time: WallTime

  /// The outcome of a run that ended at `time`.
  public init(_ status: Status, time: WallTime = .now()) {
    self.status = status
    self.time = time
  }
}

/// The columns of the HParams dashboard.
///
/// Without a table, the dashboard offers every hyperparameter and every scalar in alphabetical order, and shows the first five of
/// each. If any run of a log directory has a table, the dashboard offers only its columns, for all runs. So all runs to be
/// compared should write the same table.
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
    /// The type of its values.
    public var kind: Kind
    /// True if runs usually differ in it: such columns come first. Each of the two groups is in alphabetical order.
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
    /// The run that logs it, relative to the run with the hyperparameters; empty for that run itself.
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

  /// The hyperparameters' columns. The dashboard sorts them (see `Column.differs`) and shows the first five at first.
  public var hyperParameters: [Column]
  /// The metrics' columns in their order; the first five are shown at first.
  public var metrics: [Metric]

  /// The columns of the dashboard.
  public init(hyperParameters: [Column], metrics: [Metric]) {
    self.hyperParameters = hyperParameters
    self.metrics = metrics
  }
}
