// SpecificationTests.swift
// Tests sweeps as files: read, written, and refused with the wrong line.

import Datasets
import TestSupport
import Testing
import Training

@testable import Sweeps

@Suite struct SpecificationTests {
  private func read(_ yaml: String) throws -> SweepSpecification {
    try SweepSpecification(yaml: Array(yaml.utf8), path: "s.yaml")
  }

  private static let whole = """
    data: some/mnist
    data-seed: 4
    options:
      model: [convolutional, fully-connected]
      filters: [[16, 8, 8], "32,16"]
      hidden-units: 32
      learning-rate: [0.001, "log:1e-4..1e-2"]
      epochs: 3
    repeats: 2
    keep: 2
    on-nonfinite: skip
    random: {trials: 5, seed: 9}
    halving: {factor: 4, rungs: [1, 2]}
    trials:
      - {name: wide, filters: [64, 32]}
      - name: deep
        hidden-units: 9,8,7
        model: fully-connected
    """

  @Test func namesOfOtherBytesAreOtherTrials() throws {
    let yaml = """
      trials:
        - {name: "\(RawNames.composed)", filters: [4]}
        - {name: "\(RawNames.decomposed)", filters: [3]}
      """
    let names = try read(yaml).resolved().map { Array($0.name.utf8) }
    #expect(names == [RawNames.composed, RawNames.decomposed].map { Array($0.utf8) })
    #expect(throws: SweepError.sameName(RawNames.composed)) {
      try read(yaml.replacing("cafe\u{301}", with: RawNames.composed)).resolved()
    }
  }

  @Test(
    "a range is refused if values near an end can't be trained, and the message names the range",
    arguments: [
      ("learning-rate: \"log:1e-3..1e30\"", "got 1e+30, want"), ("dropout: 0..1", "got 1, want"),
      ("epochs: 0..3", "got 0, want"), ("weight-decay: -1..0.5", "got -1, want"),
      ("batch-size: 2..70000", "got 70000, want"),
    ])
  func rangeEnds(option: String, got: String) throws {
    let error = #expect(throws: SweepError.self) {
      try read("options: {\(option)}\nrandom: {trials: 2, seed: 0}").resolved()
    }
    let message = error.map { "\($0)" } ?? ""
    #expect(message.hasPrefix("the range \"") && message.contains(got), "\(message)")
  }

  @Test("an end that is only just out of range is accepted, since no draw reaches it") func openEnd() throws {
    #expect(try read("options: {learning-rate: 0..0.01}\nrandom: {trials: 5, seed: 0}").resolved().count == 5)
  }

  @Test func everyPartIsRead() throws {
    let sweep = try read(Self.whole)
    #expect(sweep.data == .files("some/mnist") && sweep.dataSeed == 4 && sweep.repeats == 2)
    #expect(sweep.choices[.filters]?.map(\.text) == ["16,8,8", "32,16"])
    #expect(sweep.choices[.hiddenUnits]?.map(\.text) == ["32"])
    #expect(sweep.choices[.learningRate]?.map(\.text) == ["0.001", "log:0.0001..0.01"])
    #expect(sweep.draw == SweepSpecification.Draw(trials: 5, seed: 9))
    #expect(sweep.settings.keep == 2 && sweep.settings.onNonFinite == .skip && sweep.settings.embedEvery == nil)
    #expect(sweep.halving?.factor == 4 && sweep.halving?.rungs == [1, 2])
    #expect(sweep.trials.map(\.name) == ["wide", "deep"] && sweep.trials[1].values[.hiddenUnits]?.text == "9,8,7")
  }

  @Test(
    "a written specification reads back to the same",
    arguments: [whole, "repeats: 1", "halving: {}", "halving: {rungs: [3]}", "data: \"a \\x26b\\\\ü\\u0007\\\"'#: \""])
  func roundTrip(yaml: String) throws {
    let sweep = try read(yaml)
    #expect(try read(sweep.text) == sweep)
    #expect(try read(sweep.text).text == sweep.text)
  }

  @Test(
    "an error is reported with its line",
    arguments: [
      ("data: x\nbogus: 1", 2, "unknown key \"bogus\""), ("options:\n  fliters: 3", 2, "unknown key \"fliters\""),
      ("options:\n  epochs: 3\n  filters: [1, x]", 3, "got \"x\", want whole numbers"),
      ("options:\n  filters: [16, 8, 8]", 2, "one model or several"),
      ("options:\n  filters:\n    - [16, 0]", 3, "got \"16,0\""), ("options:\n  epochs: []", 2, "the list is empty"),
      ("options:\n  epochs: {a: 1}", 2, "want one value"), ("options:\n  epochs: -1", 2, "want a whole number"),
      ("options:\n  epochs: 1.5", 2, "want a whole number"), ("options:\n  learning-rate: .nan", 2, "want a number"),
      ("options:\n  learning-rate: 3..1", 2, "the smaller one first"),
      ("options:\n  learning-rate: log:0..1", 2, "log:1e-4..1e-2"), ("options:\n  filters: 1..3", 2, "two numbers"),
      ("options:\n  model: resnet", 2, "convolutional or fully-connected"), ("options: 3", 1, "want keys"),
      ("\n- 1", 2, "want keys"), ("trials: {a: 1}", 1, "want a list"), ("trials:\n- {epochs: 2}", 2, "without a name"),
      ("trials:\n- {name: x, nome: 3}", 2, "unknown key \"nome\""), ("random: {seed: 1}", 1, "how many trials"),
      ("random:\n  count: 3", 2, "unknown key"), ("halving:\n  rung: 3", 2, "unknown key"),
      ("\nkeep: 0", 2, "want a whole number from 1"), ("on-nonfinite: go", 1, "stop or skip"),
      ("halving:\n  rungs: 3", 2, "want a list"), ("halving: {factor: x}", 1, "want a whole number"),
      ("repeats: many", 1, "got \"many\""),
      ("data: ''", 1, "the path is empty"), ("a: 1\n\na: 2", 1, "given twice"), ("x: [1,\n", 2, "not YAML"),
      ("x:\n  y: &a 3", 2, "anchors"), ("x:\n  *a", 2, "anchors"), ("[1]: 2", 1, "not a word"),
      ("x: &a 3\n\ny: *a", 3, "anchors"), ("x: [1, *a]", 1, "anchors"), ("x: 1\n*a: 2", 2, "anchors"),
      ("? [*a, *a]\n: 2", 1, "anchors"), ("x:\n- &a [1]\n- *a", 3, "anchors"), ("x: !!str &a b", 1, "anchors"),
      ("x: &a\n  y: 1\n<<: *a", 3, "anchors"), ("&a x: 1", 1, "anchors"), ("x: 1 # *no*\ny: *yes", 2, "anchors"),
    ])
  func refused(yaml: String, line: Int, reason: String) throws {
    let error = #expect(throws: SweepError.self) { try read(yaml) }
    guard case .specification("s.yaml", line, let found) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found.contains(reason) && !found.contains("\n"), "\(found)")
  }

  @Test(
    "stars and ampersands in comments, quoted texts and words are no aliases",
    arguments: [
      ("# **important**\ndata: x", "x"), ("data: x # *see* &below", "x"), ("data: \"*a &b\"", "*a &b"),
      ("data: '*a'", "*a"), ("data: a*b&c", "a*b&c"), ("data: a *b &c", "a *b &c"), ("data: a\n  *b", "a *b"),
      ("data: |\n  *a\n  &b", "*a\n&b"), ("data: >-\n  *a\n  &b\n", "*a &b"), ("data: \"a\n  *b\"", "a *b"),
      ("#*a*b\n#&c\n\ndata: x\n# *d", "x"), ("data: a/*.png", "a/*.png"),
    ])
  func starsThatAreNoAliases(yaml: String, data: String) throws {
    #expect(try read(yaml).data == .files(data))
  }

  @Test("options of reading are kept; other texts are refused")
  func dataOptions() throws {
    let sweep = try read("data: pets\ndata-options: --size 32x32 --fit pad\n")
    #expect(sweep.data.options.size == [32, 32] && sweep.data.options.fit == .pad)
    #expect(try read(sweep.text) == sweep)
    #expect(throws: SweepError.self) { try read("data: pets\ndata-options: --size big\n") }
  }

  @Test("aliases that stand for more than any memory holds are refused at once")
  func aliasBomb() throws {
    let levels = (1...40).map { level in
      "a\(level): &a\(level) [\([String](repeating: "*a\(level - 1)", count: 9).joined(separator: ","))]\n"
    }
    let bomb = "a0: &a0 [1]\n" + levels.joined()
    for text in [bomb, bomb + "? *a40\n: 1", "? [" + bomb.replacing("\n", with: ", ") + "]\n: 1"] {
      let error = #expect(throws: SweepError.self) { try read(text) }
      #expect(error.map { "\($0)" }?.contains("anchors and aliases") == true)
    }
  }

  @Test(
    "files that are no text, too deep, or empty",
    arguments: [[], [0xFF, 0xFE, 0xFD], [UInt8](repeating: 91, count: 50_000), [0]])
  func hostile(bytes: [UInt8]) {
    #expect(throws: SweepError.self) { try SweepSpecification(yaml: bytes, path: "s.yaml") }
  }
}
