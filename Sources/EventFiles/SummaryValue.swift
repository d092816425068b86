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

extension SummaryValue {
  /// One number.
  public static func scalar(_ tag: Tag, _ value: Float, description: String = "") -> SummaryValue {
    SummaryValue(tag, .scalar(value), description: description)
  }

  /// Images of one size. TensorBoard keeps ten steps of a tag, each with all its images.
  public static func images(_ tag: Tag, _ images: EncodedImages, description: String = "") -> SummaryValue {
    SummaryValue(tag, .images(images), description: description)
  }

  /// Counts of numbers in intervals.
  public static func histogram(_ tag: Tag, _ histogram: Histogram, description: String = "") -> SummaryValue {
    SummaryValue(tag, .histogram(histogram), description: description)
  }

  /// Markdown.
  public static func text(_ tag: Tag, _ markdown: String, description: String = "") -> SummaryValue {
    SummaryValue(tag, .text(.markdown(markdown)), description: description)
  }

  /// A table of Markdown cells; short rows are filled up with empty cells.
  public static func table(_ tag: Tag, rows: [[String]], description: String = "") -> SummaryValue {
    SummaryValue(tag, .text(.table(rows)), description: description)
  }

  /// The hyperparameters of the run, to be logged at step 0 into the run itself.
  public static func sessionStart(_ start: SessionStart) -> SummaryValue {
    SummaryValue("_hparams_/session_start_info", .sessionStart(start))
  }

  /// Which columns the HParams dashboard shows, to be logged at step 0 into the run with the hyperparameters.
  public static func hyperParameterTable(_ table: HyperParameterTable) -> SummaryValue {
    SummaryValue("_hparams_/experiment", .hyperParameterTable(table))
  }

  /// How the run ended, to be logged at step 0 into the run itself.
  public static func sessionEnd(_ end: SessionEnd) -> SummaryValue {
    SummaryValue("_hparams_/session_end_info", .sessionEnd(end))
  }
}
