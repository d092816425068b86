// ClassConfusion.swift
// Which classes a code mixes up, as a table of names and numbers.

package import Embeddings
import PNG
import Pictures

/// The votes of neighbors, class by class, without classes that do not occur.
package struct ClassConfusion: Equatable, Sendable {
  /// Of the classes that occur, in their order.
  package let names: [String]
  /// [actual class, voted class]: numbers of images.
  package let counts: [[Int]]

  /// - Parameter classNames: the meaning of each label; a label beyond them is shown as a number.
  package init(_ votes: NeighborVotes, classNames: [String]) {
    let table = votes.confusion
    let present = table.indices.filter { number in
      table[number].contains { $0 > 0 } || table.contains { $0[number] > 0 }
    }
    names = present.map { classNames.indices.contains($0) ? classNames[$0] : "\($0)" }
    counts = present.map { row in present.map { table[row][$0] } }
  }

  /// Pairs of classes in falling order of how many images of one were taken for the other, either way.
  package var mixedUp: [(first: String, second: String, images: Int)] {
    NeighborVotes(confusion: counts).mixedUp.map { (names[$0.first], names[$0.second], $0.points) }
  }

  /// A Markdown table: a row for each class, a column for what its images were taken for.
  var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let names = names.map(Self.escaped)
    let rows = counts.enumerated().map { row, counts in
      line(
        ["**\(names[row])**"]
          + counts.enumerated().map { $1 == 0 ? "" : $0 == row ? "**\($1)**" : "\($1)" })
    }
    return ([line(["class"] + names), line(["---"] + names.map { _ in "---:" })] + rows).joined(separator: "\n")
  }

  /// The table in colors.
  func picture(title: String) -> PNGImage {
    var picture = ConfusionPicture(counts: counts, names: names)
    picture.title = title
    return picture.drawn()
  }

  /// What Markdown would take for more than letters stands for itself.
  private static func escaped(_ name: String) -> String {
    name.reduce(into: "") { $0 += "\\`*_{}[]<>()#+-.!|~&".contains($1) ? "\\\($1)" : $1.isNewline ? " " : "\($1)" }
  }
}
