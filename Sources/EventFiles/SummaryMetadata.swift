// SummaryMetadata.swift
// What a tag says about itself, on its first value in each file.

/// The dashboard that shows a tag, and the tag's description.
public struct SummaryMetadata: Hashable, Sendable {
  /// The form of a tag's values, as TensorBoard's storage distinguishes them.
  public enum DataClass: Int32, Sendable {
    /// Not said; TensorBoard fills it in for the dashboards it knows.
    case unknown = 0
    /// Rank 0, float32.
    case scalar = 1
    /// Any tensor.
    case tensor = 2
    /// Rank 1, strings.
    case blobSequence = 3
  }

  /// The dashboard: "scalars", "images", "histograms", "text", "hparams" …
  public var pluginName: String
  /// What the dashboard wants to know, in its own format.
  public var pluginContent: [UInt8]
  /// The form of the values.
  public var dataClass: DataClass
  /// Shown instead of the tag by the older dashboards, where not empty.
  public var displayName: String
  /// Markdown, shown behind an information sign.
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
