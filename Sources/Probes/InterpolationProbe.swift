// InterpolationProbe.swift
// Images between images: the codes on the straight way from one test image's code to another's, decoded.

import Datasets
import EventFiles
import Networks
import PNG
import Pictures
import ProjectorExport
import Runs
import Tensors
import Training

/// Logs rows of images, each from one test image to another, with the same pairs at every epoch that has pictures.
struct InterpolationProbe: Probe {
  /// The most rows.
  static let rowLimit = 8
  /// The possible numbers of decoded images in a row, both ends included.
  private static let counts = [11, 5, 3]
  /// The images at both ends of each row: first, last, first, last, ….
  let ends: ImageDataset
  /// Decoded images in a row, both ends included.
  let count: Int

  /// - Returns: nil for a model without a code of its own that is not variational, and if there are no test images.
  init?(_ run: TrainingRun) {
    let (architecture, test) = (run.autoencoder.architecture, run.data.test)
    guard architecture.isVariational || architecture.code > 0, test.count > 0 else { return nil }
    let rows = DecodedPictures.count(test.shape, most: Self.rowLimit)
    ends = test.gathered(Self.pairs(of: test.labels, most: rows).flatMap { [$0.first, $0.last] })
    // Two columns hold the images themselves.
    let room = DecodedPictures.count(test.shape, most: Self.counts[0] + 2)
    count = Self.counts.first { $0 + 2 <= room } ?? 3
  }

  func measure(_ epoch: CompletedEpoch) throws -> ProbeResult {
    guard epoch.isPictured else { return ProbeResult() }
    let picture = draw(epoch.run.autoencoder, epoch: epoch.report.epoch)
    let tag = MetricTag.interpolations(count: count, hasLabels: ends.hasLabels)
    return ProbeResult(evaluation: [try tag.image(picture.encoded(threads: epoch.threads))])
  }

  /// Draws a row for each pair.
  func draw(_ autoencoder: Autoencoder, epoch: Int) -> PNGImage {
    let rows = ends.count / 2
    let codes = ends.withPixels { autoencoder.encode($0, numbers: 0..<ends.count) }
    let images = DecodedPictures.images(
      of: Self.between(codes, size: autoencoder.bottleneckCount, count: count), autoencoder)
    func originals(_ end: Int) -> ImageTable.Column {
      ImageTable.Column("image", (0..<rows).map { PNGImage(ends.image(2 * $0 + end), shape: ends.shape) })
    }
    let columns = (0..<count).map { step in
      ImageTable.Column("\(100 * step / (count - 1)) %", (0..<rows).map { images[$0 * count + step] })
    }
    var table = ImageTable([originals(0)] + columns + [originals(1)])
    table.title = "from the code of one image to that of another, epoch \(epoch)"
    return table.drawn()
  }

  /// Returns `count` codes in equal steps from the first to the last code of each pair, both included.
  /// - Parameter codes: codes of `size` numbers: first, last, first, last, ….
  static func between(_ codes: [Float], size: Int, count: Int) -> [Float] {
    stride(from: 0, to: codes.count, by: 2 * size).flatMap { start in
      (0..<count).flatMap { step in
        let fraction = Float(step) / Float(count - 1)
        return (start..<start + size).map { place in
          // The ends are exact, even if a number at the other end is not finite.
          if step == 0 { return codes[place] }
          if step == count - 1 { return codes[place + size] }
          return codes[place] * (1 - fraction) + codes[place + size] * fraction
        }
      }
    }
  }

  /// Chooses pairs of images: each class with the next one, then each with the one after that, and so on. The images of a class take
  /// turns. If there is only one class, the images stand in pairs as they come.
  /// - Parameter labels: the class of each image, 1 or more.
  static func pairs(of labels: [UInt16], most: Int) -> [(first: Int, last: Int)] {
    let members = Dictionary(grouping: labels.indices) { labels[$0] }.sorted { $0.key < $1.key }.map(\.value)
    let (classes, rows) = (members.count, max(1, min(most, labels.count / 2)))
    var used = [Int](repeating: 0, count: classes)
    func next(_ number: Int) -> Int {
      defer { used[number] += 1 }
      return members[number][used[number] % members[number].count]
    }
    return (0..<rows).map { row in
      let distance = classes > 1 ? 1 + row / classes % (classes - 1) : 0
      return (next(row % classes), next((row + distance) % classes))
    }
  }
}

extension MetricTag {
  fileprivate static func interpolations(count: Int, hasLabels: Bool) -> MetricTag {
    MetricTag(
      .interpolations,
      "Each row leads from one test image to another\(hasLabels ? ", of another class where there are several" : ""). Between the "
        + "two images, \(count) codes in equal steps on the straight line from the code of the first to that of the last are decoded; "
        + "0 % and 100 % are the reconstructions. The pairs are the same at every epoch. At most ten epochs are shown.")
  }
}
