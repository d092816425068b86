// Checkpoint.swift
// The state of a run after a step: everything that is needed to resume it or to use its model.

package import ArrayFiles
package import ByteStreams
import CKernels
package import Datasets
package import Networks
import Parallel
package import Tensors

/// The state of a run after a step, as a safetensors file.
///
/// Tensors: each parameter in its documented order and shape under its name, then Adam's moments as
/// `adam/moment1/NAME` and `adam/moment2/NAME`. Everything else is text in the file's `__metadata__`.
package struct Checkpoint: Equatable, Sendable {
  /// The identity of the images that the run trains on.
  package struct Data: Hashable, Sendable {
    package var source: DataSource
    /// The seed of the drawn digits.
    package var seed: UInt64
    /// A hash that changes with any pixel or label.
    package var fingerprint: String
    /// The same for the validation and test images only; nil in files of older programs.
    package var evaluationFingerprint: String?
    package var shape: ImageShape

    package init(
      source: DataSource, seed: UInt64, fingerprint: String, evaluationFingerprint: String?, shape: ImageShape
    ) {
      self.source = source
      self.seed = seed
      self.fingerprint = fingerprint
      self.evaluationFingerprint = evaluationFingerprint
      self.shape = shape
    }
  }

  package let configuration: TrainingConfiguration
  /// The weights with which the run began; nil if they were drawn.
  package let weightSource: WeightSource?
  package let position: TrainingPosition
  /// Epochs finished.
  package let epoch: Int
  /// The kernels that were used (`Autoencoder.kernelsName`); others may differ in the last bits.
  package let kernels: String
  package let data: Data
  /// The program's version.
  package let version: String
  package let tensors: [SafetensorsFile.Tensor]

  /// Steps taken.
  package var step: Int { position.step }
  /// Numbers of the model, without Adam's moments.
  package var weightCount: Int { weights.reduce(0) { $0 + $1.values.count } }

  /// Copies the state of a run.
  package init(of run: TrainingRun, source: DataSource, dataSeed: UInt64, version: String) {
    let slab = run.autoencoder.slab
    configuration = run.configuration
    weightSource = run.weightSource
    position = run.position
    epoch = run.step / run.stepsPerEpoch
    kernels = run.autoencoder.kernelsName
    data = Data(
      source: source, seed: dataSeed, fingerprint: run.data.fingerprint,
      evaluationFingerprint: run.data.evaluation.fingerprint, shape: run.data.shape)
    self.version = version
    tensors = [("", slab.values), (Self.moment1, slab.moment1), (Self.moment2, slab.moment2)].flatMap { prefix, part in
      slab.parameters.map {
        SafetensorsFile.Tensor(name: prefix + $0.name, shape: $0.shape, values: slab.numbers(of: $0, in: part))
      }
    }
  }

  /// Reads a checkpoint and verifies its checksum. Numbers that are not finite mean damage: training writes none.
  /// - Throws: `CheckpointError`, `FileError`, and the errors of an invalid configuration.
  package init(path: String) throws {
    let file = try Self.file(path)
    let metadata = CheckpointMetadata(file.metadata, path: path)
    configuration = try metadata.configuration()
    weightSource = try metadata.weightSource()
    position = try metadata.position()
    epoch = try metadata.natural("epoch")
    kernels = try metadata.text("kernels")
    data = try metadata.data()
    version = try metadata.text("version")
    tensors = file.tensors
    let checksum = try metadata.text(SafetensorsFile.checksumKey)
    guard checksum == file.checksum else {
      throw CheckpointError.checksum(path: path, got: file.checksum, want: checksum)
    }
    try metadata.check(position, epoch: epoch, epochs: configuration.epochs)
    if let tensor = tensors.first(where: { !$0.isFinite }) {
      throw CheckpointError.badTensor(path: path, name: tensor.name, reason: "has numbers that are NaN or infinite")
    }
  }

  /// The largest file that is read, in bytes: three times the most weights a model may have, and its header.
  private static let fileLimit = 1_300_000_000

  private static func file(_ path: String) throws -> SafetensorsFile {
    do {
      return try SafetensorsFile(path: path, limit: fileLimit)
    } catch let error as SafetensorsError {
      throw CheckpointError(error)
    }
  }

  static let moment1 = "adam/moment1/"
  static let moment2 = "adam/moment2/"

  /// Returns the name of a step's file, such as `step-00002150.safetensors`.
  package static func fileName(step: Int) -> String {
    "step-\(step.zeroPadded(to: 8)).safetensors"
  }

  /// Returns the step in a file's name, or nil for any other name.
  package static func step(ofFileName name: String) -> Int? {
    let digits = name.dropFirst(5).prefix { $0 != "." }
    guard let step = Int(digits), step >= 0, fileName(step: step) == name else { return nil }
    return step
  }

  /// Replaces the file at `path` atomically.
  /// - Throws: `FileError`.
  package func write(to path: String) throws { try prepared(for: path).commit() }

  /// Writes a temporary file, to be moved to `path`.
  /// - Throws: `FileError`.
  package func prepared(for path: String) throws -> AtomicFile.Prepared {
    var file = SafetensorsFile(metadata: try CheckpointMetadata.texts(of: self), tensors: tensors)
    file.metadata[SafetensorsFile.checksumKey] = file.checksum
    return try file.prepared(for: path)
  }

  /// Builds the model with this checkpoint's weights and moments.
  /// - Parameter path: the path that messages show.
  /// - Throws: `CheckpointError`, `ArchitectureError`.
  package func autoencoder(threads: Int, path: String) throws -> Autoencoder {
    try configuration.validate()
    // No memory is requested for a huge model unless the file holds its weights.
    let held = tensors.reduce(0) { $0 + $1.values.count }
    let needed = configuration.architecture.fewestWeights(imageShape: data.shape)
    guard held >= needed else {
      throw CheckpointError.badHeader(path: path, reason: "\(held) weights, but its model has \(needed) or more")
    }
    let autoencoder = try Autoencoder(
      configuration.architecture, imageShape: data.shape, batchSize: configuration.batchSize,
      dropout: Float(configuration.dropout), seed: nil, threads: ThreadAllowance(threads),
      kernels: configuration.kernels, loss: configuration.loss, beta: Float(configuration.beta))
    try restore(into: autoencoder, path: path)
    return autoencoder
  }

  /// Sets all weights and moments of a model.
  func restore(into autoencoder: Autoencoder, path: String) throws(CheckpointError) {
    try restoreWeights(into: autoencoder, path: path)
    let (slab, tensors) = (autoencoder.slab, NamedTensors(tensors, path: path))
    for parameter in slab.parameters {
      slab.set(parameter, in: slab.moment1, to: try tensors.values(of: parameter, Self.moment1))
      slab.set(parameter, in: slab.moment2, to: try tensors.values(of: parameter, Self.moment2))
    }
  }

  /// Sets all weights of a model; its moments stay.
  func restoreWeights(into autoencoder: Autoencoder, path: String) throws(CheckpointError) {
    let tensors = NamedTensors(tensors, path: path)
    // All are looked up first, so that an error changes nothing.
    for parameter in autoencoder.slab.parameters { _ = try tensors.values(of: parameter) }
    try autoencoder.setWeights { parameter throws(CheckpointError) in try tensors.values(of: parameter) }
  }
}

