// ProjectorBookmark.swift
// Stored views of an embedding: the places of its points, and the columns that color and label them.

import ByteStreams
import Parallel

/// One entry of the page's list of bookmarks. A click on it puts the points to their places and chooses colors and labels.
///
/// The page optimizes a t-SNE further as soon as it is shown, so a layout that must not move is stored as its UMAP.
/// Source: TensorBoard, vz_projector/data.ts, "State".
public struct ProjectorBookmark: Equatable, Sendable {
  /// The kind of projection that a view shows.
  public enum Projection: String, Sendable {
    /// The principal components.
    case components = "pca"
    /// The layout.
    case layout = "umap"
  }

  /// The text in the list.
  public var label: String
  /// The projection that is shown first.
  public var projection: Projection
  /// The embedding's points and dimensions.
  public var shape: (points: Int, dimensions: Int)
  /// [points, any number up to 10]: the principal components. Without them the page's own tab of them stays empty.
  public var components: [Float]
  /// [points, 2 or 3]: a layout that does not move, if any.
  public var layout: [Float]
  /// The direction from which a view of three axes is seen; one that shows all three, if nil. The third axis points at its viewer, the
  /// second one up.
  public var viewpoint: SIMD3<Float>?
  /// The columns of the metadata that color and label the points.
  public var color: String?
  /// The column that labels the points.
  public var labels: String?

  /// The most components that the page has menus for.
  public static let componentLimit = 10

  /// A view of given places.
  /// - Precondition: `components` and `layout` have the same number of values for each point.
  public init(
    label: String, projection: Projection, shape: (points: Int, dimensions: Int), components: [Float],
    layout: [Float] = [], color: String? = nil, labels: String? = nil
  ) {
    precondition(
      components.count % shape.points == 0 && layout.count % shape.points == 0, "as many values for each point")
    self.label = label
    self.projection = projection
    self.shape = shape
    self.components = components
    self.layout = layout
    self.color = color
    self.labels = labels
  }

  /// Two views are equal where their files are.
  public static func == (one: ProjectorBookmark, two: ProjectorBookmark) -> Bool {
    encoded([one], threads: 1) == encoded([two], threads: 1)
  }

  /// The bytes of a file of bookmarks: JSON.
  /// - Parameter threads: number of threads; all processors, if nil. The bytes do not depend on it.
  /// - Complexity: O(values).
  public static func encoded(_ bookmarks: [ProjectorBookmark], threads: Int? = nil) -> [UInt8] {
    var bytes = Array("[".utf8)
    for (index, bookmark) in bookmarks.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bookmark.append(to: &bytes, threads: threads ?? processorCount)
    }
    bytes += "]\n".utf8
    return bytes
  }

  private func append(to bytes: inout [UInt8], threads: Int) {
    let isFlat = projection == .layout && layout.count / shape.points == 2
    bytes +=
      """
      {"label":\(JSONText.quoted(label)),"isSelected":false,"selectedProjection":"\(projection.rawValue)",\
      "dataSetDimensions":[\(shape.points),\(shape.dimensions)],"tSNEIteration":0,"tSNEPerplexity":30,\
      "tSNELearningRate":10,"tSNEis3d":false,"umapIs3d":\(layout.count / shape.points == 3),"umapNeighbors":15,\
      "umapMinDist":0.1,"pcaComponentDimensions":[0,1\(componentCount > 2 ? ",2" : "")],\
      "customSelectedSearchByMetadataOption":\(JSONText.quoted(labels ?? "label")),"customXLeftText":"",\
      "customXRightText":"","customYUpText":"","customYDownText":"","customXLeftRegex":false,\
      "customXRightRegex":false,"customYUpRegex":false,"customYDownRegex":false,"selectedPoints":[],\
      "cameraDef":{"orthographic":\(isFlat),"position":[\(isFlat ? "0,0,4" : camera)],"target":[0,0,0],\
      "zoom":1},"forceCategoricalColoring":false
      """.utf8
    if let color { bytes += ",\"selectedColorOptionName\":\(JSONText.quoted(color))".utf8 }
    if let labels { bytes += ",\"selectedLabelOption\":\(JSONText.quoted(labels))".utf8 }
    bytes += ",\"shuffledDataIndices\":[".utf8
    for point in 0..<shape.points {
      if point > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += "\(point)".utf8
    }
    bytes += "],\"projections\":[".utf8
    appendPlaces(to: &bytes, threads: threads)
    bytes += "]}".utf8
  }

  /// The camera's place: as far from the middle as the page's own.
  private var camera: String {
    guard let viewpoint else { return "0.45,0.9,1.6" }
    let length = (viewpoint * viewpoint).sum().squareRoot()
    let place = viewpoint * (Self.cameraDistance / (length > 0 ? length : 1))
    return (0..<3).map { "\((place[$0] * 1000).rounded() / 1000)" }.joined(separator: ",")
  }

  private static let cameraDistance: Float = 1.9

  private var componentCount: Int { min(components.count / shape.points, Self.componentLimit) }

  /// An object for each point.
  private func appendPlaces(to bytes: inout [UInt8], threads: Int) {
    let columns = [("pca", components), ("umap", layout)].flatMap { name, values in
      let width = values.count / shape.points
      return (0..<min(width, Self.componentLimit)).map { axis in
        (name: "\(name)-\(axis)", values: stride(from: axis, to: values.count, by: width).map { values[$0] })
      }
    }
    let axes = columns.enumerated().map { PlaceAxis($1.name, isFirst: $0 == 0, of: $1.values) }
    let limit = axes.reduce(3) { $0 + $1.byteLimit }
    let (points, chunk) = (shape.points, 1024)
    let parts = parallelMap((points + chunk - 1) / chunk, threads: threads) { index in
      let range = index * chunk..<min((index + 1) * chunk, points)
      let places = columns.flatMap { $0.values[range] }
      return [UInt8](unsafeUninitializedCapacity: range.count * limit) { part, count in
        guard let start = part.baseAddress else { return }
        var end = start
        for row in 0..<range.count {
          if range.lowerBound + row > 0 { end.put(",") }
          end.put("{")
          for axis in axes.indices { axes[axis].write(places[axis * range.count + row], to: &end) }
          end.put("}")
        }
        count = end - start
      }
    }
    bytes.reserveCapacity(parts.reduce(bytes.count + 8) { $0 + $1.count })
    for part in parts { bytes += part }
  }
}

