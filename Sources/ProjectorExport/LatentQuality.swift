// LatentQuality.swift
// Quality of latent codes: how well they keep classes and neighbors together.

package import Datasets
package import Embeddings
import Networks
package import PNG
package import Parallel
import Pictures
package import PointMatrices
package import Runs
import Tensors

/// Measures of the codes of images.
///
/// A measure that would come from nothing but the order of the images is nil: every measure where all codes are equal, and those of
/// neighbors where more than half of the codes have several equally far for their last neighbor.
package struct LatentQuality: Sendable {
  /// Neighbors that vote.
  package static let neighbors = 5
  /// Fewer have too few neighbors to be trusted.
  package static let leastImages = 2 * neighbors + 1
  /// The most images that are measured.
  package static let imageLimit = 10_000

  package let images: Int
  /// Codes that differ from each other.
  package let distinct: Int
  /// Images with several codes equally far for their last neighbor; the lowest number decides.
  package let tied: Int
  /// Leave-one-out votes of the nearest codes; nil where all images are of one class too.
  package let votes: NeighborVotes?
  /// Of the classes; nil where there is but one too.
  package let silhouette: Double?
  /// Of the code's neighbors, in the space of pixels.
  package let trustworthiness: Double?

  /// Measures the first codes.
  /// - Returns: nil for too few images to have neighbors, and for codes that are not finite.
  package init?(codes: PointMatrix, of part: ImageDataset, pool: WorkerPool) {
    let count = min(codes.count, Self.imageLimit)
    let points = PointMatrix(
      count: count, dimensions: codes.dimensions, values: Array(codes.values.prefix(count * codes.dimensions)))
    self.init(codes: points, labels: part.labels.prefix(count).map { Int($0) }, pool: pool) { neighbors in
      PairMeasures.trustworthiness(of: neighbors, original: part.pixelPoints(count), pool: pool)
    }
  }

  /// - Parameter trust: how far neighbors are to be trusted.
  package init?(codes: PointMatrix, labels: [Int], pool: WorkerPool, trust: (Neighbors) -> Double) {
    guard codes.count >= Self.leastImages, codes.isFinite else { return nil }
    let neighbors = Neighbors(of: codes, k: Self.neighbors, pool: pool)
    (images, distinct, tied) = (codes.count, neighbors.distinct, neighbors.tied)
    let haveNeighbors = 2 * tied <= images
    let classes = (labels.max() ?? 0) + 1
    votes = haveNeighbors && Set(labels).count > 1 ? NeighborVotes(neighbors, labels: labels, classes: classes) : nil
    silhouette = distinct > 1 ? PairMeasures.silhouette(codes, labels: labels, pool: pool) : nil
    trustworthiness = haveNeighbors ? trust(neighbors) : nil
  }
}

extension LatentQuality {
  /// The measures as run.json stores them.
  package var record: RunRecord.CodeRecord {
    .init(
      images: images, distinct: distinct, tied: tied, neighbour_accuracy: votes?.accuracy, silhouette: silhouette,
      trustworthiness: trustworthiness)
  }
}

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
  package var markdown: String {
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
  package func picture(title: String) -> PNGImage {
    var picture = ConfusionPicture(counts: counts, names: names)
    picture.title = title
    return picture.drawn()
  }

  /// What Markdown would take for more than letters stands for itself.
  private static func escaped(_ name: String) -> String {
    name.reduce(into: "") { $0 += "\\`*_{}[]<>()#+-.!|~&".contains($1) ? "\\\($1)" : $1.isNewline ? " " : "\($1)" }
  }
}
