// Exercise+Training.swift
// The files that training reads: images, compressed or not, checkpoints, records of runs.

import ArrayFiles
import ByteStreams
import Datasets
import Foundation
import Runs
import Sweeps
import Tensors
import Training
import Zlib

extension Exercise {
  static func readImages(_ bytes: [UInt8], _ directory: String) throws {
    let names = [
      "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
    ]
    var rest = bytes[...]
    let files = names.map { name in
      let end = rest.firstRange(of: [0xFE, 0x7F]) ?? rest.endIndex..<rest.endIndex
      defer { rest = rest[end.upperBound...] }
      return (path: Directory.join(directory, name), bytes: Array(rest[..<end.lowerBound]))
    }
    defer { for file in files { try? FileContents.remove(file.path) } }
    for file in files { try write(file.bytes, to: file.path) }
    guard let splits = try? DataSource.files(directory).load(seed: 0, threads: 1) else { return }
    for part in [splits.training, splits.validation, splits.test] {
      let pixels = part.withPixels { $0.count }
      if pixels != part.count * splits.shape.count {
        throw Disagreement(what: "\(pixels) pixels of \(part.count) images")
      }
    }
  }

  static func readCompressed(_ bytes: [UInt8]) throws {
    let whole = try? Gzip.inflate(bytes, limit: 1 << 22)
    var source = try GzipSource(SlowSource(bytes, size: Int(bytes.last ?? 0) % 31 + 1), limit: 1 << 22)
    if whole != (try? source.readAll(expected: 0)) { throw Disagreement(what: "a gzip file read in parts") }
  }

  /// Reads the checkpoint unchanged, and with a correct checksum.
  static func readCheckpoint(_ bytes: [UInt8], _ directory: String) throws {
    guard var file = try? SafetensorsFile(bytes: bytes, path: "bytes") else { return }
    if try SafetensorsFile(bytes: file.encoded, path: "encoded") != file, !file.holdsNaN {
      throw Disagreement(what: "tensors written and read again")
    }
    let path = Directory.join(directory, "checkpoint")
    defer { try? FileContents.remove(path) }
    file.metadata["checksum"] = file.checksum
    try write(file.encoded, to: path)
    guard let checkpoint = try? Checkpoint(path: path) else { return }
    _ = try? checkpoint.autoencoder(threads: 1, path: path)
    try checkpoint.write(to: path)
    if try Checkpoint(path: path) != checkpoint, !file.holdsNaN {
      throw Disagreement(what: "a checkpoint written and read again")
    }
  }

  static func readRun(_ bytes: [UInt8], _ directory: String) throws {
    let path = Directory.join(directory, RunDirectory.recordName)
    defer { try? FileContents.remove(path) }
    try write(bytes, to: path)
    guard let record = try? RunRecord.read(from: directory) else { return }
    _ = try? InterruptedRun(directory)
    try record.write(to: directory)
    let first = try FileContents.read(path)
    try RunRecord.read(from: directory).write(to: directory)
    if try FileContents.read(path) != first { throw Disagreement(what: "a record written and read again") }
  }
}

extension Exercise {
  /// Reads a specification, writes it, reads it again, and resolves it into trials.
  static func readSweep(_ bytes: [UInt8]) throws {
    guard let sweep = try? SweepSpecification(yaml: bytes, path: "bytes") else { return }
    if try SweepSpecification(yaml: Array(sweep.text.utf8), path: "text") != sweep {
      throw Disagreement(what: "a sweep written and read again")
    }
    _ = try? sweep.resolved()
  }
}

extension SafetensorsFile {
  /// Whether a number is NaN, which equals nothing, or a text contains it.
  fileprivate var holdsNaN: Bool {
    tensors.contains { $0.values.contains(where: \.isNaN) }
      || metadata.values.contains { $0.lowercased().contains("nan") }
  }
}
