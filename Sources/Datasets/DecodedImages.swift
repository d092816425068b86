// DecodedImages.swift
// A collection after decoding, in a file from which it is read again without its pictures.

package import ByteStreams
import Foundation
import Tensors

/// Keeps decoded collections in a directory, so that the trials of a sweep decode the pictures once. The files are safe to delete.
package struct DecodedImages: Sendable {
  private let directory: String

  /// - Parameter directory: holds the files; it is made with the first one.
  package init(_ directory: String) { self.directory = directory }

  /// Returns the images of a source, from their file if there is one, and writes it if not.
  ///
  /// A collection that is read as fast as such a file gets none. A file that is damaged, or belongs to other pictures, is ignored.
  /// - Throws: as `DataSource.load`; nothing if the file cannot be written.
  package func images(of source: DataSource, seed: UInt64, threads: Int) throws -> DatasetSplits {
    guard case .files(let path, let options) = source else { return try source.load(seed: seed, threads: threads) }
    let collection = try ImageSources.open(path, options)
    guard let stamp = try collection.stamp() else { return try collection.load(threads: threads) }
    let file = self.path(of: stamp)
    if let images = try? Self.read(RandomAccessFile(file)) { return images }
    let images = try collection.load(threads: threads)
    write(images, to: file)
    return images
  }

  /// Writes the file of images that were just read from a source.
  package func keep(_ images: DatasetSplits, of source: DataSource) {
    guard case .files(let path, let options) = source,
      let stamp = try? ImageSources.open(path, options).stamp()
    else { return }
    write(images, to: self.path(of: stamp))
  }

  private func path(of stamp: String) -> String { Directory.join(directory, "\(stamp).images") }

  /// Writes a file as far as there is space: without it, the pictures are decoded again.
  private func write(_ images: DatasetSplits, to file: String) {
    try? Directory.create(directory)
    try? AtomicFile.prepare(file) { try Self.write(images, to: &$0) }.commit()
  }

  /// All but the pixels and labels, which follow it in the file.
  private struct Header: Codable {
    struct Part: Codable {
      let count: Int
      let names: [String]?
    }

    let name: String
    let kind: String
    let extents: [Int]
    let classNames: [String]
    let hasLabels: Bool
    let notes: [String]
    let fingerprint: String
    /// The training, validation and test images.
    let parts: [Part]
  }

  /// The number of bytes of the header's length, at the beginning of the file.
  private static let lengthBytes = 8

  /// Writes a collection.
  package static func write(_ data: DatasetSplits, to sink: inout some ByteSink) throws {
    let parts = [data.training, data.validation, data.test]
    let header = try JSONEncoder().encode(
      Header(
        name: data.name, kind: data.kind, extents: [data.shape.height, data.shape.width, data.shape.channels],
        classNames: data.classNames, hasLabels: data.training.hasLabels, notes: data.evaluation.notes,
        fingerprint: data.fingerprint, parts: parts.map { Header.Part(count: $0.count, names: $0.names) }))
    try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try sink.write($0) }
    try sink.write(Array(header))
    for part in parts {
      try part.labels.map(\.littleEndian).withUnsafeBytes { try sink.write($0) }
      try part.withPixels { try sink.write(UnsafeRawBufferPointer($0)) }
    }
  }

  /// Reads a collection.
  /// - Returns: nil for a file that is damaged.
  /// - Throws: `FileError`.
  package static func read(_ file: RandomAccessFile) throws -> DatasetSplits? {
    let length = try file.bytes(at: 0, count: lengthBytes).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= 1 << 30,
      let header = try? JSONDecoder().decode(
        Header.self, from: Data(try file.bytes(at: lengthBytes, count: Int(length)))),
      header.parts.count == 3, header.extents.count == 3, header.extents.allSatisfy(ReadingOptions.sides.contains),
      header.extents[2] <= 256
    else { return nil }
    let shape = ImageShape(height: header.extents[0], width: header.extents[1], channels: header.extents[2])
    var place = lengthBytes + Int(length)
    var parts: [ImageDataset] = []
    for part in header.parts {
      guard part.count >= 1, part.count <= 1 << 31, part.names.map({ $0.count == part.count }) ?? true else {
        return nil
      }
      let (labelBytes, pixelBytes) = (2 * part.count, part.count * shape.count)
      guard try file.size(expecting: place + labelBytes + pixelBytes) >= place + labelBytes + pixelBytes else {
        return nil
      }
      let labels = try file.bytes(at: place, count: labelBytes).withUnsafeBytes { bytes in
        (0..<bytes.count / 2).map { UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) }
      }
      if !header.classNames.isEmpty, labels.contains(where: { Int($0) >= header.classNames.count }) { return nil }
      let pixels = try file.bytes(at: place + labelBytes, count: pixelBytes)
      // The file may have shrunk meanwhile.
      guard labels.count == part.count, pixels.count == pixelBytes else { return nil }
      place += labelBytes + pixelBytes
      parts.append(
        ImageDataset(
          shape: shape, pixels: pixels, labels: labels, classNames: header.classNames, hasLabels: header.hasLabels,
          names: part.names))
    }
    let images = DatasetSplits(
      name: header.name, kind: header.kind, training: parts[0],
      evaluation: EvaluationImages(
        validation: parts[1], test: parts[2], classNames: header.classNames, notes: header.notes))
    return try file.size(expecting: place) == place && images.fingerprint == header.fingerprint ? images : nil
  }
}
