// Bench.swift
// aelog bench: measures the training speed of a model, the machine's peak, and the time of each layer.

import ArgumentParser
import ByteStreams
import Datasets
import ModelExport
import Networks
import Training

/// Measures a model, and prints tables or JSON.
struct Bench: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the training speed of a model on this machine, layer by layer.",
    usage: "aelog bench [<options>]",
    discussion: """
      Speeds are medians of interleaved measurements. The peak is the speed of multiply-adds alone, measured in the same \
      minutes. Operations are those of direct convolution, so the roofline is the highest speed that direct convolution \
      could reach.

      Examples:
        aelog bench
        aelog bench --filters 32,16,8 --downsampling stride --image 32x32x3
        aelog bench --model fully-connected --threads 1 --json
      """)

  @OptionGroup(title: "Model") var model: SettingOptions<ModelRows>
  @OptionGroup(title: "Step") var step: SettingOptions<StepRows>
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup var threads: ThreadOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Duration of each measurement; a single step may take longer.", valueName: "seconds"))
  var seconds = 1.0

  @Flag(help: "Skip the measurements of layers, thread counts and other kernels.")
  var brief = false

  @Flag(help: "Print one JSON line for programs.")
  var json = false

  @Option(
    help: ArgumentHelp("Also log the layers' times in this log directory, on the model's graph.", valueName: "path"),
    completion: .directory)
  var logdir: String?

  func validate() throws {
    if !(seconds > 0 && seconds <= 600) {
      throw ValidationError("--seconds: got \(seconds), want above 0, at most 600")
    }
    if brief && logdir != nil {
      throw ValidationError(
        "--logdir needs the layers' times; remove --brief")
    }
    if logdir?.isEmpty == true { throw ValidationError("--logdir: the path is empty; give a directory, as in runs/") }
  }

  func run(on console: Console) throws -> Int32 {
    var configuration = TrainingConfiguration(model.values.merging(step.values) { $1 })
    let (dataset, fileNotes) = try images.load(batchSize: configuration.batchSize, threads: threads.count)
    let fitted = step.given[.batchSize] == nil ? configuration.fitBatch(to: dataset.count) : nil
    let notes = fileNotes + [fitted].compactMap(\.self)
    if configuration.batchSize > dataset.count {
      throw TrainingError.batchLargerThanSet(batch: configuration.batchSize, images: dataset.count)
    }
    let benchmark = Benchmark(configuration, on: dataset, threads: threads.count, seconds: seconds, isBrief: brief)
    let line = MovingLine(console.output)
    let report = try benchmark.run { next, fraction in
      line.draw("  measuring \(next): \(Quantity.fixed(fraction * 100, decimals: 0)) %")
    }
    line.clear()
    let run = try writeRun(report, configuration)
    if json {
      console.output.line(report.json.text)
    } else {
      console.output.line()
      for note in notes { console.output.paragraph("  note             \(note)", indent: 19) }
      BenchmarkText(report).lines(in: console.output.tableRoom).forEach { console.output.line($0) }
      if let run {
        console.output.line("  run              \(ShellWord.quoted(run))")
        console.output.line("  look at it       \(TensorBoardCommand.line(logdir: Directory.parent(of: run)))")
      }
      console.output.line()
    }
    return 0
  }

  /// Writes the layers' times as a run with `--logdir`.
  /// - Returns: the run's directory; nil without `--logdir`.
  private func writeRun(_ report: BenchmarkReport, _ configuration: TrainingConfiguration) throws -> String? {
    guard let logdir, let layers = report.account?.layers else { return nil }
    let batch = Double(configuration.batchSize)
    return try BenchmarkLog.write(
      layers.map {
        LayerCost(
          layer: $0.name, forwardSeconds: batch * $0.forward.seconds, backwardSeconds: batch * $0.backward.seconds)
      }, configuration, imageShape: report.subject.imageShape, logdir: logdir,
      name: "bench-" + configuration.architecture.name)
  }
}
