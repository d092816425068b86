// EmbeddingPicture.swift
// Draws latent codes in the plane as a picture, colored by class.

import ByteStreams
package import Datasets
import Embeddings
package import PNG
package import Parallel
import Pictures
package import PointMatrices
import Runs
import Tensors

/// Draws layouts of the codes of some images. The colors are classes; some of the images stand beside their points.
package struct EmbeddingPicture {
  /// The most validation images whose principal components orient all pictures of these data.
  private static let referenceLimit = 200

  package let images: ImageDataset
  private let classNames: [String]
  private let reference: PointMatrix

  /// - Parameter images: images of `data`: one of each class first, then in random order, so that no class covers the others.
  package init(of images: ImageDataset, from data: EvaluationImages, pool: WorkerPool) {
    (self.images, classNames) = (images, data.classNames)
    let some = data.validation.balancedSample(Self.referenceLimit)
    let components = PrincipalComponents(of: some.pixelPoints(some.count), components: 2, pool: pool)
    reference = components.projecting(images.count, pool: pool) { images[$0].pixelPoints($0.count).values }.plane
  }

  /// The names of the axes of codes of two numbers, which are drawn as they are; none for other codes.
  private static func axes(of codes: PointMatrix) -> [String] {
    codes.dimensions == 2 ? [numberNames.first, numberNames.second] : []
  }

  /// The names of the axes of codes of two numbers.
  package static let numberNames = (first: "first number", second: "second number")

  /// Draws codes of two numbers as they are, others by their principal components.
  package func draw(codes: PointMatrix, title: String, pool: WorkerPool) -> PNGImage {
    let axes = Self.axes(of: codes)
    return draw(axes.isEmpty ? plane(of: codes, pool: pool) : codes, title: title, axes: axes)
  }

  /// Returns the first two principal components, turned to look most like those of the images themselves. So all epochs have the
  /// same orientation, and no picture depends on another.
  package func plane(of codes: PointMatrix, pool: WorkerPool) -> PointMatrix {
    turned(PrincipalComponents(of: codes, components: 2, pool: pool).projected)
  }

  /// Returns a layout in the plane, turned in the same way.
  func turned(_ layout: PointMatrix) -> PointMatrix {
    // Sums of the largest numbers would overflow, so the layout is scaled first.
    PlaneAlignment.aligned(layout.plane.balanced.points, to: reference)
  }

  /// Draws a layout.
  /// - Parameters:
  ///   - layout: [images, 2]
  ///   - title: the heading.
  ///   - axes: the names of both axes, if they mean something.
  package func draw(_ layout: PointMatrix, title: String, axes: [String] = []) -> PNGImage {
    let present = Set(images.labels).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
    var picture = ScatterPicture(
      points: (0..<layout.count).map { Place(layout.values[2 * $0], layout.values[2 * $0 + 1]) },
      classes: images.labels.prefix(layout.count).map { numbers[$0] ?? 0 },
      names: present.map { classNames.indices.contains(Int($0)) ? classNames[Int($0)] : "\($0)" })
    picture.title = title
    picture.axes = axes
    picture.thumbnail = { PNGImage(images.image($0), shape: images.shape) }
    return picture.drawn()
  }
}

extension EmbeddingPicture {
  /// Writes a layout, turned like the principal components, as `embedding.png` of a run. Instead of the principal components of codes
  /// of two numbers the codes themselves are drawn.
  /// - Parameter threads: the most threads that work at once.
  /// - Returns: the file's path.
  /// - Throws: `FileError`, `PNGError`.
  package func write(
    _ view: EmbeddingLayout, _ layout: PointMatrix, of codes: PointMatrix, title: String, to runDirectory: String,
    threads: Int
  ) throws -> String {
    let path = Directory.join(runDirectory, RunDirectory.embeddingPictureName)
    // A higher level would take twice the time and save a twentieth of the size.
    let axes = view == .pca ? Self.axes(of: codes) : []
    let drawn = draw(axes.isEmpty ? turned(layout) : codes, title: title, axes: axes)
    let bytes = try drawn.encoded(filter: .none, level: 3, threads: threads)
    try AtomicFile.replace(path, bytes: bytes)
    return path
  }

  /// Returns the heading of a picture, for example "t-SNE of the codes of 10,000 test images, epoch 10", with the number of dead
  /// units if `codes` have any.
  package static func title(_ layout: EmbeddingLayout, of codes: PointMatrix, _ split: Split, epoch: Int) -> String {
    let name =
      switch layout {
      case .tsne: "t-SNE"
      case .pca where codes.dimensions == 2: "numbers"
      case .pca, .unit: "principal components"
      }
    let digits = Array("\(codes.count)")
    let grouped = digits.indices.map { (digits.count - $0) % 3 == 0 && $0 > 0 ? ",\(digits[$0])" : "\(digits[$0])" }
    let dead = DeadUnits(of: codes)
    return "\(name) of the codes of \(grouped.joined()) \(split.rawValue) images, epoch \(epoch)"
      + (dead.count > 0 ? ", \(dead.count) of \(dead.units) units dead" : "")
  }
}

extension PointMatrix {
  /// The first two dimensions; the second is 0 if there is only one.
  fileprivate var plane: PointMatrix {
    dimensions > 1 ? leading(2) : PointMatrix(count: count, dimensions: 2, values: values.flatMap { [$0, 0] })
  }
}
