// LayerEmbedding.swift
// What a layer makes of images, as the points of a projector.

package import Datasets
import Embeddings
package import Networks
import PNG
package import PointMatrices
package import ProjectorFiles
import Runs
import Tensors

/// In which order the numbers of a layer with height, width and channels become columns.
package enum DataFormat: String, CaseIterable, Sendable {
  /// Channels run fastest.
  case channelsLast = "NHWC"
  /// Columns of the picture run fastest.
  case channelsFirst = "NCHW"
}

/// Which images' activations are shown, and how.
package struct LayerChoice: Sendable {
  /// A layer's name; the bottleneck, if nil.
  package var layer: String?
  package var points = EmbeddingExport.defaultPoints
  /// Chooses among more images than that, fairly by class, and orders them.
  package var seed: UInt64 = 0
  package var dataFormat = DataFormat.channelsLast
  package var style = SpriteSheet.Style.ink

  package init() {}
}

/// Activations of clean images, one image of each class first, each with its label, number and reconstruction error, and its
/// thumbnail.
package struct LayerEmbedding {
  /// What the projector's menu shows of the code.
  package static let bottleneckName = "bottleneck"
  /// The most numbers of all points together; fewer points are taken of larger layers.
  static let numberLimit = 1 << 25

  /// [points, numbers of the layer]
  package let codes: PointMatrix
  /// The images whose codes they are, in the same order.
  package let images: ImageDataset
  package let set: EmbeddingSet

  package var points: Int { codes.count }

  /// - Parameters:
  ///   - choice: at most as many points as the part has, and as `numberLimit` allows.
  ///   - format: text, unless told otherwise or the numbers are many.
  ///   - threads: at most so many draw thumbnails.
  /// - Throws: `ProjectorError` where the codes cannot be shown: fewer than two, or nothing but zeros;
  ///   `ExportError.noLayer`.
  package init(
    _ autoencoder: Autoencoder, _ part: ImageDataset, _ choice: LayerChoice, format: TensorFormat? = nil, threads: Int
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
    let metadata = try MetadataTable([
      .integers("label", images.labels.map { Int($0) }), .integers("index", sample),
      .numbers("reconstruction_error", errors.map { Float($0) }),
    ])
    let isCode = layer == autoencoder.bottleneckLayer
    let name = isCode ? Self.bottleneckName : autoencoder.layers[layer].name
    set = EmbeddingSet(
      name: name,
      folder: isCode ? RunDirectory.embeddingName : "\(RunDirectory.embeddingName)/\(name.replacing("/", with: "-"))",
      points: table, inMemory: codes, metadata: metadata,
      sprite: try images.sprite(style: choice.style, threads: threads), classColumn: "label",
      format: format ?? TensorFormat.suiting(numbers: table.values.count))
  }

  /// Which images are taken, in their order.
  package static func sample(of part: ImageDataset, points: Int, dimensions: Int, seed: UInt64) -> [Int] {
    PointSample(
      of: part.count, classes: part.labels.map { Int($0) },
      points: min(points, max(2, numberLimit / max(1, dimensions))), seed: seed
    ).numbers
  }

  private static func layer(_ name: String?, of autoencoder: Autoencoder) throws -> Int {
    guard let name, name != bottleneckName else { return autoencoder.bottleneckLayer }
    // The name of a block is that of its last layer.
    if let index = autoencoder.layers.lastIndex(where: { $0.name == name || $0.name.hasPrefix("\(name)/") }) {
      return index
    }
    throw ExportError.noLayer(name: name, layers: autoencoder.layers.map(\.name))
  }
}

extension TensorFormat {
  /// Text as long as it is read in two seconds.
  static func suiting(numbers: Int) -> TensorFormat { numbers > 2_000_000 ? .binary : .tsv }
}

extension [Float] {
  /// Rows of height × width × channels, turned to channels × height × width; rows of another rank stay.
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

extension ImageDataset {
  /// A thumbnail of each image. Those of two channels, or more than four, are shown as the gray of their mean.
  func sprite(style: SpriteSheet.Style = .ink, threads: Int) throws -> SpriteSheet {
    let isShown = [1, 3, 4].contains(shape.channels)
    return try SpriteSheet(
      count: count, height: shape.height, width: shape.width, channels: isShown ? shape.channels : 1, style: style,
      threads: threads
    ) { number in
      let pixels = image(number)
      return isShown ? pixels[...] : PNGImage(pixels, shape: shape).pixels[...]
    }
  }
}
