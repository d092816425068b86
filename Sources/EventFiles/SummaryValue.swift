// SummaryValue.swift
// One value under a tag: a number, images, a histogram, a text, hyperparameters.

/// A value to log, or one that was read.
public struct SummaryValue: Equatable, Sendable {
  /// The kinds of value.
  public enum Content: Equatable, Sendable {
    /// One number; NaN and the infinities are shown as such.
    case scalar(Float)
    /// Images of one size.
    case images(EncodedImages)
    /// Counts of numbers in intervals.
    case histogram(Histogram)
    /// Markdown, or a table of it.
    case text(TextContent)
    /// The hyperparameters, once a run.
    case sessionStart(SessionStart)
    /// How the run ended, once a run.
    case sessionEnd(SessionEnd)
    /// Which columns the dashboard shows of these.
    case hyperParameterTable(HyperParameterTable)
    /// Anything else, for the dashboard that the metadata name.
    case tensor(TensorValue, SummaryMetadata)
  }

  /// The name of the series.
  public var tag: Tag
  /// The value.
  public var content: Content
  /// Markdown that says what the series shows; the first value of a tag in a file carries it.
  public var description: String
  /// Shown instead of the tag by the older dashboards, where not empty.
  public var displayName: String

  /// A value under a tag.
  public init(_ tag: Tag, _ content: Content, description: String = "", displayName: String = "") {
    self.tag = tag
    self.content = content
    self.description = description
    self.displayName = displayName
  }
}
