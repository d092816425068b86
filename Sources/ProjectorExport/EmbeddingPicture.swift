// EmbeddingPicture.swift
// Codes in the plane: a picture for those who do not open the projector.

import ByteStreams
package import Datasets
import Embeddings
import Networks
package import PNG
package import Parallel
import Pictures
package import PointMatrices
import Runs
import Tensors

/// Draws layouts of codes, colored by class, with some of the images.
package struct EmbeddingPicture {
  /// Validation images whose principal components all pictures of these data are turned towards.
  private static let referenceLimit = 200

  package let images: ImageDataset
  private let classNames: [String]
  private let reference: PointMatrix

  /// - Parameter images: of `data`; one of each class first, in random order then, so that none is drawn on top of all others.
  package init(of images: ImageDataset, from data: EvaluationImages, pool: WorkerPool) {
    (self.images, classNames) = (images, data.classNames)
    let some = data.validation.balancedSample(Self.referenceLimit)
    let components = PrincipalComponents(of: some.pixelPoints(some.count), components: 2, pool: pool)
    reference = components.projecting(images.count, pool: pool) { images[$0].pixelPoints($0.count).values }.plane
  }

  /// The first two principal components, turned so that they look most like those of the images themselves: the same for every
  /// epoch, and without a memory of any other picture.
  package func plane(of codes: PointMatrix, pool: WorkerPool) -> PointMatrix {
    turned(PrincipalComponents(of: codes, components: 2, pool: pool).projected)
  }

  /// A layout in the plane, turned in the same way.
  func turned(_ layout: PointMatrix) -> PointMatrix {
    // A picture fits any numbers, but the largest leave no room for sums.
    PlaneAlignment.aligned(layout.plane.balanced.points, to: reference)
  }

  /// - Parameters:
  ///   - layout: [images, 2]
  ///   - title: what stands above it.
  package func draw(_ layout: PointMatrix, title: String) -> PNGImage {
    let present = Set(images.labels).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
    var picture = ScatterPicture(
      points: (0..<layout.count).map { Place(layout.values[2 * $0], layout.values[2 * $0 + 1]) },
      classes: images.labels.prefix(layout.count).map { numbers[$0] ?? 0 },
      names: present.map { classNames.indices.contains(Int($0)) ? classNames[Int($0)] : "\($0)" })
    picture.title = title
    picture.thumbnail = { PNGImage(images.image($0), shape: images.shape) }
    return picture.drawn()
  }
}

extension EmbeddingPicture {
  /// Draws a layout, turned like the principal components, as `embedding.png` of a run.
  /// - Parameter threads: at most so many work at once.
  /// - Returns: the file's path.
  /// - Throws: `FileError`, `PNGError`.
  package func write(_ layout: PointMatrix, title: String, to runDirectory: String, threads: Int) throws -> String {
    let path = Directory.join(runDirectory, RunDirectory.embeddingPictureName)
    // A higher level takes twice the time for a twentieth of the size.
    let bytes = try draw(turned(layout), title: title).encoded(filter: .none, level: 3, threads: threads)
    try AtomicFile.replace(path, bytes: bytes)
    return path
  }

  /// What stands above a picture: "t-SNE of the codes of 10,000 test images, epoch 10".
  package static func title(_ layout: EmbeddingLayout, _ images: Int, _ split: Split, epoch: Int) -> String {
    let name = layout == .tsne ? "t-SNE" : "principal components"
    let digits = Array("\(images)")
    let grouped = digits.indices.map { (digits.count - $0) % 3 == 0 && $0 > 0 ? ",\(digits[$0])" : "\(digits[$0])" }
    return "\(name) of the codes of \(grouped.joined()) \(split.rawValue) images, epoch \(epoch)"
  }
}

extension PointMatrix {
  /// The first two dimensions, the second 0 where there is none.
  fileprivate var plane: PointMatrix {
    dimensions > 1 ? leading(2) : PointMatrix(count: count, dimensions: 2, values: values.flatMap { [$0, 0] })
  }
}