/// The tensors of a checkpoint by their names.
private struct NamedTensors {
  private let named: [String: SafetensorsFile.Tensor]
  /// The path that messages show.
  private let path: String

  init(_ tensors: [SafetensorsFile.Tensor], path: String) {
    named = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.path = path
  }

  func values(of parameter: Parameter, _ prefix: String = "") throws(CheckpointError) -> [Float] {
    let name = prefix + parameter.name
    guard let tensor = named[name] else { throw .missingTensor(path: path, name: name) }
    guard tensor.shape == parameter.shape else {
      throw .badTensor(path: path, name: name, reason: "has shape \(tensor.shape) instead of \(parameter.shape)")
    }
    return tensor.values
  }
}

extension Architecture {
  /// Returns the number of weights in the encoder's kernels: a lower bound, cheap and without overflow.
  /// - Precondition: the architecture is valid; an image has at most 2^28 elements.
  fileprivate func fewestWeights(imageShape: ImageShape) -> Int {
    switch family {
    case .convolutional:
      zip([imageShape.channels] + sizes, blocks).reduce(code) { sum, pair in
        let (inputs, block) = pair
        return sum + block.kernelSize * block.kernelSize * (inputs + (convolutions - 1) * block.filters) * block.filters
      }
    case .fullyConnected:
      zip([imageShape.count] + sizes, sizes).reduce(code) { $0 + $1.0 * $1.1 }
    }
  }
}

extension SafetensorsFile {
  /// A CRC-32C of the texts but the one named `checksum`, and of all tensors' names, shapes and bytes: eight digits.
  package var checksum: String {
    var crc: UInt32 = 0
    func add(_ bytes: UnsafeRawBufferPointer) { crc = ck_crc32c(crc, bytes.baseAddress, bytes.count) }
    func add(_ text: String) { Array(text.utf8).withUnsafeBytes { add($0) } }
    for (key, text) in metadata.sorted(by: { $0.key < $1.key }) where key != Self.checksumKey {
      add("\(key)\0\(text)\0")
    }
    for tensor in tensors {
      add("\(tensor.name)\0\(tensor.shape)\0")
      tensor.withLittleEndianBytes { add($0) }
    }
    return crc.zeroPadded(to: 8, radix: 16)
  }

  /// The text under which a file may hold its checksum.
  static let checksumKey = "checksum"
}

extension SafetensorsFile.Tensor {
  /// Whether no value is NaN or infinite.
  fileprivate var isFinite: Bool {
    // Without a branch for each value, so that the compiler makes vectors of it.
    let exponent: UInt32 = 0x7F80_0000
    return values.withUnsafeBytes { bytes in
      bytes.bindMemory(to: UInt32.self).reduce(into: UInt32(0)) { $0 |= $1 & exponent == exponent ? 1 : 0 } == 0
    }
  }
}
