// LayerEmbedding.swift
// The activations of one layer for a sample of images, as an embedding.

package import Datasets
import Embeddings
package import Networks
package import PointMatrices
package import ProjectorFiles
import Runs

/// The order in which the activations of a layer with height, width and channels become columns.
package enum DataFormat: String, CaseIterable, Sendable {
  /// The channel changes fastest.
  case channelsLast = "NHWC"
  /// The column of the picture changes fastest.
  case channelsFirst = "NCHW"
}

/// The layer, the number of images, and the look of an embedding.
package struct LayerChoice: Sendable {
  /// A layer's name; if nil, the bottleneck.
  package var layer: String?
  package var points = EmbeddingExport.defaultPoints
  /// The seed that chooses among more images, balanced over the classes, and orders them.
  package var seed: UInt64 = 0
  package var dataFormat = DataFormat.channelsLast
  package var style = SpriteSheet.Style.ink

  package init() {}
}

/// The activations of clean images, one image of each class first, each with label, index, reconstruction error and thumbnail.
package struct LayerEmbedding {
  /// The name of the latent codes in the projector's menu.
  package static let bottleneckName = "bottleneck"
  /// The most activations of all points together; larger layers have fewer points.
  static let numberLimit = 1 << 25
  /// The column of each image's RMSE. The inputs are clean; a denoising model's name says so, since the measures of its run have noise.
  static func errorColumn(isDenoising: Bool) -> String {
    isDenoising ? "reconstruction_error_clean_input" : "reconstruction_error"
  }

  /// [points, activations of the layer]
  package let codes: PointMatrix
  /// The images of these codes, in the same order.
  package let images: ImageDataset
  package let set: EmbeddingSet

  package var points: Int { codes.count }

  /// - Parameters:
  ///   - isDenoising: whether the model was trained with noise, of which the name of the column of errors tells.
  ///   - choice: the layer and the images; there are at most as many points as the part has images and `numberLimit` allows.
  ///   - format: if nil, text for few numbers and binary for many.
  ///   - threads: the most threads that draw thumbnails.
  /// - Throws: `ProjectorError` if the codes cannot be shown because there are fewer than two or all are zeros;
  ///   `ExportError.noLayer`.
  package init(
    _ autoencoder: Autoencoder, isDenoising: Bool, _ part: ImageDataset, _ choice: LayerChoice,
    format: TensorFormat? = nil, threads: Int
  ) throws {
    let layer = try Self.layer(choice.layer, of: autoencoder)
    let (shape, width) = (autoencoder.layers[layer].outputShape, autoencoder.layers[layer].outputCount)
    let sample = Self.sample(of: part, points: choice.points, dimensions: width, seed: choice.seed)
    let images = part.gathered(sample, threads: threads)
    let (numbers, errors) = images.withPixels { pixels in
      autoencoder.activationsAndErrors(ofLayer: layer, pixels, numbers: 0..<sample.count)
    }
    let ordered = choice.dataFormat == .channelsFirst ? numbers.channelsFirst(shape) : numbers
    codes = PointMatrix(count: sample.count, dimensions: width, values: ordered)
    self.images = images
    let table = try codes.table
    let metadata = try MetadataTable(
      images.labelColumns + [
        .integers("index", sample),
        .numbers(Self.errorColumn(isDenoising: isDenoising), errors.map { Float($0) }),
      ])
    let drawn = try images.sprite(style: choice.style, threads: threads)
    let isCode = layer == autoencoder.bottleneckLayer
    let name = isCode ? Self.bottleneckName : autoencoder.layers[layer].name
    set = EmbeddingSet(
      name: name,
      folder: isCode ? RunDirectory.embeddingName : "\(RunDirectory.embeddingName)/\(name.replacing("/", with: "-"))",
      points: table, inMemory: codes, metadata: metadata,
      sprite: drawn.sheet, classColumn: images.hasLabels ? ImageDataset.labelColumn : nil, isFramed: drawn.isFramed,
      format: format ?? TensorFormat.suiting(numbers: table.values.count))
  }

  /// Returns the indices of the images of an embedding, in order.
  package static func sample(of part: ImageDataset, points: Int, dimensions: Int, seed: UInt64) -> [Int] {
    PointSample(
      of: part.count, classes: part.labels.map { Int($0) },
      points: min(points, max(2, numberLimit / max(1, dimensions))), seed: seed
    ).numbers
  }

  /// Returns the index of a layer by its name, or of the last layer of a block; of the bottleneck, if nil.
  /// - Throws: `ExportError.noLayer`.
  package static func layer(_ name: String?, of autoencoder: Autoencoder) throws -> Int {
    guard let name, name != bottleneckName else { return autoencoder.bottleneckLayer }
    // The name of a block stands for its last layer.
    if let index = autoencoder.layers.lastIndex(where: { $0.name == name || $0.name.hasPrefix("\(name)/") }) {
      return index
    }
    throw ExportError.noLayer(name: name, layers: autoencoder.layers.map(\.name))
  }
}

extension TensorFormat {
  /// Returns text for numbers that the page reads in two seconds, else binary.
  static func suiting(numbers: Int) -> TensorFormat { numbers > 2_000_000 ? .binary : .tsv }
}

extension [Float] {
  /// Returns rows of height × width × channels as channels × height × width; rows of another rank are not changed.
  fileprivate func channelsFirst(_ shape: [Int]) -> [Float] {
    guard shape.count == 3 else { return self }
    let (area, channels) = (shape[0] * shape[1], shape[2])
    return [Float](unsafeUninitializedCapacity: count) { turned, filled in
      for start in stride(from: 0, to: count, by: area * channels) {
        for channel in 0..<channels {
          for pixel in 0..<area {
            turned.initializeElement(at: start + channel * area + pixel, to: self[start + pixel * channels + channel])
          }
        }
      }
      filled = count
    }
  }
}
