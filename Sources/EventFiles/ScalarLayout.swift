// ScalarLayout.swift
// Charts of several scalars, as the Custom Scalars dashboard draws them.

/// Which scalars share a chart, and which charts stand together. The dashboard takes a run's last layout.
public struct ScalarLayout: Equatable, Sendable {
  /// A band around a line.
  public struct Margin: Equatable, Sendable {
    /// The scalar of the line.
    public var value: Tag
    /// The scalar of the band's lower edge.
    public var lower: Tag
    /// The scalar of the band's upper edge.
    public var upper: Tag

    /// A band around a line.
    public init(_ value: Tag, lower: Tag, upper: Tag) {
      self.value = value
      self.lower = lower
      self.upper = upper
    }
  }

  /// One chart.
  public struct Chart: Equatable, Sendable {
    /// What is drawn.
    public enum Content: Equatable, Sendable {
      /// Every scalar with a tag that one of these regular expressions matches from its start.
      case lines(matching: [String])
      /// Lines with bands.
      case margins([Margin])
    }

    /// Above the chart.
    public var title: String
    /// What is drawn.
    public var content: Content

    /// Lines of the scalars whose tags match a regular expression from their start.
    public init(_ title: String, linesMatching expressions: [String]) {
      self.title = title
      content = .lines(matching: expressions)
    }

    /// Lines with bands.
    public init(_ title: String, margins: [Margin]) {
      self.title = title
      content = .margins(margins)
    }
  }

  /// Charts that stand together under a title.
  public struct Category: Equatable, Sendable {
    /// Categories of one title are one, whatever run they come from.
    public var title: String
    /// From the left.
    public var charts: [Chart]
    /// True where only the title is shown at first.
    public var isClosed: Bool

    /// Charts that stand together.
    public init(_ title: String, _ charts: [Chart], isClosed: Bool = false) {
      self.title = title
      self.charts = charts
      self.isClosed = isClosed
    }
  }

  /// From the top.
  public var categories: [Category]

  /// The layout of the dashboard.
  public init(_ categories: [Category]) { self.categories = categories }
}
