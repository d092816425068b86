// RunVerifier+Series.swift
// Checks tags: their metadata, the order of their steps, and what is known only at the end of a run.

import ByteStreams

extension RunVerifier {
  mutating func add(_ rule: EventRule, _ number: Int, _ spot: Spot, _ text: () -> FindingText) {
    tally.add(rule, file: spot.file, offset: spot.offset, series: number, tag: series[number].tag, text)
  }

  /// Applies a value's metadata to its series, as each loader does.
  mutating func describe(_ number: Int, by value: VerifiedValue, _ spot: Spot) {
    let series = self.series[number]
    guard let plugin = value.plugin else {
      if series.values == 1, !spot.isOverForRust { self.series[number].rust.describe(plugin: "", dataClass: .unknown) }
      return
    }
    let known = Dashboard(rawValue: plugin)
    let own = value.metadata?.dataClass ?? .unknown
    let filled = own != .unknown && value.oldDashboard == nil ? own : known?.defaultClass ?? .unknown
    if let before = series.plugin {
      if before != plugin { noteKind(number, before, plugin, spot) }
    } else {
      self.series[number].plugin = plugin
      self.series[number].dataClass = filled
      checkMetadata(number, value, spot)
    }
    if !spot.isOverForPython {
      // The class is filled in if the tag's first value in the file has metadata (dataclass_compat.py).
      let isFilled = self.series[number].isDescribedInFile || value.oldDashboard != nil
      self.series[number].python.describe(plugin: plugin, dataClass: isFilled ? filled : own)
    }
    if !spot.isOverForRust { self.series[number].rust.describe(plugin: plugin, dataClass: filled) }
  }

  private mutating func noteKind(_ number: Int, _ before: String, _ now: String, _ spot: Spot) {
    add(.kindChanged, number, spot) {
      FindingText(
        "the tag belongs to the dashboard \(before), and here to \(now)",
        both: "it uses the first; values that do not match it are hidden")
    }
  }

  private mutating func checkMetadata(_ number: Int, _ value: VerifiedValue, _ spot: Spot) {
    guard let metadata = value.metadata else { return }
    if value.oldDashboard != nil {
      if metadata.dataClass == .unknown, !metadata.description.isEmpty || !metadata.displayName.isEmpty {
        add(.descriptionLost, number, spot) {
          FindingText(
            "a value in an old form has a description but no data class", python: "it shows the description",
            rust: "it drops the description")
        }
      }
      return
    }
    guard let dashboard = Dashboard(rawValue: metadata.pluginName) else {
      if metadata.dataClass == .unknown {
        add(.noDataClass, number, spot) {
          FindingText("the metadata name neither a known dashboard nor a data class", both: "it hides the tag")
        }
      } else {
        add(.unknownPlugin, number, spot) {
          FindingText("no dashboard of TensorBoard shows it", both: "it keeps it for a plugin of that name")
        }
      }
      return
    }
    let filled = metadata.dataClass == .unknown ? dashboard.defaultClass : metadata.dataClass
    if filled != dashboard.dataClass {
      add(.wrongDataClass, number, spot) {
        FindingText(
          "the data class is \(metadata.dataClass), but the dashboard needs \(dashboard.dataClass)",
          both: "it hides the tag")
      }
    }
    checkPluginContent(metadata.pluginContent, dashboard, number, spot)
  }

  /// The server parses the content of each tag's metadata before it lists any tag.
  private mutating func checkPluginContent(
    _ content: [UInt8], _ dashboard: Dashboard, _ number: Int, _ spot: Spot
  ) {
    // Very old files contain this text.
    if content == Array("{}".utf8), dashboard == .histograms || dashboard == .text { return }
    guard let schema = dashboard.contentSchema else { return }
    guard schema.accepts(content) else {
      series[number].unserved.both = "the metadata's content"
      return add(.badContent, number, spot) {
        FindingText(
          "the metadata's content is not what the dashboard \(dashboard.rawValue) writes there",
          both: "the dashboard answers with an error for the whole log directory")
      }
    }
    let version = content.withUnsafeBytes { WireReader.number(1, in: $0) } ?? 0
    if version > 0, dashboard != .mesh {
      series[number].unserved.both = "the version of the metadata's content"
      add(.newVersion, number, spot) {
        FindingText(
          "the metadata's content has version \(version), and TensorBoard 2.21 knows 0", both: "it hides the tag")
      }
    }
  }

