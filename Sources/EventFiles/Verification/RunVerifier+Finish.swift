// RunVerifier+Finish.swift
// What can only be said at the end of a run, and what each loader will show of it.

import ByteStreams

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
        FindingText("no value of the tag says which dashboard it is for", both: "it hides the tag")
      }
    } else if !series.isDescribedAtOnce, series.values > 0 {
      let isShown = if case .hidden = series.python.outcome { false } else { true }
      add(.lateMetadata, number, spot) {
        FindingText(
          "the first value has no metadata, a later one has",
          python: isShown ? "it shows all values" : "it hides the tag, since the later ones name no data class",
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
    // A curve of which a tenth is kept looks the same.
    let fewest = min(python?.count ?? .max, rust?.count ?? .max)
    if !dashboard.isLookedAtSingly, series.values <= fewest.multipliedReportingOverflow(by: 10).partialValue { return }
    func effect(_ steps: [Int64]?) -> String {
      guard let steps else { return "it keeps all" }
      if steps.count > 10 { return "it keeps \(steps.count) of them, drawn at random, the last one among them" }
      return "it keeps \(steps.count) of them: " + steps.map(String.init).joined(separator: ", ")
    }
    add(dashboard.isLookedAtSingly ? .stepsDropped : .thinned, number, spot) {
      FindingText("\(series.values) steps", python: effect(python), rust: effect(rust))
    }
  }

  /// Series whose every value a restart has removed, where the Python loader can't bear that.
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
          python: "the first resume will remove nothing: curves overlap", rust: "it does not look at it")
      }
    }
    func number(of tag: String) -> Int? { series.firstIndex { $0.tag.hasSameBytes(as: tag) } }
    if let end = number(of: "_hparams_/session_end_info"), number(of: "_hparams_/session_start_info") == nil {
      let spot = Spot(file: series[end].first.file, number: 0, offset: series[end].first.offset, isOverForPython: false)
      add(.endWithoutStart, end, spot) {
        FindingText("the end of a session of which no hyperparameters are known", both: "it shows no row for the run")
      }
    }
  }

  /// What each loader shows of each tag, in the order of their first values.
  var forecasts: [SeriesForecast] {
    series.filter { $0.values > 0 }.map { series in
      SeriesForecast(
        run: place.name, tag: series.tag, dashboard: series.plugin ?? "",
        python: isForecastGivenUp ? .unknown : series.pythonOutcome, rust: series.rustOutcome)
    }
  }
}
