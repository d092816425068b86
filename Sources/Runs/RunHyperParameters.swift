// RunHyperParameters.swift
// A run's row and columns in TensorBoard's HParams dashboard.

import ByteStreams
package import EventFiles
package import Training

/// The columns that matter when runs are compared; all runs of a comparison have the same ones.
package struct RunComparison: Hashable, Sendable {
  /// The settings in which the runs differ.
  package var differing: Set<TrainingSetting>
  /// Whether only some of the runs reach the test images, so that the validation images are shown first.
  package var isByValidation = false

  package init(differing: Set<TrainingSetting>) { self.differing = differing }

  /// The settings that people usually change, for runs that are not compared yet.
  package static let `default` = RunComparison(
    differing: [.model, .filters, .learningRate, .batchSize, .epochs])
}

/// The hyperparameters of a run, as its row shows them.
package enum RunHyperParameters {
  /// Returns the value of a setting that belongs to the other model family: the dashboard hides runs with an empty cell.
  private static func noValue(_ setting: TrainingSetting) -> HyperParameter.Value {
    setting.kind.isNumber ? .number(0) : .text("none")
  }

  /// Returns all settings that decide the results.
  /// - Parameter data: the name of the images.
  package static func values(of configuration: TrainingConfiguration, data: String) -> [HyperParameter] {
    TrainingSetting.all.map { setting in
      HyperParameter(setting.key, configuration.value(of: setting).map(shown) ?? noValue(setting))
    } + [HyperParameter("data", .text(data))]
  }

  private static func shown(_ value: SettingValue) -> HyperParameter.Value {
    value.number.map { .number($0) } ?? .text(value.text)
  }
}

extension HyperParameterTable {
  /// Makes the columns of a run: the settings of both model families, with the differing ones first, and the metrics.
  ///
  /// All runs of a comparison have the same table, since the dashboard takes one run's table for all. It shows five metrics at first.
  /// - Parameter names: those under which the runs log their metrics.
  package init(_ comparison: RunComparison, names: TagNames = .current) {
    let settings = TrainingSetting.all.map { setting in
      Column(setting.key, setting.kind.isNumber ? .number : .text, differs: comparison.differing.contains(setting))
    }
    self.init(
      hyperParameters: settings + [Column("data", .text, differs: false)],
      metrics: Self.metrics(comparison).map { metric in
        var named = metric
        named.tag = names.name(metric.tag)
        return named
      })
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
    Metric(LoggedTag.neighborAccuracy.tag, run: RunDirectory.evaluationName, title: "kNN accuracy"),
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

/// Corrects the number of epochs and the patience in the log of a run that is resumed with others.
///
/// TensorBoard keeps the first hyperparameters that a run's files hold and ignores those of later files, so the record is replaced.
package enum LoggedHyperParameters {
  /// The number of records at the beginning of a file among which the hyperparameters are.
  private static let records = 16

  /// Replaces both numbers in the event files in `directory`. Call it while no process writes to the run.
  /// - Throws: `FileError`; then the files are unchanged.
  package static func set(_ configuration: TrainingConfiguration, in directory: String) throws {
    let numbers = [
      TrainingSetting.epochs.key: configuration.epochs, TrainingSetting.patience.key: configuration.patience,
    ]
    for name in try RunDirectory.eventFiles(in: directory) {
      let file = Directory.join(directory, name)
      guard let found = find(in: file), let event = found.event.with(numbers) else { continue }
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
  /// Returns the event with other numbers in some columns; nil if it has these numbers.
  fileprivate func with(_ numbers: [String: Int]) -> Event? {
    guard case .summary(let values) = content else { return nil }
    var isOther = false
    let new = values.map { value -> SummaryValue in
      guard case .sessionStart(var start) = value.content else { return value }
      for place in start.hyperParameters.indices {
        guard let number = numbers[start.hyperParameters[place].name] else { continue }
        isOther = isOther || start.hyperParameters[place].value != .number(Double(number))
        start.hyperParameters[place].value = .number(Double(number))
      }
      return .sessionStart(start)
    }
    return isOther ? Event(.summary(new), step: step, at: wallTime, writer: writer) : nil
  }
}
