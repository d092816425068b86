// ProjectorBookmarkTests.swift
// Stored views are JSON with every field that the page wants.

import Foundation
import ProjectorFiles
import Testing

struct ProjectorBookmarkTests {
  private func states(_ bookmarks: [ProjectorBookmark]) throws -> [[String: Any]] {
    let json = try JSONSerialization.jsonObject(with: Data(ProjectorBookmark.encoded(bookmarks)))
    return try #require(json as? [[String: Any]])
  }

  @Test("places, colors and labels are what was given") func fields() throws {
    let bookmark = ProjectorBookmark(
      label: "t-SNE \"by\"\tlabel", projection: .layout, shape: (3, 7), components: [1, -2, 0.25, 30, -0.001, 4],
      layout: [0, 1, 1e-9, -1, 5, 123456], color: "label", labels: "name")
    let state = try #require(states([bookmark, bookmark]).last)
    #expect(state["label"] as? String == "t-SNE \"by\"\tlabel" && state["selectedProjection"] as? String == "umap")
    #expect(state["dataSetDimensions"] as? [Int] == [3, 7] && state["shuffledDataIndices"] as? [Int] == [0, 1, 2])
    #expect(state["selectedColorOptionName"] as? String == "label" && state["selectedLabelOption"] as? String == "name")
    #expect(state["umapIs3d"] as? Bool == false && state["isSelected"] as? Bool == false)
    let places = try #require(state["projections"] as? [[String: Double]])
    for (point, want) in [
      ["pca-0": 1, "pca-1": -2, "umap-0": 0, "umap-1": 1], ["pca-0": 0.25, "pca-1": 30, "umap-0": 0, "umap-1": -1],
      ["pca-0": -0.001, "pca-1": 4, "umap-0": 5, "umap-1": 123456],
    ].enumerated() {
      #expect(Set(places[point].keys) == Set(want.keys))
      for (key, value) in want {
        // Five digits of the largest.
        #expect(abs((places[point][key] ?? .nan) - value) <= (key == "umap-1" ? 1 : key == "pca-1" ? 5e-4 : 5e-5))
      }
    }
    let camera = try #require(state["cameraDef"] as? [String: Any])
    #expect(camera["orthographic"] as? Bool == true && (camera["position"] as? [Double])?.count == 3)
  }

  @Test("tiny, huge and hopeless places are numbers still", arguments: [1e-38, 1e-20, 1, 3e38, Float.nan, .infinity])
  func extremes(value: Float) throws {
    let bookmark = ProjectorBookmark(label: "", projection: .components, shape: (2, 2), components: [value, -value])
    let places = try #require(states([bookmark])[0]["projections"] as? [[String: Double]])
    let read = places.map { $0["pca-0"] ?? .nan }
    if value.isFinite {
      #expect(abs(read[0] / Double(value) - 1) < 1e-3)
      #expect(read[0] == -read[1])
    } else {
      #expect(read == [0, 0])
    }
  }

  @Test("each of many points keeps its places, whatever the threads") func many() throws {
    let (points, width) = (2500, 10)
    let values = (0..<points * width).map { Float($0 % 9973) * ($0 % 3 == 0 ? -1 : 1) * ($0 % width == 3 ? 1e-6 : 1e3) }
    let bookmark = ProjectorBookmark(
      label: "x", projection: .components, shape: (points, width), components: values,
      layout: Array(values.prefix(3 * points)))
    let state = try #require(states([bookmark]).first)
    #expect(state["shuffledDataIndices"] as? [Int] == Array(0..<points))
    let places = try #require(state["projections"] as? [[String: Double]])
    #expect(places.count == points && places.allSatisfy { $0.count == width + 3 })
    for (point, place) in places.enumerated() {
      for axis in 0..<width {
        let (got, want) = (place["pca-\(axis)"] ?? .nan, Double(values[point * width + axis]))
        #expect(abs(got - want) <= (axis == 3 ? 0.51e-7 : 0.51), "\(point), \(axis): \(got), \(want)")
      }
      let (got, want) = (place["umap-2"] ?? .nan, Double(values[point * 3 + 2]))
      #expect(abs(got - want) <= 0.51, "\(point): \(got), \(want)")
    }
    #expect(ProjectorBookmark.encoded([bookmark], threads: 1) == ProjectorBookmark.encoded([bookmark], threads: 3))
  }

  @Test("at most ten components are stored") func components() throws {
    let bookmark = ProjectorBookmark(
      label: "x", projection: .components, shape: (2, 12), components: (0..<24).map(Float.init))
    #expect((try states([bookmark])[0]["projections"] as? [[String: Double]])?[1].count == 10)
  }
}