  /// Checks that the steps of a tag rise, except for dashboards that show only the last value.
  mutating func checkSteps(_ number: Int, _ step: Int64, _ spot: Spot) {
    defer {
      series[number].lastStep = step
      series[number].restart = nil
    }
    let series = self.series[number]
    guard let last = series.lastStep, step <= last, !(series.dashboard?.showsLastOnly ?? false) else { return }
    if let restart = series.restart, restart <= step { return }
    if step == last {
      let isBlob = series.dashboard == .images || series.dashboard == .audio
      add(.stepRepeated, number, spot) {
        FindingText(
          "step \(step) occurs twice", python: isBlob ? "it shows the first" : "it shows both",
          rust: "it shows the last")
      }
    } else {
      let isOld = !hasSessionStart
      add(.stepBack, number, spot) {
        FindingText(
          "step \(step) comes after step \(last)" + (isOld ? "" : ", and no session starts there"),
          python: "it keeps all: the curve runs backward",
          rust: "it drops the earlier points from step \(step) on")
      }
    }
  }
}

extension RunVerifier {
  mutating func finish() {
    for number in series.indices {
      let spot = Spot(
        file: series[number].first.file, number: 0, offset: series[number].first.offset, isOverForPython: false)
      checkTag(number, spot)
      checkCapacity(number, spot)
      checkEmptied(number, spot)
    }
    checkSessions()
  }

  private mutating func checkTag(_ number: Int, _ spot: Spot) {
    let series = self.series[number]
    if series.tag.isEmpty, series.values > 0 {
      add(.emptyTag, number, spot) { FindingText("a value has no tag", both: "it shows it under an empty name") }
    }
    if series.plugin?.isEmpty ?? true, series.values > 0 {
      add(.noMetadata, number, spot) {
        FindingText("no value of the tag names its dashboard", both: "it hides the tag")
      }
    } else if !series.isDescribedAtOnce, series.values > 0 {
      let isShown = if case .hidden = series.python.outcome { false } else { true }
      add(.lateMetadata, number, spot) {
        FindingText(
          "the first value has no metadata, a later one has",
          python: isShown ? "it shows all values" : "it hides the tag, because the later ones name no data class",
          rust: "it hides the tag")
      }
    }
  }

  private mutating func checkCapacity(_ number: Int, _ spot: Spot) {
    let series = self.series[number]
    guard let dashboard = series.dashboard, !dashboard.showsLastOnly else { return }
    func kept(_ outcome: SeriesForecast.Outcome) -> [Int64]? {
      if case .shown(let steps, true) = outcome { steps } else { nil }
    }
    let (python, rust) = (kept(series.python.outcome), kept(series.rust.outcome))
    if python == nil, rust == nil { return }
    // A curve looks the same with a tenth of its points.
    let fewest = min(python?.count ?? .max, rust?.count ?? .max)
    if !dashboard.isLookedAtSingly, series.values <= fewest.multipliedReportingOverflow(by: 10).partialValue { return }
    func effect(_ steps: [Int64]?) -> String {
      guard let steps else { return "it keeps all" }
      if steps.count > 10 { return "it keeps \(steps.count) of them, drawn at random, including the last one" }
      return "it keeps \(steps.count) of them: " + steps.map(String.init).joined(separator: ", ")
    }
    add(dashboard.isLookedAtSingly ? .stepsDropped : .thinned, number, spot) {
      FindingText("\(series.values) steps", python: effect(python), rust: effect(rust))
    }
  }

  /// Checks for series that a restart has emptied, if the Python loader then fails.
  private mutating func checkEmptied(_ number: Int, _ spot: Spot) {
    let series = self.series[number]
    guard series.python.isEmptied, series.dashboard == .images || series.dashboard == .customScalars else { return }
    let effect =
      series.dashboard == .images
      ? "the Images and Time Series tabs answer with an error for the whole log directory"
      : "the Custom Scalars tab answers with an error for the whole log directory"
    add(.emptiedByRestart, number, spot) {
      FindingText(
        "a restart has removed every value of the tag", python: "\(effect), until a new value comes",
        rust: "it shows the old values")
    }
  }

  private mutating func checkSessions() {
    if !hasSessionStart, hasEvents, let file = place.eventFiles.first {
      tally.add(.noSessionStart, file: "\(place.path)/\(file)") {
        FindingText(
          "the run does not begin with a session's start",
          python: "the first resume will remove nothing: curves overlap", rust: "it ignores it")
      }
    }
    func number(of tag: String) -> Int? { series.firstIndex { $0.tag.hasSameBytes(as: tag) } }
    if let end = number(of: "_hparams_/session_end_info"), number(of: "_hparams_/session_start_info") == nil {
      let spot = Spot(file: series[end].first.file, number: 0, offset: series[end].first.offset, isOverForPython: false)
      add(.endWithoutStart, end, spot) {
        FindingText("the end of a session without hyperparameters", both: "it shows no row for the run")
      }
    }
  }

  /// Forecasts for each tag and loader, in the order of the tags' first values.
  var forecasts: [SeriesForecast] {
    series.filter { $0.values > 0 }.map { series in
      SeriesForecast(
        run: place.name, tag: series.tag, dashboard: series.plugin ?? "",
        python: isForecastGivenUp ? .unknown : series.pythonOutcome, rust: series.rustOutcome)
    }
  }
}
