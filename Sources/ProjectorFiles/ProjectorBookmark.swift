// ProjectorBookmark.swift
// Stored views of an embedding: where its points are drawn, what colours and labels them.

import ByteStreams
import Parallel

/// One entry of the page's list of bookmarks. A click on it puts the points to their places and chooses colours and labels.
///
/// The page optimises a t-SNE further as soon as it is shown; a layout that shall stand still is stored as its UMAP.
/// Source: TensorBoard, vz_projector/data.ts, "State".
public struct ProjectorBookmark: Equatable, Sendable {
  /// What is shown first.
  public enum Projection: String, Sendable {
    /// The principal components.
    case components = "pca"
    /// The layout.
    case layout = "umap"
  }

  /// The text in the list.
  public var label: String
  /// What is shown first.
  public var projection: Projection
  /// The embedding's points and dimensions.
  public var shape: (points: Int, dimensions: Int)
  /// [points, any number up to 10]: the principal components. Without them the page's own tab of them stays empty.
  public var components: [Float]
  /// [points, 2 or 3]: a layout that does not move, if any.
  public var layout: [Float]
  /// The columns of the metadata that colour and label the points.
  public var colour: String?
  /// The column that labels the points.
  public var labels: String?

  /// The most components that the page has menus for.
  public static let componentLimit = 10

  /// A view of given places.
  /// - Precondition: `components` and `layout` have the same number of values for each point.
  public init(
    label: String, projection: Projection, shape: (points: Int, dimensions: Int), components: [Float],
    layout: [Float] = [], colour: String? = nil, labels: String? = nil
  ) {
    precondition(
      components.count % shape.points == 0 && layout.count % shape.points == 0, "as many values for each point")
    self.label = label
    self.projection = projection
    self.shape = shape
    self.components = components
    self.layout = layout
    self.colour = colour
    self.labels = labels
  }

  /// Two views are equal where their files are.
  public static func == (one: ProjectorBookmark, two: ProjectorBookmark) -> Bool {
    one.encoded(threads: 1) == two.encoded(threads: 1)
  }

  /// The bytes of a file of bookmarks: JSON.
  /// - Parameter threads: at most so many work at once, all of the machine's where nil; the bytes do not depend on it.
  /// - Complexity: O(values).
  public static func encoded(_ bookmarks: [ProjectorBookmark], threads: Int? = nil) -> [UInt8] {
    var bytes = Array("[".utf8)
    for (index, bookmark) in bookmarks.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += bookmark.encoded(threads: threads ?? processorCount)
    }
    return bytes + Array("]\n".utf8)
  }

  private func encoded(threads: Int) -> [UInt8] {
    let isFlat = projection == .layout && layout.count / shape.points == 2
    var bytes = Array(
      """
      {"label":\(JSONText.quoted(label)),"isSelected":false,"selectedProjection":"\(projection.rawValue)",\
      "dataSetDimensions":[\(shape.points),\(shape.dimensions)],"tSNEIteration":0,"tSNEPerplexity":30,\
      "tSNELearningRate":10,"tSNEis3d":false,"umapIs3d":\(layout.count / shape.points == 3),"umapNeighbors":15,\
      "umapMinDist":0.1,"pcaComponentDimensions":[0,1\(componentCount > 2 ? ",2" : "")],\
      "customSelectedSearchByMetadataOption":\(JSONText.quoted(labels ?? "label")),"customXLeftText":"",\
      "customXRightText":"","customYUpText":"","customYDownText":"","customXLeftRegex":false,\
      "customXRightRegex":false,"customYUpRegex":false,"customYDownRegex":false,"selectedPoints":[],\
      "cameraDef":{"orthographic":\(isFlat),"position":[\(isFlat ? "0,0,4" : "0.45,0.9,1.6")],"target":[0,0,0],\
      "zoom":1},"forceCategoricalColoring":false
      """.utf8)
    if let colour { bytes += Array(",\"selectedColorOptionName\":\(JSONText.quoted(colour))".utf8) }
    if let labels { bytes += Array(",\"selectedLabelOption\":\(JSONText.quoted(labels))".utf8) }
    bytes += Array(",\"shuffledDataIndices\":[".utf8)
    for point in 0..<shape.points {
      if point > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += Array("\(point)".utf8)
    }
    bytes += Array("],\"projections\":[".utf8)
    appendPlaces(to: &bytes, threads: threads)
    return bytes + Array("]}".utf8)
  }

  private var componentCount: Int { min(components.count / shape.points, Self.componentLimit) }

  /// An object for each point.
  private func appendPlaces(to bytes: inout [UInt8], threads: Int) {
    let places = [("pca", components), ("umap", layout)].flatMap { name, values in
      let width = values.count / shape.points
      return (0..<min(width, Self.componentLimit)).map { axis in
        PlaceAxis(key: Array("\"\(name)-\(axis)\":".utf8), values: values, axis: axis, width: width)
      }
    }
    let (points, chunk) = (shape.points, 4096)
    let parts = parallelMap((points + chunk - 1) / chunk, threads: threads) { index in
      var part: [UInt8] = []
      for point in index * chunk..<min((index + 1) * chunk, points) {
        part += Array(point == 0 ? "{".utf8 : ",{".utf8)
        for (index, axis) in places.enumerated() {
          if index > 0 { part.append(UInt8(ascii: ",")) }
          axis.append(point, to: &part)
        }
        part.append(UInt8(ascii: "}"))
      }
      return part
    }
    bytes += parts.concatenated
  }
}

/// One coordinate of all points, written with five digits of the largest.
private struct PlaceAxis: Sendable {
  let key: [UInt8]
  let values: [Float]
  let axis: Int
  let width: Int
  /// Values are written as whole multiples of one over this power of ten.
  private let scale: Double
  private let digits: Int

  init(key: [UInt8], values: [Float], axis: Int, width: Int) {
    (self.key, self.values, self.axis, self.width) = (key, values, axis, width)
    let largest = stride(from: axis, to: values.count, by: width).reduce(Float(0)) { max($0, values[$1].magnitude) }
    var (digits, scale) = (0, 1.0)
    while digits < 60, largest.isFinite, largest > 0, Double(largest) * scale < 10_000 {
      (digits, scale) = (digits + 1, scale * 10)
    }
    (self.digits, self.scale) = (digits, scale)
  }

  /// For example "pca-0":-1.2345
  func append(_ point: Int, to bytes: inout [UInt8]) {
    bytes += key
    let value = Double(values[point * width + axis])
    guard value.isFinite, value.magnitude * scale < 1e18 else {
      bytes.append(UInt8(ascii: "0"))
      return
    }
    let number = Int((value.magnitude * scale).rounded())
    if number == 0 {
      bytes.append(UInt8(ascii: "0"))
      return
    }
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    // Digits from the last to the first, the point among them.
    let start = bytes.count
    var (rest, place) = (number, 0)
    while rest > 0 || place <= digits {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
      place += 1
      if place == digits { bytes.append(UInt8(ascii: ".")) }
    }
    bytes[start...].reverse()
  }
}
