// ScalarLayout.swift
// Charts with several scalars each, for the Custom Scalars dashboard.

import CEventProto
import Protobuf

/// Charts with several scalars each, grouped in categories. The dashboard uses a run's last layout.
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
    /// The kinds of chart.
    public enum Content: Equatable, Sendable {
      /// One line for each scalar whose tag one of these regular expressions matches from its start.
      case lines(matching: [String])
      /// Lines with bands.
      case margins([Margin])
    }

    /// The title above the chart.
    public var title: String
    /// The lines of the chart.
    public var content: Content

    /// A chart of the scalars whose tags match a regular expression from their start.
    public init(_ title: String, linesMatching expressions: [String]) {
      self.title = title
      content = .lines(matching: expressions)
    }

    /// A chart of lines with bands.
    public init(_ title: String, margins: [Margin]) {
      self.title = title
      content = .margins(margins)
    }
  }

  /// Charts under a common title.
  public struct Category: Equatable, Sendable {
    /// The title. Categories with the same title are merged across runs.
    public var title: String
    /// The charts, from the left.
    public var charts: [Chart]
    /// True if only the title is shown at first.
    public var isClosed: Bool

    /// Charts under a title.
    public init(_ title: String, _ charts: [Chart], isClosed: Bool = false) {
      self.title = title
      self.charts = charts
      self.isClosed = isClosed
    }
  }

  /// The categories, from the top.
  public var categories: [Category]

  /// The layout of the dashboard.
  public init(_ categories: [Category]) { self.categories = categories }
}

extension ScalarLayout {
  /// Returns a packed Layout.
  func encoded() -> [UInt8] {
    let arena = MessageArena()
    let message = arena.message(tensorboard__layout__init) {
      $0.n_category = categories.count
      $0.category = arena.list(
        categories.map { category in
          arena.message(tensorboard__category__init) {
            $0.title = arena.text(category.title)
            $0.n_chart = category.charts.count
            $0.chart = arena.list(category.charts.map { $0.message(in: arena) })
            $0.closed = category.isClosed ? 1 : 0
          }
        })
    }
    return arena.packed(message, size: tensorboard__layout__get_packed_size, pack: tensorboard__layout__pack)
  }
}

extension ScalarLayout.Chart {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Tensorboard__Chart> {
    arena.message(tensorboard__chart__init) { message in
      message.title = arena.text(title)
      switch content {
      case .lines(let expressions):
        message.content_case = TENSORBOARD__CHART__CONTENT_MULTILINE
        message.multiline = arena.message(tensorboard__multiline_chart_content__init) {
          $0.n_tag = expressions.count
          $0.tag = arena.list(expressions.map { arena.text($0) })
        }
      case .margins(let margins):
        message.content_case = TENSORBOARD__CHART__CONTENT_MARGIN
        message.margin = arena.message(tensorboard__margin_chart_content__init) {
          $0.n_series = margins.count
          $0.series = arena.list(
            margins.map { margin in
              arena.message(tensorboard__margin_chart_content__series__init) {
                $0.value = arena.text(margin.value.name)
                $0.lower = arena.text(margin.lower.name)
                $0.upper = arena.text(margin.upper.name)
              }
            })
        }
      }
    }
  }
}
