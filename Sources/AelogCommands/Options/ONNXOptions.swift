// ONNXOptions.swift
// Which part of a model is written as ONNX, and where.

package import ArgumentParser
package import ModelExport

extension ModelPart: ExpressibleByArgument {}

/// The file for other programs to run; none unless asked for.
package struct ONNXOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write the model as ONNX into this file instead; the run's directory stays as it is.", valueName: "file"),
    completion: .file())
  package var onnx: String?

  @Option(help: ArgumentHelp("The part of the model that --onnx writes. (default: encoder)", valueName: "part"))
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
