// FindingTally.swift
// Findings being collected: the first of each kind in full, the others counted.

import ByteStreams

/// What a finding says, put together only for the first of its kind.
struct FindingText {
  let what: String
  let python: String
  let rust: String
  var breaksHParams = false

  init(_ what: String, python: String, rust: String, breaksHParams: Bool = false) {
    self.what = what
    self.python = python
    self.rust = rust
    self.breaksHParams = breaksHParams
  }

  /// Both loaders do the same.
  init(_ what: String, both: String) { self.init(what, python: both, rust: both) }
}

/// Findings of one run. Memory grows with the rules broken, the files and the tags, not with how often.
struct FindingTally {
  private struct Key: Hashable {
    let rule: EventRule
    let file: ExactName
    let series: Int?
  }

  let run: String
  /// In the order in which they were first found.
  private(set) var all: [EventFinding] = []
  private var places: [Key: Int] = [:]

  init(run: String) { self.run = run }

  /// Notes a finding; of the same rule, file and series only the first is described.
  mutating func add(
    _ rule: EventRule, file: String, offset: Int? = nil, series: Int? = nil, tag: String? = nil,
    _ text: () -> FindingText
  ) {
    let key = Key(rule: rule, file: ExactName(file), series: series)
    if let place = places[key] {
      all[place].count += 1
      return
    }
    let text = text()
    places[key] = all.count
    all.append(
      EventFinding(
        rule: rule, run: run, file: file, offset: offset, tag: tag, count: 1, what: text.what, python: text.python,
        rust: text.rust, breaksHParams: text.breaksHParams))
  }
}
