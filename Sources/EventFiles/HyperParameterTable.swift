// HyperParameterTable.swift
// Which columns the HParams dashboard shows, and in which order.

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
