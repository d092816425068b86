// RunVerifier+Series.swift
// What is found about tags: their metadata, and the order of their steps.

extension RunVerifier {
  mutating func add(_ rule: EventRule, _ number: Int, _ spot: Spot, _ text: () -> FindingText) {
    tally.add(rule, file: spot.file, offset: spot.offset, series: number, tag: series[number].tag, text)
  }

  /// Takes what a value says of its series, as each loader takes it.
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
      // The class is filled in where the tag's first value in the file has metadata (dataclass_compat.py).
      let isFilled = self.series[number].isDescribedInFile || value.oldDashboard != nil
      self.series[number].python.describe(plugin: plugin, dataClass: isFilled ? filled : own)
    }
    if !spot.isOverForRust { self.series[number].rust.describe(plugin: plugin, dataClass: filled) }
  }

  private mutating func noteKind(_ number: Int, _ before: String, _ now: String, _ spot: Spot) {
    add(.kindChanged, number, spot) {
      FindingText(
        "the tag belongs to the dashboard \(before), and here to \(now)",
        both: "the first counts; values that do not fit it are hidden")
    }
  }

  private mutating func checkMetadata(_ number: Int, _ value: VerifiedValue, _ spot: Spot) {
    guard let metadata = value.metadata else { return }
    if value.oldDashboard != nil {
      if metadata.dataClass == .unknown, !metadata.description.isEmpty || !metadata.displayName.isEmpty {
        add(.descriptionLost, number, spot) {
          FindingText(
            "an old form of value has a description, and no data class", python: "it shows the description",
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
          FindingText("no dashboard of TensorBoard's shows it", both: "it keeps it for a plugin of that name")
        }
      }
      return
    }
    let filled = metadata.dataClass == .unknown ? dashboard.defaultClass : metadata.dataClass
    if filled != dashboard.dataClass {
      add(.wrongDataClass, number, spot) {
        FindingText(
          "the data class is \(metadata.dataClass), where the dashboard wants \(dashboard.dataClass)",
          both: "it hides the tag")
      }
    }
    checkPluginContent(metadata.pluginContent, dashboard, number, spot)
  }

  /// The server parses the content of each tag's metadata before it lists any tag.
  private mutating func checkPluginContent(
    _ content: [UInt8], _ dashboard: Dashboard, _ number: Int, _ spot: Spot
  ) {
    // Very old files have this text.
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

  /// Steps of a tag rise; the hyperparameters' stay at 0, and of a graph the last one counts.
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
          "step \(step) comes twice", python: isBlob ? "it shows the first" : "it shows both", rust: "it shows the last"
        )
      }
    } else {
      let isOld = !hasSessionStart
      add(.stepBack, number, spot) {
        FindingText(
          "step \(step) comes after step \(last)" + (isOld ? "" : ", and no session starts there"),
          python: "it keeps all: the curve goes back on itself",
          rust: "it forgets the points from step \(step) on that came before")
      }
    }
  }
}
