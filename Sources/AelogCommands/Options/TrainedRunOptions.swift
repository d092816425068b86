// TrainedRunOptions.swift
// Command-line options that choose a trained run and the file that a command makes from it.

package import ArgumentParser
import ByteStreams
package import Datasets
package import ModelExport
package import PNG
package import Runs

extension Split: ExpressibleByArgument {}

/// A run's checkpoint, and the images to apply its model to.
package struct TrainedRunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Directory of a run that aelog train has written.", valueName: "path"),
    completion: .directory)
  package var run: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Step of the checkpoint to load. (default: the last; of a run with --patience, the best)", valueName: "n"))
  package var step: Int?

  @Option(help: ArgumentHelp("Split of the images to use. (default: test)", valueName: "split"))
  package var split: Split?

  @OptionGroup package var images: OtherImageOptions

  @OptionGroup package var threads: ThreadOptions

  package init() {}

  package func validate() throws {
    if run?.isEmpty ?? false {
      throw ValidationError("--run: the path is empty; give a run's directory, as in runs/first")
    }
    if let step, step < 0 { throw ValidationError("--step: got \(step), want 0 or more") }
  }

  /// The first option that was given, for a message.
  package var given: String? {
    [("run", run != nil), ("step", step != nil), ("split", split != nil), ("data", images.data != nil)].first(
      where: \.1)?.0
  }

  /// The split whose images are used.
  package var imageSplit: Split { split ?? .test }

  /// Loads the trained model without images.
  package func loadModel() throws -> TrainedModel {
    try TrainedModel.load(runDirectory: run ?? "", step: step, threads: threads.count)
  }

  /// Loads the trained model and the images.
  /// - Parameter output: shows the progress.
  package func load(_ output: TextStream) throws -> (TrainedModel, ShownImages) {
    let model = try loadModel()
    let shown = try ReadingDisplay.show(on: output) {
      try model.loadImages(imageSplit, from: images.source(for: model), threads: threads.count)
    }
    return (model, shown)
  }
}

extension ModelPart: ExpressibleByArgument {}

/// The ONNX file to write, and the part of the model in it.
package struct ONNXOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write the model to this ONNX file instead; the run's directory is not changed.", valueName: "path"),
    completion: .file())
  package var onnx: String?

  @Option(help: ArgumentHelp("Part of the model that --onnx writes. (default: encoder)", valueName: "part"))
  package var part: ModelPart?

  package init() {}

  package func validate() throws {
    if let onnx {
      try OutputFile(option: "onnx", path: onnx, example: "encoder.onnx").validate()
    } else if part != nil {
      throw ValidationError("--part belongs to --onnx; leave it out or name the file to write with --onnx")
    }
  }
}

/// The PNG file that a command writes.
package struct PictureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("PNG file to write; an existing file is replaced.", valueName: "path"), completion: .file())
  package var out: String

  package init() {}

  package func validate() throws {
    try OutputFile(option: "out", path: out, example: "sheet.png", isPNG: true).validate()
  }

  /// Writes the picture by an atomic replace: on an error the old file stays.
  package func write(_ picture: PNGImage) throws { try AtomicFile.replaceOrStream(out, bytes: picture.encoded()) }
}

/// A file that a command will write, checked before any work.
struct OutputFile {
  let option: String
  let path: String
  /// An example of a valid name, for messages.
  let example: String
  /// Whether the file is a PNG, whatever its name says. Pipes and devices have names without an extension.
  var isPNG = false

  /// Throws if the path can't be a file: it is empty, a directory, in a directory that does not exist, or named like another format.
  func validate() throws {
    if path.isEmpty { throw ValidationError("--\(option): the name is empty; give a file, as in \(example)") }
    if path.utf8.last == UInt8(ascii: "/") || Directory.exists(path) {
      throw ValidationError(
        "--\(option): \(DisplayName.quoted(path)) is a directory; give a file in it, as in \(example)")
    }
    let (name, extensions) = (Directory.lastPart(of: path), Directory.lastPart(of: path).split(separator: "."))
    if isPNG, extensions.count > 1, let last = extensions.last, last.lowercased() != "png" {
      throw ValidationError(
        "--\(option): \(DisplayName.quoted(name)) ends in .\(last), and the picture is a PNG; give a name that ends in .png, as in "
          + example)
    }
    let parent = Directory.parent(of: path)
    if !Directory.exists(parent) {
      throw ValidationError(
        "--\(option): there is no directory \(DisplayName.quoted(parent)); make it or choose another")
    }
  }
}

/// Selects the output: text for people, JSON for programs, or nothing.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print only errors.")
  var quiet = false

  @Flag(help: "Print one JSON line for programs at the end.")
  var json = false

  init() {}

  func validate() throws {
    if quiet && json { throw ValidationError("--quiet and --json exclude each other; choose one") }
  }

  /// The stream for text for people.
  func words(on console: Console) -> TextStream { console.words(quiet: quiet, json: json) }

  /// Prints the line with `--json`.
  func show(_ line: @autoclosure () -> JSONLine, on console: Console) {
    if json { console.output.line(line().text) }
  }
}
