// GoldenCase.swift
// Values of a whole model that PyTorch computed in double precision (Tests/Fixtures/golden/README.md).

import Foundation
import Networks
import Parallel
import Tensors

/// One case of the fixture, with its weights and images generated.
struct GoldenCase {
  let header: Header
  private let binary: Data

  struct Header: Decodable {
    var shape: [Int]
    var filters: [Int]?
    var downsampling: String?
    var hiddenUnits: [Int]?
    var parameters: Int
    var images: Images
    var losses: Losses
    var logits: Entry
    var bottleneck: Entry
    var gradients: [Gradient]
    var adamLosses: [Double]
  }
  struct Images: Decodable {
    var count: Int
    var stream: UInt32
    var sum: Int
    var last: [Int]
  }
  struct Losses: Decodable {
    var reconstruction: Double
    var total: Double
    var rmse: Double
  }
  struct Entry: Decodable {
    var offset: Int
    var count: Int
    var dtype: String
  }
  struct Gradient: Decodable {
    var name: String
    var shape: [Int]
    var scale: Double
    var norm: Double
    var offset: Int
    var count: Int
    var dtype: String
  }

  static let names = [
    "convolutional-pool", "convolutional-stride", "convolutional-pool-odd", "convolutional-stride-odd",
    "fully-connected", "fully-connected-small",
  ]

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/golden")
    header = try JSONDecoder().decode(Header.self, from: Data(contentsOf: folder.appending(path: name + ".json")))
    binary = try Data(contentsOf: folder.appending(path: name + ".bin"))
  }

  var architecture: Architecture {
    if let units = header.hiddenUnits { return .fullyConnected(hiddenUnits: units) }
    return .convolutional(
      filters: header.filters ?? [], downsampling: header.downsampling == "stride" ? .stride : .pool)
  }

  var imageShape: ImageShape {
    ImageShape(height: header.shape[0], width: header.shape[1], channels: header.shape[2])
  }

  /// The images' bytes.
  var pixels: [UInt8] {
    GoldenHash.pixels(count: header.images.count, shape: imageShape, stream: header.images.stream)
  }

  /// The weights of tensor number `index`.
  func weights(_ index: Int) -> [Float] {
    let gradient = header.gradients[index]
    return GoldenHash.weights(count: gradient.count, scale: gradient.scale, tensor: index)
  }

  func gradient(_ index: Int) -> [Double] {
    let entry = header.gradients[index]
    return numbers(Entry(offset: entry.offset, count: entry.count, dtype: entry.dtype))
  }

  func numbers(_ entry: Entry) -> [Double] {
    binary.withUnsafeBytes { bytes in
      (0..<entry.count).map { index in
        entry.dtype == "float64"
          ? bytes.loadUnaligned(fromByteOffset: entry.offset + index * 8, as: Double.self)
          : Double(bytes.loadUnaligned(fromByteOffset: entry.offset + index * 4, as: Float.self))
      }
    }
  }

  /// The model with the golden weights.
  func autoencoder(threads: ThreadAllowance, instructionSet: InstructionSet) throws -> Autoencoder {
    let model = try Autoencoder(
      architecture, imageShape: imageShape, batchSize: header.images.count, threads: threads,
      instructionSet: instructionSet)
    for (index, parameter) in model.slab.parameters.enumerated() { model.setWeights(parameter, to: weights(index)) }
    return model
  }
}

/// The hash that generates the fixtures' images and weights.
enum GoldenHash {
  private static func hash(_ index: Int, _ stream: UInt32) -> UInt32 {
    var x = UInt32(truncatingIfNeeded: index) &* 0x9E37_79B1 &+ (stream &+ 1) &* 0x85EB_CA77
    x ^= x >> 15
    x = x &* 0x2C1B_3C6D
    x ^= x >> 12
    x = x &* 0x297A_2D39
    return x ^ (x >> 15)
  }

  /// Bytes of `count` images.
  static func pixels(count: Int, shape: ImageShape, stream: UInt32) -> [UInt8] {
    let (h, w, c) = (shape.height, shape.width, shape.channels)
    return (0..<count * shape.count).map { index in
      let (n, row, column) = (index / (h * w * c), index / (w * c) % h, index / c % w)
      if (n + row / 4 + column / 4) % 3 == 0 { return 0 }
      let value = hash(index, stream) & 255
      return value >= 224 ? 255 : UInt8(value)
    }
  }

  /// The numbers of weight tensor number `tensor`.
  static func weights(count: Int, scale: Double, tensor: Int) -> [Float] {
    (0..<count).map { Float(scale * (Double(hash($0, UInt32(tensor)) >> 8) / 0x1p23 - 1)) }
  }
}

/// ‖got − want‖ / ‖want‖.
func normalizedError(_ got: [Float], _ want: [Double]) -> Double {
  guard got.count == want.count else { return .infinity }
  let difference = zip(got, want).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
  let norm = want.reduce(0) { $0 + $1 * $1 }
  return norm == 0 ? difference.squareRoot() : (difference / norm).squareRoot()
}
