// GoldenPoints.swift
// Points that Swift and Python make alike, and what NumPy, SciPy, scikit-learn and openTSNE find of them.

import Embeddings
import Foundation
import PointMatrices
import Testing

/// Points of any offset and scale, in classes (`points` of Tests/Fixtures/golden/embeddings.py).
struct HashedPoints: Decodable, Sendable {
  let name: String
  let stream: Int
  let count: Int
  let dimensions: Int
  let classes: Int
  let spread: Double
  let far: Double
  let offset: Double
  let scale: Double

  var labels: [Int] { (0..<count).map { $0 % classes } }

  /// scale · (offset + center of the class + spread · noise); the last class is far away along every dimension.
  var points: PointMatrix {
    let centers = (0..<classes * dimensions).map { place in
      let center = Self.hashed(place, stream: 2 * stream)
      return place / dimensions == classes - 1 ? center + far : center
    }
    var values: [Float] = []
    values.reserveCapacity(count * dimensions)
    for point in 0..<count {
      for dimension in 0..<dimensions {
        let noise = Self.hashed(point * dimensions + dimension, stream: 2 * stream + 1)
        let center = centers[point % classes * dimensions + dimension]
        values.append(Float(scale * (offset + (center + spread * noise))))
      }
    }
    return PointMatrix(count: count, dimensions: dimensions, values: values)
  }

  /// The hash of Tests/Fixtures/golden/README.md, as a number of [-1, 1).
  private static func hashed(_ index: Int, stream: Int) -> Double {
    var x = UInt32(truncatingIfNeeded: index) &* 0x9E37_79B1 &+ UInt32(stream + 1) &* 0x85EB_CA77
    x ^= x >> 15
    x = x &* 0x2C1B_3C6D
    x ^= x >> 12
    x = x &* 0x297A_2D39
    x ^= x >> 15
    return Double(x >> 8) / 8_388_608 - 1
  }
}

/// A case of embeddings.json.
struct GoldenPoints: Decodable, Sendable, CustomTestStringConvertible {
  let hashed: HashedPoints
  let truth: Truth

  struct Truth: Decodable, Sendable {
    /// Fractions of the variance of the first three components.
    let shares: [Double]
    /// The first eight points along the first three components, each up to its sign.
    let projected: [[Double]]
    let accuracy: Double
    let silhouette: Double
    /// Trustworthiness of the first two dimensions as a code.
    let trustworthiness: Double
  }

  static let neighbors = 5
  static let all: [GoldenPoints] = decoded("embeddings")

  init(from decoder: any Decoder) throws {
    (hashed, truth) = (try HashedPoints(from: decoder), try Truth(from: decoder))
  }

  var testDescription: String { hashed.name }
}

/// A case of layouts.json.
struct GoldenLayout: Decodable, Sendable, CustomTestStringConvertible {
  let hashed: HashedPoints
  let divergences: Divergences

  struct Divergences: Decodable, Sendable {
    let openTSNE: Double
    let scikit_learn: Double
  }

  static let all: [GoldenLayout] = decoded("layouts")

  init(from decoder: any Decoder) throws {
    (hashed, divergences) = (try HashedPoints(from: decoder), try Divergences(from: decoder))
  }

  var testDescription: String { hashed.name }
}

private func decoded<Case: Decodable>(_ name: String) -> [Case] {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/golden/\(name).json")
  guard let data = try? Data(contentsOf: file) else { return [] }
  return (try? JSONDecoder().decode([Case].self, from: data)) ?? []
}
