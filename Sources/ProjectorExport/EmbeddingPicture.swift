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

  /// The names of the axes of codes of two or three numbers.
  package static let numberNames = ["first number", "second number", "third number"]

  /// Whether codes are drawn as they are.
  package static func areDrawn(_ codes: PointMatrix) -> Bool { (2...numberNames.count).contains(codes.dimensions) }

  /// Draws codes of two or three numbers as they are, others by their principal components.
  package func draw(codes: PointMatrix, title: String, pool: WorkerPool) -> PNGImage {
    Self.areDrawn(codes) ? drawNumbers(of: codes, title: title) : draw(plane(of: codes, pool: pool), title: title)
  }

  /// Draws codes of two numbers in the plane and codes of three in space, with the names of the axes. All epochs are seen from the
  /// same side.
  private func drawNumbers(of codes: PointMatrix, title: String) -> PNGImage {
    let names = Array(Self.numberNames.prefix(codes.dimensions))
    return names.count == 2
      ? draw(codes, title: title, axes: names) : drawInSpace(codes, title: title, from: .standard, axes: names)
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
    var picture = scatter((0..<layout.count).map { Place(layout.values[2 * $0], layout.values[2 * $0 + 1]) })
    picture.title = title
    picture.axes = axes
    picture.thumbnail = { PNGImage(images.image($0), shape: images.shape) }
    return picture.drawn()
  }

  /// Draws a layout in space, far points paler.
  /// - Parameters:
  ///   - view: the direction from which it is seen; that of a bookmark's camera, if nil.
  ///   - axes: the names of the three axes, if they mean something.
  func drawInSpace(
    _ layout: PointMatrix, title: String, from view: SpaceView? = nil, axes: [String] = []
  ) -> PNGImage {
    let points = layout.inSpace
    let view = view ?? .clearest(of: points)
    let seen = view.projected(points)
    var picture = scatter(seen.places)
    picture.depths = seen.depths
    picture.title = title
    picture.arrows = zip(axes, view.axes).map { (name: $0, direction: $1) }
    return picture.drawn()
  }

  /// Frames of a turn, their time, and the side of the square that holds the points. One turn takes about six seconds.
  private static let turn = (frames: 60, milliseconds: 100, side: 480)

  /// Draws a layout in space from all sides: once around the second axis, for ever.
  /// - Parameters:
  ///   - view, axes: as of `drawInSpace`; the view is the first frame's.
  ///   - threads: the most threads that draw at once.
  /// - Throws: `PNGError`.
  func drawTurn(
    _ layout: PointMatrix, title: String, from view: SpaceView? = nil, axes: [String] = [], threads: Int
  ) throws -> PNGAnimation {
    let points = layout.inSpace
    let first = view ?? .clearest(of: points)
    let frames = parallelMap(Self.turn.frames, threads: threads) { frame in
      let view = first.turned(by: Float(frame) / Float(Self.turn.frames))
      let seen = view.projected(points)
      var picture = scatter(seen.places)
      (picture.depths, picture.reach) = (seen.depths, 1)
      (picture.title, picture.side) = (title, Self.turn.side)
      picture.arrows = zip(axes, view.axes).map { (name: $0, direction: $1) }
      return picture.drawn()
    }
    return try PNGAnimation(frames, milliseconds: Self.turn.milliseconds)
  }

  /// Returns a picture of places, colored by class.
  private func scatter(_ places: [Place]) -> ScatterPicture {
    let present = Set(images.labels).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
    return ScatterPicture(
      points: places, classes: images.labels.prefix(places.count).map { numbers[$0] ?? 0 },
      names: present.map { classNames.indices.contains(Int($0)) ? classNames[Int($0)] : "\($0)" })
  }
}

extension EmbeddingPicture {
  /// Writes a layout as `embedding.png` of a run: in the plane, turned like the principal components, or a view of space. Instead of
  /// the principal components of codes of two or three numbers the codes themselves are drawn. An earlier `embedding.apng` is replaced
  /// or removed.
  /// - Parameters:
  ///   - turns: whether a layout in three dimensions is also drawn from all sides, as `embedding.apng`.
  ///   - threads: the most threads that work at once.
  /// - Returns: the files' paths.
  /// - Throws: `FileError`, `PNGError`.
  package func write(
    _ view: EmbeddingLayout, _ layout: PointMatrix, of codes: PointMatrix, title: String, to runDirectory: String,
    turns: Bool = false, threads: Int
  ) throws -> [String] {
    let path = Directory.join(runDirectory, RunDirectory.embeddingPictureName)
    let turnPath = Directory.join(runDirectory, RunDirectory.embeddingTurnName)
    let areNumbers = view.areComponents && Self.areDrawn(codes)
    let drawn =
      areNumbers
      ? drawNumbers(of: codes, title: title)
      : view.isDrawnInSpace ? drawInSpace(layout, title: title) : draw(turned(layout), title: title)
    // A higher level would take twice the time and save a twentieth of the size.
    try AtomicFile.replace(path, bytes: try drawn.encoded(filter: .none, level: 3, threads: threads))
    guard turns, view.canTurn else {
      if try FileStatus.of(turnPath) != nil { try FileContents.remove(turnPath) }
      return [path]
    }
    let animation =
      areNumbers && codes.dimensions == Self.numberNames.count
      ? try drawTurn(codes, title: title, from: .standard, axes: Self.numberNames, threads: threads)
      : try drawTurn(layout, title: title, threads: threads)
    try AtomicFile.replace(turnPath, bytes: try animation.encoded(filter: .none, threads: threads))
    return [path, turnPath]
  }

  /// Returns the heading of a picture, for example "t-SNE of the codes of 10,000 test images, epoch 10", with the number of dead
  /// units if `codes` have any.
  package static func title(_ layout: EmbeddingLayout, of codes: PointMatrix, _ split: Split, epoch: Int) -> String {
    let components = areDrawn(codes) ? "numbers" : "principal components"
    let name = layout.areComponents ? components : layout.title
    let digits = Array("\(codes.count)")
    let grouped = digits.indices.map { (digits.count - $0) % 3 == 0 && $0 > 0 ? ",\(digits[$0])" : "\(digits[$0])" }
    let dead = DeadUnits(of: codes)
    return "\(name) of the codes of \(grouped.joined()) \(split.rawValue) images, epoch \(epoch)"
      + (dead.count > 0 ? ", \(dead.count) of \(dead.units) units dead" : "")
  }
}

extension PointMatrix {
  /// The points of a space of three dimensions.
  var inSpace: [SIMD3<Float>] {
    padded(to: 3).leading(3).values.withUnsafeBufferPointer { values in
      (0..<count).map { SIMD3(values[3 * $0], values[3 * $0 + 1], values[3 * $0 + 2]) }
    }
  }

  /// The first two dimensions; the second is 0 if there is only one.
  fileprivate var plane: PointMatrix {
    dimensions > 1 ? leading(2) : PointMatrix(count: count, dimensions: 2, values: values.flatMap { [$0, 0] })
  }
}
