// RunHyperParameters.swift
// A run's row and columns in TensorBoard's HParams dashboard.

import ByteStreams
package import EventFiles
import Networks
package import Training

/// The columns that matter when runs are compared; all runs of a comparison have the same ones.
package struct RunComparison: Hashable, Sendable {
  /// The options in which the runs differ, under their names on the command line without the hyphens.
  package var differing: Set<String>
  /// Whether only some of the runs reach the test images, so that the validation images are shown first.
  package var isByValidation = false

  package init(differing: Set<String>) { self.differing = differing }

  /// The options that people usually change, for runs that are not compared yet.
  package static let `default` = RunComparison(
    differing: ["model", "filters", "learning-rate", "batch-size", "epochs"])
}

/// The hyperparameters of a run, as its row shows them.
package enum RunHyperParameters {
  /// The value of an option that belongs to the other model family. The dashboard hides runs with an empty cell.
  private static let noValue = HyperParameter.Value.text("none")

  /// Returns all options that decide the results.
  /// - Parameter data: the name of the images.
  package static func values(of configuration: TrainingConfiguration, data: String) -> [HyperParameter] {
    let sizes = configuration.architecture.sizes.map(String.init).joined(separator: ",")
    var parameters: [HyperParameter] =
      switch configuration.architecture {
      case .convolutional(_, let downsampling):
        [
          HyperParameter("model", "convolutional"), HyperParameter("filters", .text(sizes)),
          HyperParameter("downsampling", .text(downsampling.rawValue)), HyperParameter("hidden_units", noValue),
        ]
      case .fullyConnected:
        [
          HyperParameter("model", "fully-connected"), HyperParameter("filters", noValue),
          HyperParameter("downsampling", noValue), HyperParameter("hidden_units", .text(sizes)),
        ]
      }
    parameters += [
      HyperParameter("data", .text(data)),
      HyperParameter("epochs", .number(Double(configuration.epochs))),
      HyperParameter("batch_size", .number(Double(configuration.batchSize))),
      HyperParameter("learning_rate", .number(configuration.learningRate)),
      HyperParameter("learning_rate_decay", .number(configuration.learningRateDecay)),
      HyperParameter("decay_steps", .number(Double(configuration.decaySteps))),
      HyperParameter("weight_decay", .number(configuration.weightDecay)),
      HyperParameter("dropout", .number(configuration.dropout)),
      HyperParameter("noise_factor", .number(configuration.noiseFactor)),
      HyperParameter("seed", .number(Double(configuration.seed))),
      HyperParameter("kernels", .text(configuration.kernels.rawValue)),
    ]
    return parameters
  }
}

extension HyperParameterTable {
  /// Makes the columns of a run: the options of both model families, with the differing ones first, and the metrics.
  ///
  /// All runs of a comparison have the same table, since the dashboard takes one run's table for all. It shows five metrics at first.
  package init(_ comparison: RunComparison) {
    let names: [(String, Column.Kind)] = [
      ("model", .text), ("filters", .text), ("downsampling", .text), ("hidden-units", .text), ("epochs", .number),
      ("batch-size", .number), ("learning-rate", .number), ("learning-rate-decay", .number), ("decay-steps", .number),
      ("weight-decay", .number), ("dropout", .number), ("noise-factor", .number), ("seed", .number),
      ("kernels", .text), ("data", .text),
    ]
    self.init(
      hyperParameters: names.map { name, kind in
        Column(name.replacing("-", with: "_"), kind, differs: comparison.differing.contains(name))
      },
      metrics: Self.metrics(comparison))
  }

  /// Runs that are not compared yet have only the five metrics that are shown at first.
  private static func metrics(_ comparison: RunComparison) -> [Metric] {
    if comparison == .default { return test + validation }
    return comparison.isByValidation ? validation + size + test + cost : test + validation + size + cost
  }

  private static func evaluation(_ metric: MetricTag, _ title: String) -> Metric {
    Metric(metric.tag, run: RunDirectory.evaluationName, title: title)
  }

  private static let test = [evaluation(.testLoss, "test loss"), evaluation(.testRMSE, "test RMSE")]
  private static let validation = [
    evaluation(.reconstructionLoss, "validation loss"),
    Metric(MetricTag.neighborAccuracyTag, run: RunDirectory.evaluationName, title: "kNN accuracy"),
    evaluation(.rmse, "validation RMSE"),
  ]
  private static let size = [
    Metric(MetricTag.bottleneck.tag, title: "bottleneck"), Metric(MetricTag.weightCount.tag, title: "weights"),
  ]
  private static let cost = [
    Metric(MetricTag.runSpeed.tag, title: "images/s"), Metric(MetricTag.seconds.tag, title: "seconds"),
    Metric(MetricTag.epochs.tag, title: "epochs trained"),
    Metric(MetricTag.reconstructionLoss.tag, title: "training loss"),
  ]
}

/// Corrects the number of epochs in the log of a run that is resumed with another one.
///
/// TensorBoard keeps the first hyperparameters that a run's files hold and ignores those of later files, so the record is replaced.
package enum LoggedHyperParameters {
  private static let column = "epochs"
  /// The number of records at the beginning of a file among which the hyperparameters are.
  private static let records = 16

  /// Replaces the number of epochs in the event files in `directory`. Call it while no process writes to the run.
  /// - Throws: `FileError`; then the files are unchanged.
  package static func set(epochs: Int, in directory: String) throws {
    for name in try RunDirectory.eventFiles(in: directory) {
      let file = Directory.join(directory, name)
      guard let found = find(in: file), let event = found.event.with(epochs: epochs, column) else { continue }
      var record = RecordWriter(MemorySink())
      try record.append(event.encoded())
      let bytes = try FileContents.read(file)
      let new = bytes[..<found.range.lowerBound] + (try record.close().bytes) + bytes[found.range.upperBound...]
      try AtomicFile.replace(file, bytes: Array(new))
    }
  }

  /// Returns the event with the hyperparameters, and the bytes of its record; nil if the file has none or is damaged before it.
  private static func find(in file: String) -> (event: Event, range: Range<Int>)? {
    guard var reader = try? EventFileReader(path: file) else { return nil }
    for _ in 0..<records {
      let start = reader.offset
      guard case .event(let event) = try? reader.next() else { return nil }
      if case .summary(let values) = event.content, values.contains(where: \.isSessionStart) {
        return (event, start..<reader.offset)
      }
    }
    return nil
  }
}

extension SummaryValue {
  fileprivate var isSessionStart: Bool { if case .sessionStart = content { true } else { false } }
}

extension Event {
  /// Returns the event with another number of epochs; nil if it has that number.
  fileprivate func with(epochs: Int, _ column: String) -> Event? {
    guard case .summary(let values) = content else { return nil }
    var isOther = false
    let new = values.map { value -> SummaryValue in
      guard case .sessionStart(var start) = value.content else { return value }
      for place in start.hyperParameters.indices where start.hyperParameters[place].name == column {
        isOther = isOther || start.hyperParameters[place].value != .number(Double(epochs))
        start.hyperParameters[place].value = .number(Double(epochs))
      }
      return .sessionStart(start)
    }
    return isOther ? Event(.summary(new), step: step, at: wallTime, writer: writer) : nil
  }
}
