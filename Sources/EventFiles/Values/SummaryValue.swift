// SummaryValue.swift
// One value under a tag: a scalar, images, a histogram, a text, hyperparameters or a tensor; and its tag's metadata.

import ByteStreams

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
    /// The columns of the HParams dashboard.
    case hyperParameterTable(HyperParameterTable)
    /// Any other array, for the dashboard that the metadata name.
    case tensor(TensorValue, SummaryMetadata)
  }

  /// The name of the series that the value belongs to.
  public var tag: Tag
  /// The value.
  public var content: Content
  /// Markdown that explains the series; the first value of a tag in a file carries it.
  public var description: String
  /// Shown instead of the tag by older dashboards, if not empty.
  public var displayName: String

  /// A value under a tag.
  public init(_ tag: Tag, _ content: Content, description: String = "", displayName: String = "") {
    self.tag = tag
    self.content = content
    self.description = description
    self.displayName = displayName
  }
}

/// The name of a series in a run, for example "loss/total": not empty, without NUL. TensorBoard groups tags by the text before the
/// first "/". Tags are equal if their bytes are, as in TensorBoard.
public struct Tag: Hashable, Sendable {
  /// The tag as it is stored.
  public let name: String

  /// A tag.
  /// - Throws: `EventFileError.badTag` if `name` is empty or contains a NUL.
  public init(_ name: String) throws(EventFileError) {
    guard Tag.isValid(name) else { throw .badTag(name) }
    self.name = name
  }

  /// A tag as read from a file, valid or not.
  init(unchecked name: String) { self.name = name }

  /// Returns true if both have the same bytes.
  public static func == (left: Tag, right: Tag) -> Bool { left.name.hasSameBytes(as: right.name) }

  /// Feeds the bytes of the name.
  public func hash(into hasher: inout Hasher) { name.hashBytes(into: &hasher) }

  private static func isValid(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { bytes in !bytes.isEmpty && !bytes.contains(0) }
  }
}

extension Tag: ExpressibleByStringLiteral {
  /// A tag written as a literal; an invalid one is a bug in the program.
  public init(stringLiteral name: String) {
    precondition(Tag.isValid(name), "a tag must not be empty or contain a NUL")
    self.name = name
  }
}

/// The dashboard that shows a tag, and the tag's description.
public struct SummaryMetadata: Hashable, Sendable {
  /// The form of a tag's values, as TensorBoard's storage distinguishes them.
  public enum DataClass: Int32, Sendable {
    /// Not specified; TensorBoard fills it in for its own dashboards.
    case unknown = 0
    /// Rank 0, float32.
    case scalar = 1
    /// Any tensor.
    case tensor = 2
    /// Rank 1, strings.
    case blobSequence = 3
  }

  /// The dashboard's name: "scalars", "images", "histograms", "text", "hparams" …
  public var pluginName: String
  /// Settings for the dashboard, in its own format.
  public var pluginContent: [UInt8]
  /// The form of the values.
  public var dataClass: DataClass
  /// Shown instead of the tag by older dashboards, if not empty.
  public var displayName: String
  /// Markdown, shown behind an information icon.
  public var description: String

  /// Metadata of a tag.
  public init(
    pluginName: String, pluginContent: [UInt8] = [], dataClass: DataClass, displayName: String = "",
    description: String = ""
  ) {
    self.pluginName = pluginName
    self.pluginContent = pluginContent
    self.dataClass = dataClass
    self.displayName = displayName
    self.description = description
  }
}

/// A text for the Text dashboard.
public enum TextContent: Equatable, Sendable {
  /// One text: a tensor of rank 0.
  case markdown(String)
  /// Rows of cells: a tensor of rank 2. Short rows are padded with empty cells.
  case table([[String]])
}
