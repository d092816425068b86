// LatentQuality.swift
// Measures how well latent codes keep classes and neighbors together, and which classes they mix up.

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
/// A measure that only the order of the images would decide is nil: every measure if all codes are equal, and the measures of
/// neighbors if more than half of the codes have several equally distant candidates for their last neighbor.
package struct LatentQuality: Sendable {
  /// The number of neighbors that vote.
  package static let neighbors = 5
  /// The fewest images that are measured; fewer have too few neighbors.
  package static let leastImages = 2 * neighbors + 1
  /// The most images that are measured.
  package static let imageLimit = 10_000

  package let images: Int
  /// Number of different codes.
  package let distinct: Int
  /// Number of images with several equally distant candidates for the last neighbor; the lowest index decides.
  package let tied: Int
  /// The units with the same value for all images; all units if all codes are equal.
  package let dead: DeadUnits
  /// Leave-one-out votes of the nearest codes; nil also if all images belong to one class.
  package let votes: NeighborVotes?
  /// The silhouette of the classes; nil also if there is only one class.
  package let silhouette: Double?
  /// How far the neighbors of codes are neighbors in the space of pixels.
  package let trustworthiness: Double?

  /// Measures the first codes.
  /// - Returns: nil for fewer than `leastImages`, and for codes that are not finite.
  package init?(codes: PointMatrix, of part: ImageDataset, pool: WorkerPool) {
    let count = min(codes.count, Self.imageLimit)
    let points = PointMatrix(
      count: count, dimensions: codes.dimensions, values: Array(codes.values.prefix(count * codes.dimensions)))
    self.init(codes: points, labels: part.labels.prefix(count).map { Int($0) }, pool: pool) { neighbors in
      PairMeasures.trustworthiness(of: neighbors, original: part.pixelPoints(count), pool: pool)
    }
  }

  /// Measures codes with given labels.
  /// - Parameter trust: returns the trustworthiness of neighbors.
  package init?(codes: PointMatrix, labels: [Int], pool: WorkerPool, trust: (Neighbors) -> Double) {
    guard codes.count >= Self.leastImages, codes.isFinite else { return nil }
    let neighbors = Neighbors(of: codes, k: Self.neighbors, pool: pool)
    (images, distinct, tied) = (codes.count, neighbors.distinct, neighbors.tied)
    dead = DeadUnits(of: codes)
    let haveNeighbors = 2 * tied <= images
    let classes = (labels.max() ?? 0) + 1
    votes = haveNeighbors && Set(labels).count > 1 ? NeighborVotes(neighbors, labels: labels, classes: classes) : nil
    silhouette = distinct > 1 ? PairMeasures.silhouette(codes, labels: labels, pool: pool) : nil
    trustworthiness = haveNeighbors ? trust(neighbors) : nil
  }
}

extension LatentQuality {
  /// The measures as run.json stores them.
  package var record: RunRecord.LatentRecord {
    .init(
      images: images, distinct: distinct, tied: tied, dead_units: dead.count, neighbour_accuracy: votes?.accuracy,
      silhouette: silhouette, trustworthiness: trustworthiness)
  }
}

/// The votes of neighbors, class by class, without classes that do not occur.
package struct ClassConfusion: Equatable, Sendable {
  /// Says where the classes come from.
  package static let caption =
    "The \(LatentQuality.neighbors) nearest codes of an image vote for its class; the autoencoder itself does not classify."
  /// The names of the classes that occur, in order.
  package let names: [String]
  /// [actual class, voted class]: numbers of images.
  package let counts: [[Int]]

  /// - Parameter classNames: the name of each label; a label without a name is shown as a number.
  package init(_ votes: NeighborVotes, classNames: [String]) {
    let table = votes.confusion
    let present = table.indices.filter { number in
      table[number].contains { $0 > 0 } || table.contains { $0[number] > 0 }
    }
    names = present.map { classNames.indices.contains($0) ? classNames[$0] : "\($0)" }
    counts = present.map { row in present.map { table[row][$0] } }
  }

  /// Pairs of classes, in descending order of the number of images that votes assign to the other class of the pair.
  package var mixedUp: [(first: String, second: String, images: Int)] {
    NeighborVotes(confusion: counts).mixedUp.map { (names[$0.first], names[$0.second], $0.points) }
  }

  /// A Markdown table: a row for each actual class, a column for each voted class.
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

  /// Draws the table in colors.
  package func picture(title: String) -> PNGImage {
    var picture = ConfusionPicture(counts: counts, names: names)
    picture.title = title
    picture.caption = Self.caption
    return picture.drawn()
  }

  /// Returns a name with Markdown's special characters escaped.
  private static func escaped(_ name: String) -> String {
    name.reduce(into: "") { $0 += "\\`*_{}[]<>()#+-.!|~&".contains($1) ? "\\\($1)" : $1.isNewline ? " " : "\($1)" }
  }
}