/// One coordinate of all points, written with five digits of the largest.
private struct PlaceAxis: Sendable {
  /// The text before a value, of which `keyLength` bytes count.
  private let key: SIMD16<UInt8>
  private let keyLength: Int
  /// Values are written as whole multiples of one over this power of ten.
  private let scale: Double
  private let digits: Int
  /// Zeros before the point, where the largest value has more digits than a word holds.
  private let zeros: Int

  init(_ name: String, isFirst: Bool, of values: [Float]) {
    let bytes = Array("\(isFirst ? "" : ",")\"\(name)\":".utf8.prefix(SIMD16<UInt8>.scalarCount))
    key = SIMD16((0..<SIMD16<UInt8>.scalarCount).map { $0 < bytes.count ? bytes[$0] : 0 })
    keyLength = bytes.count
    let largest = values.reduce(Float(0)) { max($0, $1.magnitude) }
    var (digits, scale) = (0, 1.0)
    while digits < 60, largest.isFinite, largest > 0, Double(largest) * scale < 10_000 {
      (digits, scale) = (digits + 1, scale * 10)
    }
    var zeros = 0
    while largest.isFinite, Double(largest) * scale >= 1e18 { (zeros, scale) = (zeros + 1, scale / 10) }
    (self.digits, self.scale, self.zeros) = (digits, scale, zeros)
  }

  /// The most bytes of one value: its key, a sign, the digits of 10^18 or one more than those after the point, the point, and zeros.
  var byteLimit: Int { SIMD16<UInt8>.scalarCount + 2 + max(19, digits + 1) + zeros }

  /// For example ,"pca-1":-1.2345
  func write(_ value: Float, to end: inout UnsafeMutablePointer<UInt8>) {
    UnsafeMutableRawPointer(end).storeBytes(of: key, as: SIMD16<UInt8>.self)
    end += keyLength
    let magnitude = Double(value.magnitude) * scale
    // NaN is not less either.
    let number = magnitude < 1e18 ? UInt64(magnitude.rounded()) : 0
    if number == 0 { return end.put("0") }
    if value < 0 { end.put("-") }
    var (length, limit) = (1, UInt64(10))
    while number >= limit { (length, limit) = (length + 1, limit * 10) }
    length = max(length, digits + 1)
    end.put(number, digits: length, whole: length - digits)
    for _ in 0..<zeros { end.put("0") }
  }
}
