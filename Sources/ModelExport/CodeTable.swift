// CodeTable.swift
// The codes of images, a row for each image, as an array or as a table of text.

import ArrayFiles
import ByteStreams
package import Datasets
import Networks
package import PointMatrices
package import Runs

/// The activations of one layer for images, in the order of the images.
package struct CodeTable {
  /// The formats that a file's ending chooses.
  package enum Format: String, CaseIterable, Sendable {
    case npy, safetensors, csv, tsv

    /// - Returns: nil for another ending.
    package init?(path: String) {
      let name = path.lowercased()
      guard let format = Self.allCases.first(where: { name.hasSuffix(".\($0.rawValue)") }) else { return nil }
      self = format
    }
  }

  /// The layer whose activations these are.
  package let layer: String
  /// [images, dimensions]
  package let codes: PointMatrix
  /// Numbers of a code.
  package var dimensions: Int { codes.dimensions }
  private let images: ImageDataset

  /// Encodes images.
  /// - Parameter layer: the index of a layer of the model; the bottleneck, if nil.
  package init(_ model: TrainedModel, _ images: ImageDataset, layer: Int? = nil) {
    let autoencoder = model.autoencoder
    let layer = layer ?? autoencoder.bottleneckLayer
    self.images = images
    self.layer = autoencoder.layers[layer].name
    codes = PointMatrix(
      count: images.count, dimensions: autoencoder.layers[layer].outputCount,
      values: images.withPixels { autoencoder.activations(ofLayer: layer, $0, numbers: 0..<images.count) })
  }

  /// Returns the bytes of a file.
  ///
  /// Tables begin with a header. Their columns are the image's file and class, as far as the images have these, and the numbers, each
  /// the shortest text that reads back to the same bits.
  package func bytes(as format: Format) -> [UInt8] {
    switch format {
    case .npy: NPYFile.bytes(of: codes)
    case .safetensors:
      SafetensorsFile(
        metadata: ["layer": layer],
        tensors: [.init(name: "codes", shape: [codes.count, codes.dimensions], values: codes.values)]
      ).encoded
    case .csv: text(separator: ",", cell: CSVText.cell)
    case .tsv: text(separator: "\t") { $0.map { $0.isNewline || $0 == "\t" ? " " : String($0) }.joined() }
    }
  }

  private func text(separator: String, cell: (String) -> String) -> [UInt8] {
    var header: [String] = []
    if images.names != nil { header.append("file") }
    if images.hasLabels { header.append("label") }
    header += (0..<codes.dimensions).map { "code_\($0)" }
    var text = header.joined(separator: separator) + "\n"
    for row in 0..<codes.count {
      var cells: [String] = []
      if let names = images.names { cells.append(cell(names[row])) }
      if images.hasLabels { cells.append(cell(images.className(of: row))) }
      cells += codes.values[row * codes.dimensions..<(row + 1) * codes.dimensions].map { "\($0)" }
      text += cells.joined(separator: separator) + "\n"
    }
    return Array(text.utf8)
  }
}
