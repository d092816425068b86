// ProjectorGuide.swift
// The text of an exported run in TensorBoard: where its embeddings are, and how to color and label the points.

import ByteStreams
import EventFiles
import ProjectorFiles
import Runs

/// Describes the embeddings of a run. TensorBoard's first page lists a tab only if a run has values for it, and finds projector files
/// later, so this text also keeps the first page from saying that no dashboards are active.
struct ProjectorGuide {
  /// The end of the name of the event file that holds the guide.
  static let ending = ".guide"

  private let text: String

  /// - Parameters:
  ///   - name: the run's name.
  ///   - sets: its embeddings.
  init(_ name: String, _ sets: [EmbeddingSet]) {
    let menu = sets.flatMap { set in
      [
        "\(Self.quoted(set.name)) (\(set.points.points) points of \(DisplayName.counted(set.points.dimensions, "number")))"
      ]
        + set.views.map { "\(Self.quoted("\(set.name)-\($0.layout.name)")) (\($0.layout.title))" }
    }
    let colors = sets.lazy.compactMap(\.classColumn).first.map { " \(Self.quoted($0))" } ?? " a column"
    let lines = [
      "**Projector**, in the menu at the upper right, shows the points. If it is not there yet, reload the page, or end its address "
        + "in `#projector`.",
      "The menu at the upper left has \(menu.joined(separator: ", ")).",
      sets.contains(where: \.isFramed)
        ? "Each picture has a frame in the color of its\(colors). A bookmark in the panel at the lower right sets labels and view."
        : "Choose\(colors) under *Color by*, or click a bookmark in the panel at the lower right: it sets colors, labels and view.",
      "Click a point to see its row and its nearest neighbors; the panel at the right searches in a column.",
    ]
    text = (["\(Self.quoted(name)) is an embedding for the Projector.", ""] + lines.map { "- \($0)" }).joined(
      separator: "\n")
  }

  private static func quoted(_ name: String) -> String { "`\(name.replacing("`", with: "'"))`" }

  /// Writes the guide into a run, in place of an earlier export's. A guide with the same text stays. Call it while the run is locked.
  /// - Throws: `FileError`.
  func write(to directory: String) throws {
    let events = try Directory.list(directory).filter(EventFileName.isEventFile)
    let former = events.filter { EventFileName.hasPrefix($0) && $0.hasSuffix(Self.ending) }
    // The page is active with the values of another program.
    if former.isEmpty, !events.isEmpty { return }
    if former.count == 1, Self.text(in: Directory.join(directory, former[0])) == text { return }
    try RunWriter.announce(
      directory, [MetricTag.guide.text(text)], ending: Self.ending, isAlone: former.count == events.count)
    for file in former { try FileContents.remove(Directory.join(directory, file)) }
  }

  /// Returns the guide in an event file; nil if it has none.
  private static func text(in file: String) -> String? {
    guard var reader = try? EventFileReader(path: file), let events = try? reader.rest() else { return nil }
    for event in events {
      guard case .summary(let values) = event.content, let value = values.first,
        case .text(.markdown(let text)) = value.content
      else { continue }
      return text
    }
    return nil
  }
}
