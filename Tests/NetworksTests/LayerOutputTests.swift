// LayerOutputTests.swift
// The output of every layer, by its name, against PyTorch in double precision (Tests/Fixtures/golden/README.md).

import Foundation
import Networks
import Parallel
import Tensors
import Testing

@Suite struct LayerOutputTests {
  static let names = [
    "pool", "stride", "pool-odd", "stride-odd", "pool-deep", "stride-deep", "pool-pixel", "stride-pixel", "pool-row",
    "stride-row", "dense", "dense-pixel", "dense-color",
  ]
  static let cases = names.flatMap { name in InstructionSet.available.map { (name, $0) } }
  /// More images than a chunk, and no multiple of one.
  static let images = 23

  @Test("every layer's output agrees, image by image", arguments: cases)
  func outputs(name: String, set: InstructionSet) throws {
    let golden = try LayerCase(name)
    for choice in set == .reference ? [KernelChoice.reference] : [.auto, .direct] {
      let model = try golden.autoencoder(instructionSet: set, kernels: choice)
      #expect(model.layers.map(\.name) == golden.layers.map(\.name))
      #expect(model.layers.map(\.outputShape) == golden.layers.map(\.shape))
      for (index, layer) in golden.layers.enumerated() {
        let got = golden.pixels(Self.images).withUnsafeBufferPointer { pixels in
          model.activations(ofLayer: index, pixels, numbers: 0..<Self.images)
        }
        let error = normalizedError(got, golden.outputs(of: layer, images: Self.images))
        #expect(error < 1e-5, "\(name), \(set), \(choice), \(layer.name): \(error)")
      }
    }
  }

  @Test("outputs beside the errors of reconstruction are the same", arguments: names)
  func outputsAndErrors(name: String) throws {
    let golden = try LayerCase(name)
    let model = try golden.autoencoder(instructionSet: .best, kernels: .auto)
    for index in model.layers.indices {
      golden.pixels(Self.images).withUnsafeBufferPointer { pixels in
        let alone = model.activations(ofLayer: index, pixels, numbers: 0..<Self.images)
        let (beside, errors) = model.activationsAndErrors(ofLayer: index, pixels, numbers: 0..<Self.images)
        #expect(beside == alone, "\(name), \(model.layers[index].name)")
        #expect(errors == model.errors(pixels, numbers: 0..<Self.images))
      }
    }
  }
}

/// One case of the fixture.
private struct LayerCase {
  struct Header: Decodable {
    var shape: [Int]
    var filters: [Int]?
    var downsampling: String?
    var hiddenUnits: [Int]?
    var images: Images
    var parameters: [Parameter]
    var layers: [Layer]
  }
  struct Images: Decodable {
    var count: Int
    var stream: UInt32
  }
  struct Parameter: Decodable {
    var name: String
    var shape: [Int]
    var scale: Double
  }
  struct Layer: Decodable {
    var name: String
    var shape: [Int]
    var offset: Int
    var count: Int
  }

  private let header: Header
  private let binary: Data
  var layers: [Layer] { header.layers }

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/golden/layers")
    header = try JSONDecoder().decode(Header.self, from: Data(contentsOf: folder.appending(path: name + ".json")))
    binary = try Data(contentsOf: folder.appending(path: name + ".bin"))
  }

  private var imageShape: ImageShape {
    ImageShape(height: header.shape[0], width: header.shape[1], channels: header.shape[2])
  }

  /// The fixture's images, repeated.
  func pixels(_ count: Int) -> [UInt8] {
    let own = GoldenHash.pixels(count: header.images.count, shape: imageShape, stream: header.images.stream)
    return (0..<count * imageShape.count).map { own[$0 % own.count] }
  }

  /// A layer's outputs for those images.
  func outputs(of layer: Layer, images: Int) -> [Double] {
    let own = binary.withUnsafeBytes { bytes in
      (0..<layer.count).map {
        Double(bytes.loadUnaligned(fromByteOffset: layer.offset + $0 * 4, as: Float.self))
      }
    }
    return (0..<layer.count / header.images.count * images).map { own[$0 % own.count] }
  }

  /// The model with the fixture's weights, for batches smaller than the number of images.
  func autoencoder(instructionSet: InstructionSet, kernels: KernelChoice) throws -> Autoencoder {
    let architecture: Architecture =
      if let units = header.hiddenUnits {
        .fullyConnected(hiddenUnits: units)
      } else {
        .convolutional(filters: header.filters ?? [], downsampling: header.downsampling == "stride" ? .stride : .pool)
      }
    let model = try Autoencoder(
      architecture, imageShape: imageShape, batchSize: 4, threads: 2, instructionSet: instructionSet, kernels: kernels)
    #expect(model.slab.parameters.map(\.name) == header.parameters.map(\.name))
    for (index, parameter) in model.slab.parameters.enumerated() {
      model.setWeights(
        parameter,
        to: GoldenHash.weights(count: parameter.count, scale: header.parameters[index].scale, tensor: index))
    }
    return model
  }
}
