// ForeignOptions.swift
// Command-line options for an embedding made from the files of another program.

package import ArgumentParser
import ArrayFiles
import Datasets
package import ProjectorExport
import Runs

import ByteStreams

extension ImageOrder: ExpressibleByArgument {}

/// Tensors, metadata and images from another program.
package struct ForeignOptions: ParsableArguments {
  @Option(
    name: .customLong("tensors"),
    help: ArgumentHelp(
      "File of points, one per row: .npy, .npz, .safetensors, text with any delimiter, word vectors, JSON lines, each also "
        + "gzipped, or raw float32 numbers with --shape; - is standard input. Repeat it for several embeddings of the same points.",
      valueName: "path"),
    completion: .file())
  package var tensorFiles: [String] = []

  /// The first file of points.
  package var tensors: String? { tensorFiles.first }

  @Option(
    help: ArgumentHelp(
      "Name of the array in a .safetensors or .npz file. (default: the only one with rows and columns)",
      valueName: "name"))
  package var tensor: String?

  @Option(
    help: ArgumentHelp(
      "Kind of the file of points: \(PointFormat.allNames.joined(separator: ", ")). (default: recognized)",
      valueName: "format"), transform: ForeignOptions.format)
  package var format: String?

  @Option(help: ArgumentHelp("Points × dimensions of a raw file, as in 10000x128.", valueName: "points>x<dims"))
  package var shape: String?

  @Option(
    help: ArgumentHelp(
      "File of metadata, one row per point: text with any delimiter, JSON lines, or labels in .npy, .npz or IDX.",
      valueName: "path"),
    completion: .file())
  package var metadata: String?

  @OptionGroup package var table: TableOptions

  @Option(
    help: ArgumentHelp(
      "Class column, which colors the points. (default: label, class or target, or the first with few distinct values)",
      valueName: "column"))
  package var label: String?

  @Option(
    help: ArgumentHelp(
      "Pictures of the points: IDX, .npy or .npz (N×H×W, N×H×W×C or N×C×H×W), a directory of \(PictureFile.formats) pictures or of "
        + "IDX or CIFAR files, or a sprite.",
      valueName: "path"),
    completion: .file())
  package var images: String?

  @Option(
    help: ArgumentHelp(
      "Order of a directory's pictures: natural (2.png before 10.png) or sorted (10.png before 2.png, as Python's sorted). "
        + "(default: by a metadata column of file names, or the files' order if both agree)", valueName: "order"))
  package var imageOrder: ImageOrder?

  @Option(
    help: ArgumentHelp(
      "Metadata column that names a directory's pictures. (default: found by its values)", valueName: "column"
    ))
  package var imageColumn: String?

  @Option(
    help: ArgumentHelp(
      "Width and height of each picture in a sprite, as in 28x28. (default: from a projector_config.pbtxt next to it, or "
        + "the only size that fits)", valueName: "w>x<h"))
  package var thumbnail: String?

  @Option(
    help: ArgumentHelp(
      "Log directory to write to. (default: with --run, the one that holds the run)",
      valueName: "path"), completion: .directory)
  package var logdir: String?

  @Option(
    help: ArgumentHelp(
      "Name of the embedding and of its run. (default: the file's name; with --run, the embedding goes into that run)",
      valueName: "name"))
  package var name: String?

  @Flag(help: "Skip points that are not finite, instead of failing.")
  package var dropNonfinite = false

  package init() {}

  package func validate() throws {
    let given: [(String, Bool)] =
      [
        ("tensor", tensor != nil), ("shape", shape != nil), ("format", format != nil),
        ("metadata", metadata != nil), ("label", label != nil),
        ("images", images != nil), ("image-order", imageOrder != nil), ("image-column", imageColumn != nil),
        ("thumbnail", thumbnail != nil), ("drop-nonfinite", dropNonfinite), ("encoding", table.encoding != nil),
      ] + (table.ofMetadata + table.ofTensors).map { ($0, true) }
    if logdir?.isEmpty ?? false { throw ValidationError("--logdir: the path is empty; give a directory") }
    guard let tensors else {
      if let (option, _) = given.first(where: \.1) {
        throw ValidationError("--\(option) belongs to --tensors; leave it out or name the file of points")
      }
      if logdir != nil, name == nil { throw ValidationError("--logdir wants --tensors, or --name with --run") }
      try name.map(checkName)
      return
    }
    for (option, path) in [("tensors", tensors), ("metadata", metadata), ("images", images)] {
      if path?.isEmpty ?? false { throw ValidationError("--\(option): the path is empty; give a file") }
    }
    if logdir == nil { throw ValidationError("--tensors wants --logdir, the log directory to write into") }
    try validateTables()
    if thumbnail != nil, images == nil { throw ValidationError("--thumbnail belongs to --images") }
    if imageOrder != nil, images == nil { throw ValidationError("--image-order belongs to --images") }
    if imageColumn != nil {
      if images == nil { throw ValidationError("--image-column belongs to --images") }
      if metadata == nil { throw ValidationError("--image-column belongs to --metadata") }
      if imageOrder != nil { throw ValidationError("--image-column and --image-order exclude each other; choose one") }
    }
    try validateSeveral()
    if let format, shape ?? tensor != nil {
      throw ValidationError("--format \(format) excludes --\(shape == nil ? "tensor" : "shape"); choose one")
    }
    if tensorFiles.contains(InputFile.standardInput) {
      if metadata == InputFile.standardInput {
        throw ValidationError("--tensors and --metadata can't both be standard input")
      }
      if name == nil { throw ValidationError("--tensors - wants --name, the name of the embedding") }
    }
    if shape != nil, tensor != nil {
      throw ValidationError("--shape is for raw numbers, --tensor for .safetensors and .npz")
    }
    _ = try pair(shape, option: "shape", example: "10000x128")
    _ = try pair(thumbnail, option: "thumbnail", example: "28x28")
    try checkName(runName)
  }

  /// Rejects options that apply to one file of points, and files whose embeddings would have the same name.
  private func validateSeveral() throws {
    guard tensorFiles.count > 1 else { return }
    for (option, isGiven) in [("tensor", tensor != nil), ("shape", shape != nil)] where isGiven {
      throw ValidationError("--\(option) belongs to one file of points; save its array as a file of its own")
    }
    if let empty = tensorFiles.first(where: \.isEmpty) {
      throw ValidationError("--tensors: the path \(DisplayName.quoted(empty)) is empty; give a file")
    }
    var seen: Set<String> = []
    for name in tensorFiles.map(Self.baseName) where !seen.insert(name).inserted {
      throw ValidationError(
        "two files of --tensors would have the name \(DisplayName.quoted(name)) in the projector; rename one")
    }
    for name in seen { try checkName(name) }
  }

  private func checkName(_ name: String) throws {
    do {
      try RunPlacement.check(name)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// Rejects options for text files if there is no such file.
  private func validateTables() throws {
    let isText = try tensorFiles.contains { try source($0).mayBeText }
    if metadata == nil, let option = table.ofMetadata.first {
      let advice = option == "header" && isText ? "; for --tensors give --tensors-header" : ""
      throw ValidationError("--\(option) belongs to --metadata\(advice)")
    }
    if metadata?.lowercased().hasSuffix(".npy") ?? false, let option = table.ofMetadata.first {
      throw ValidationError("--\(option) belongs to --metadata in a text file")
    }
    if !isText, let option = table.ofTensors.first {
      throw ValidationError("--\(option) belongs to --tensors in a text file")
    }
    if label != nil, metadata == nil, !isText { throw ValidationError("--label belongs to --metadata") }
    if table.encoding != nil, metadata == nil, !isText {
      throw ValidationError("--encoding belongs to text files, and there is none")
    }
  }

  private func source(_ path: String) throws -> TensorSource {
    if let (rows, columns) = try pair(shape, option: "shape", example: "10000x128") {
      return .raw(path, rows: rows, columns: columns)
    }
    return tensor.map { .tensor(path, name: $0) } ?? .file(path, format: format)
  }

  private static func format(_ text: String) throws -> String {
    if PointFormat.allNames.contains(text) { return text }
    throw ValidationError(
      "--format: got \(DisplayName.quoted(text)), want one of \(PointFormat.allNames.joined(separator: ", "))")
  }

  /// The given log directory, or the one that holds the run in `directory`.
  package func logdir(beside directory: String) -> String {
    let isDots = [".", ".."].contains(Directory.lastPart(of: directory))
    return logdir ?? Directory.parent(of: isDots ? Directory.resolved(directory) ?? directory : directory)
  }

  /// Returns the embedding that the options describe.
  package func embedding() throws -> ForeignEmbedding {
    var embedding = ForeignEmbedding(try source(tensors ?? ""))
    embedding.others = try tensorFiles.dropFirst().map { (Self.baseName($0), try source($0)) }
    embedding.entryName = Self.baseName(tensors ?? "")
    embedding.tensorOptions = table.tensorOptions
    embedding.metadata = metadata
    embedding.metadataOptions = table.metadataOptions(label: label)
    embedding.images = images
    embedding.tile = try pair(thumbnail, option: "thumbnail", example: "28x28")
    embedding.imageOrder = imageOrder
    embedding.imageColumn = imageColumn
    embedding.dropsNonFinite = dropNonfinite
    return embedding
  }

  /// The given name, or that of the first file.
  package var runName: String {
    name ?? Self.baseName(tensors ?? "")
  }

  /// A file's name without its extension; characters that are not safe in a URL become hyphens.
  private static func baseName(_ path: String) -> String {
    let file = Directory.lastPart(of: path == InputFile.standardInput ? "stdin" : path)
    let base = file.split(separator: ".").first.map(String.init) ?? file
    return String(base.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" })
  }

  /// Parses two numbers of 1 or more, separated by x.
  private func pair(_ text: String?, option: String, example: String) throws -> (Int, Int)? {
    guard let text else { return nil }
    let numbers = text.split(whereSeparator: { "x×,".contains($0) }).map { Int($0) }
    guard numbers.count == 2, let first = numbers[0], let second = numbers[1], first > 0, second > 0 else {
      throw ValidationError("--\(option): got \(DisplayName.quoted(text)), want two numbers, as in \(example)")
    }
    return (first, second)
  }
}
