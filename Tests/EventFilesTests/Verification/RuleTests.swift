// RuleTests.swift
// Every rule is found where it is broken, and not elsewhere.

import ByteStreams
import Foundation
import TestSupport
import Testing

@testable import EventFiles

@Suite struct RuleTests {
  /// Files that break one rule: their names in the log directory and their contents.
  struct Case: Sendable, CustomTestStringConvertible {
    let rules: Set<EventRule>
    var files: [String: [UInt8]] = [:]
    var testDescription: String { rules.map(\.rawValue).sorted().joined(separator: ", ") }

    init(_ rules: Set<EventRule>, _ fill: (inout EventFileBytes) -> Void) {
      self.rules = rules
      var file = EventFileBytes()
      fill(&file)
      files = ["run/a.tfevents": file.bytes]
    }

    init(_ rules: Set<EventRule>, files: [String: [UInt8]]) {
      self.rules = rules
      self.files = files
    }
  }

  static let plain = WireMessage.metadata("scalars", 1)

  static func file(start: Int? = 0, version: String? = "brain.Event:2", _ fill: (inout EventFileBytes) -> Void)
    -> [UInt8]
  {
    var file = EventFileBytes(start: start, version: version)
    fill(&file)
    return file.bytes
  }

  static func scalars(_ steps: [Int64]) -> (inout EventFileBytes) -> Void {
    { file in for step in steps { file.add(.scalar("s", 1, metadata: plain), step: step) } }
  }

  private static func value(_ tensor: WireMessage, _ plugin: String, _ dataClass: UInt64) -> (inout EventFileBytes) ->
    Void
  {
    { $0.add(.value("v", tensor: tensor, metadata: .metadata(plugin, dataClass)), step: 0) }
  }

  private static func flipped(_ bytes: [UInt8], at position: Int) -> [UInt8] {
    var bytes = bytes
    bytes[position] ^= 1
    return bytes
  }

  static let headerBytes = EventFileBytes().bytes.count
  /// A PNG of 4×2 pixels as far as its header and its end go.
  static let png: [UInt8] =
    [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 4, 0, 0, 0, 2]
    + [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]

  static func images(_ strings: [[UInt8]]) -> (inout EventFileBytes) -> Void { value(.strings(strings), "images", 3) }
  /// A WebP of 4×2 pixels.
  static let webp = Array(
    Data(base64Encoded: "UklGRjIAAABXRUJQVlA4ICYAAACQAQCdASoEAAIAB0CWJaACdLoAA5gA/uHDfqIiCklh68p8StAAAA==") ?? Data())
  static let latin: [UInt8] = [0x63, 0x61, 0x66, 0xE9]

  private static func content(_ plugin: String, _ dataClass: UInt64, _ content: [UInt8]) -> (inout EventFileBytes) ->
    Void
  {
    {
      $0.add(
        .value("v", tensor: .tensor(1).float(5, 1), metadata: .metadata(plugin, dataClass, content: content)), step: 0)
    }
  }

  static let four = Array("4".utf8), two = Array("2".utf8)

  static let records: [Case] = [
    Case([], scalars([0, 1, 2])),
    Case([.noRuns], files: ["run/other": []]),
    Case([.emptyFile], files: ["run/a.tfevents": []]),
    Case([.profileFile, .noSessionStart], files: ["run/a.tfevents.profile-empty": file(scalars([0]))]),
    Case(
      [.interleavedFiles, .restart, .stepBack],
      files: [
        "run/a.tfevents": file(scalars([0, 1, 2])), "run/b.tfevents": file(start: 1, scalars([0])),
      ]),
    Case([.tornTail], files: ["run/a.tfevents": file(scalars([0])) + [1, 2, 3]]),
    Case([.lengthChecksum], files: ["run/a.tfevents": flipped(file(scalars([0])), at: headerBytes)]),
    Case([.dataChecksum], files: ["run/a.tfevents": flipped(file(scalars([0, 1])), at: headerBytes + 14)]),
    Case([.oversized], { $0.addPayload([UInt8](repeating: 0, count: 1 << 17)) }),
    Case([.notAnEvent], { $0.addPayload([0xFF]) }),
    Case([.notAnEvent], { $0.add(WireMessage().bytes(1, [0xFF]).float(2, 1), step: 0) }),
    Case([.notAnEvent], { $0.add(WireMessage().text(1, "t").bytes(8, [0x0A]), step: 0) }),
    Case([.notAnEvent], { $0.add(WireMessage().message(7, WireMessage().bytes(3, latin))) }),
    Case([.notAnEvent], { $0.add(WireMessage().message(7, WireMessage().bytes(2, latin))) }),
    Case([.notAnEvent], { $0.add(WireMessage().message(6, WireMessage().bytes(2, latin))) }),
    Case([.notAnEvent], { $0.add(WireMessage().message(8, WireMessage().bytes(1, latin))) }),
    Case([.notAnEvent], { $0.add(WireMessage().message(10, WireMessage().bytes(1, latin))) }),
    Case([.notAnEvent], { $0.add(.scalar("s", 1, metadata: plain).bytes(7, latin), step: 0) }),
    Case([.notAnEvent], { $0.add(WireMessage().text(1, "a").message(6, WireMessage().bytes(5, latin)), step: 0) }),
    Case(
      [.notAnEvent],
      {
        let shape = WireMessage().message(2, WireMessage().number(1, 1).bytes(2, latin))
        $0.add(.value("v", tensor: WireMessage().number(1, 1).message(2, shape).float(5, 1), metadata: plain), step: 0)
      }),
    Case([], { $0.add(WireMessage().message(7, WireMessage().text(3, "é"))) }),
    Case([.noFileVersion, .noSessionStart], files: ["run/a.tfevents": file(version: nil, scalars([0]))]),
    Case([.noFileVersion, .noSessionStart], files: ["run/a.tfevents": file(version: "brain.Event:1", scalars([0]))]),
    Case([.noSessionStart], files: ["run/a.tfevents": file(start: nil, scalars([0]))]),
    Case([.timeNaN], { $0.add(.scalar("s", 1, metadata: plain), step: 0, at: .nan) }),
    Case([.timeInfinite], { $0.add(.scalar("s", 1, metadata: plain), step: 0, at: .infinity) }),
    Case([.stepBack], scalars([0, 3, 2])), Case([.stepRepeated], scalars([0, 1, 1])),
    Case([.thinned], scalars(Array(0..<10_001))), Case([], scalars(Array(0..<10_000))),
    Case(
      [.stepsDropped],
      { file in
        for step in 0..<11 {
          file.add(
            .value("v", tensor: .strings([four, two, png]), metadata: .metadata("images", 3)), step: Int64(step))
        }
      }),
  ]

  static let resumed: [Case] = [
    Case(
      [.interleavedFiles, .restart],
      files: [
        "run/a.tfevents": file(scalars([0, 1, 2])), "run/b.tfevents": file(start: 1, scalars([1, 2])),
      ]),
    Case(
      [.restart, .emptiedByRestart],
      files: [
        "run/a.tfevents": file { file in
          file.add(.value("v", tensor: .strings([four, two, png]), metadata: .metadata("images", 3)), step: 3)
        },
        "run/b.tfevents": file(start: 1, scalars([1])),
      ]),
  ]

  static let series: [Case] = [
    Case([.emptyTag], { $0.add(.scalar("", 1, metadata: plain), step: 0) }),
    Case([.noMetadata], { $0.add(.value("v", tensor: .tensor(1).float(5, 1)), step: 0) }),
    Case(
      [.lateMetadata],
      { file in
        file.add(.value("v", tensor: .tensor(1).float(5, 1)), step: 0)
        file.add(.value("v", tensor: .tensor(1).float(5, 1), metadata: plain), step: 1)
      }),
    Case([.noDataClass], value(.tensor(1).float(5, 1), "mine", 0)),
    Case([.unknownPlugin], value(.tensor(1).float(5, 1), "mine", 2)),
    Case([.wrongDataClass], value(.tensor(1).float(5, 1), "scalars", 2)),
    Case(
      [.kindChanged],
      { file in
        file.add(.scalar("v", 1, metadata: plain), step: 0)
        file.add(.value("v", tensor: .strings([two], isScalar: true), metadata: .metadata("text", 2)), step: 1)
      }),
    Case([.badContent], content("scalars", 1, [0xFF])), Case([.badContent], content("scalars", 1, Array("{}".utf8))),
    Case([.newVersion], content("scalars", 1, [8, 1])), Case([], content("scalars", 1, [8, 0])),
    Case([.descriptionLost], { $0.add(.scalar("s", 1, metadata: .metadata("scalars", description: "d")), step: 0) }),
  ]

  static let values: [Case] = [
    Case([.notFinite], { $0.add(.scalar("s", .nan, metadata: plain), step: 0) }),
    Case([.notFinite], value(.tensor(1).float(5, .infinity), "scalars", 1)),
    Case([.wrongType], value(.tensor(2).double(6, 1), "scalars", 1)),
    Case([.wrongShape], value(.tensor(1, shape: [1]).float(5, 1), "scalars", 1)),
    Case([.unservedScalar], value(.tensor(1, shape: [2, 3]).bytes(5, [UInt8](repeating: 0, count: 20)), "scalars", 1)),
    Case([.wrongType], value(.tensor(1).float(5, 1), "text", 2)),
    Case([.textNotUTF8], value(.strings([latin], isScalar: true), "text", 2)),
    Case([.textNotUTF8], value(.strings([two, latin]), "text", 2)),
    Case([], value(.strings([Array("é🙂".utf8)], isScalar: true), "text", 2)),
    Case([.badLayout], value(.strings([[0xFF]], isScalar: true), "custom_scalars", 2)),
    Case(
      [.badLayout],
      value(
        .strings([WireMessage().message(2, WireMessage().bytes(1, latin)).bytes], isScalar: true), "custom_scalars", 2)),
    Case(
      [],
      value(.strings([WireMessage().message(2, WireMessage().text(1, "c")).bytes], isScalar: true), "custom_scalars", 2)
    ),
    Case([.wrongType], value(.tensor(1).float(5, 1), "audio", 3)),
    Case([.wrongShape], value(.tensor(1).float(5, 1), "pr_curves", 2)),
    Case([.wrongShape], value(.tensor(1).float(5, 1), "mesh", 2)),
    Case([], images([four, two, png])), Case([.imageSize], images([two, two, png])),
    Case([.badImage], images([four, two, Array("no image".utf8)])),
    Case([.badImage], images([four, two, png.dropLast()])), Case([], images([four, two, webp])),
    Case([.badImage], images([four, two, webp.dropLast()])), Case([.imageSize], images([two, two, webp])),
    Case([.wrongShape], images([four, two])), Case([.imageSize], images([Array("x".utf8), two, png])),
    Case(
      [.imageSize],
      {
        let image = WireMessage().number(1, 4).number(2, 4).bytes(4, png)
        $0.add(WireMessage().text(1, "i").message(4, image), step: 0)
      }),
    Case([], histogram([0, 1, 2, 1, 2, 0])), Case([.badHistogram], histogram([0, .nan, 2])),
    Case([.badHistogram], histogram([1, 0, 2])), Case([.badHistogram], histogram([0, 1, -2])),
    Case([.badHistogram], histogram([0, 2, 1, 1, 3, 1])),
    Case([.wrongShape], value(.tensor(2, shape: [0]), "histograms", 2)),
    Case([.wrongType], value(.tensor(3).number(7, 1), "histograms", 2)),
    Case([], oldHistogram([1, 2], [3, 4])), Case([.emptyOuterBucket], oldHistogram([1, 2], [0, 4])),
    Case([.badHistogram], oldHistogram([2, 1], [3, 4])), Case([.badHistogram], oldHistogram([1], [3, 4])),
  ]

  private static func histogram(_ numbers: [Double]) -> (inout EventFileBytes) -> Void {
    let raw = numbers.flatMap { WireMessage.littleEndian($0.bitPattern) }
    return value(.tensor(2, shape: [UInt64(numbers.count / 3), 3]).bytes(4, raw), "histograms", 2)
  }

  private static func oldHistogram(_ limits: [Double], _ counts: [Double]) -> (inout EventFileBytes) -> Void {
    let message = counts.reduce(limits.reduce(WireMessage()) { $0.double(6, $1) }) { $0.double(7, $1) }
    return { $0.add(WireMessage().text(1, "h").message(5, message), step: 0) }
  }

  private static func hparams(_ tag: String, _ content: [UInt8], _ dataClass: UInt64 = 2, withTensor: Bool = true)
    -> (inout EventFileBytes) -> Void
  {
    var value = WireMessage().text(1, tag)
    if withTensor { value = value.message(8, .tensor(1, shape: [0])) }
    let described = value.message(9, .metadata("hparams", dataClass, content: content))
    return { $0.add(described, step: 0) }
  }

  private static func session(_ names: [String]) -> (inout EventFileBytes) -> Void {
    let message = names.reduce(WireMessage()) { message, name in
      message.message(1, WireMessage().text(1, name).message(2, WireMessage().double(2, 1)))
    }
    return hparams(start, WireMessage().message(3, message).bytes)
  }

  private static func table(_ names: [String], _ metrics: [String]) -> (inout EventFileBytes) -> Void {
    let columns = names.reduce(WireMessage()) { $0.message(4, WireMessage().text(1, $1)) }
    let message = metrics.reduce(columns) { message, tag in
      message.message(5, WireMessage().message(1, WireMessage().text(2, tag)))
    }
    return hparams("_hparams_/experiment", WireMessage().message(2, message).bytes)
  }

  private static func graph(_ nodes: [(String, [String])]) -> (inout EventFileBytes) -> Void {
    let graph = nodes.reduce(WireMessage()) { graph, node in
      graph.message(1, node.1.reduce(WireMessage().text(1, node.0).text(2, "A")) { $0.text(3, $1) })
    }
    return { $0.add(WireMessage().message(4, graph)) }
  }

  static let start = "_hparams_/session_start_info", end = "_hparams_/session_end_info"
  static let others: [Case] = [
    Case([], hparams(start, WireMessage().message(3, WireMessage()).bytes)),
    Case([.badHParams], hparams(start, [0xFF])), Case([.badHParams], hparams(start, [])),
    Case([.hparamsWithoutTensor], hparams(start, WireMessage().message(3, WireMessage()).bytes, withTensor: false)),
    Case([], hparams(start, WireMessage().message(3, WireMessage()).bytes, 0, withTensor: false)),
    Case([.endWithoutStart], hparams(end, WireMessage().message(4, WireMessage()).bytes)),
    Case(
      [.badHParams],
      hparams(start, WireMessage().message(3, WireMessage().message(1, WireMessage().bytes(1, latin))).bytes)),
    Case([.badHParams], hparams(start, WireMessage().number(1, 1).message(3, WireMessage()).bytes)),
    Case([], hparams("_hparams_/experiment", WireMessage().message(2, WireMessage()).bytes)),
    Case(
      [.fixedColumns],
      files: ["a/a.tfevents": file(session(["lr", "rate"])), "b/b.tfevents": file(table(["lr"], ["loss"]))]),
    Case([], files: ["a/a.tfevents": file(session(["lr"])), "b/b.tfevents": file(table(["lr", "x"], ["loss"]))]),
    Case(
      [.fixedColumns],
      files: ["a/a.tfevents": file(table([], ["loss", "more"])), "b/b.tfevents": file(table([], ["loss"]))]),
    Case(
      [.hparamsOfRoot],
      files: [
        "a.tfevents": file(hparams(start, WireMessage().message(3, WireMessage()).bytes))
      ]),
    Case([], graph([("x", []), ("y", ["x", "x:1", "^x"])])), Case([.missingInput], graph([("y", ["x"])])),
    Case([.badGraph], graph([("x", []), ("x", [])])), Case([.badGraph], graph([("", [])])),
    Case([.badGraph], { $0.add(WireMessage().bytes(4, [0xFF])) }),
  ]

  @Test("each rule", arguments: records + resumed + series + values + others)
  func found(_ example: Case) throws {
    try withTemporaryDirectory { directory in
      for (name, bytes) in example.files {
        let path = "\(directory)/logs/\(name)"
        try Directory.create(Directory.parent(of: path))
        try AtomicFile.replace(path, bytes: bytes)
      }
      let report = try LogDirectory("\(directory)/logs").verify(recordLimit: 1 << 16)
      #expect(Set(report.findings.map(\.rule)) == example.rules, "\(report.findings)")
      for finding in report.findings {
        #expect(!finding.what.isEmpty && !finding.python.isEmpty && !finding.rust.isEmpty)
      }
    }
  }

  @Test func everyRuleHasACase() {
    let tried = (Self.records + Self.resumed + Self.series + Self.values + Self.others).reduce(into: Set<EventRule>()) {
      $0.formUnion($1.rules)
    }
    #expect(
      Set(EventRule.allCases).subtracting(tried)
        == [.unreadable, .notAFile, .linkLoop, .repeatedDirectory, .nameNotUTF8])
  }

  @Test func whatIsWrongWithDirectories() throws {
    try withTemporaryDirectory { directory in
      let file = Self.file(Self.scalars([0]))
      for name in ["run/m.tfevents", "run/z.tfevents"] {
        try Directory.create("\(directory)/run")
        try AtomicFile.replace("\(directory)/\(name)", bytes: file)
      }
      try Directory.create("\(directory)/run/n.tfevents")
      try FileManager.default.createSymbolicLink(atPath: "\(directory)/run/loop", withDestinationPath: "..")
      try FileManager.default.createSymbolicLink(atPath: "\(directory)/self", withDestinationPath: "self")
      try FileManager.default.createSymbolicLink(atPath: "\(directory)/again", withDestinationPath: "run")
      #expect(mkfifo("\(directory)/p.tfevents", 0o600) == 0)
      let report = try LogDirectory(directory).verify()
      let rules = report.findings.map(\.rule)
      #expect(rules.filter { $0 == .notAFile }.count == 2 && rules.contains(.linkLoop) && rules.contains(.unreadable))
      #expect(report.findings.first { $0.rule == .repeatedDirectory }?.file == "\(directory)/again")
      // The Python loader stops at the directory, so it never sees the second file's point.
      let forecast = try #require(report.forecasts.first { $0.tag == "s" })
      #expect(forecast.python == .shown(steps: [0], isSampled: false))
    }
  }

  @Test func ourOwnRunsAreClean() throws {
    try withTemporaryDirectory { directory in
      let run = try LogDirectory("\(directory)/logs").run("a/b")
      try run.hyperParameters([HyperParameter("lr", 0.1)])
      try run.graph(Graph([GraphNode("x", operation: "Placeholder"), GraphNode("y", operation: "B", inputs: ["x"])]))
      for step in 0..<10 {
        try run.scalar("s", Float(step), step: Step(step), description: "d")
        try run.histogram("h", of: [1, 2, 3, .nan], step: Step(step))
        try run.text("t", "x", step: Step(step))
      }
      try run.ended(.success)
      try run.close()
      let report = try LogDirectory("\(directory)/logs").verify()
      #expect(report.findings.isEmpty, "\(report.findings)")
      #expect(report.runs.map(\.name) == ["a/b"])
      #expect(
        report.forecasts.map(\.tag) == [
          "_hparams_/session_start_info", "__run_graph__", "s", "h", "h/non_finite", "t", "_hparams_/session_end_info",
        ])
    }
  }

  /// Many session starts over many tags: finding the points to drop takes bounded time.
  @Test(.timeLimit(.minutes(10))) func hostileRestartsEnd() throws {
    try withTemporaryDirectory { directory in
      var file = EventFileBytes()
      let restart = WireMessage().message(7, WireMessage().number(1, 1))
      for number in 0..<3000 {
        file.add(.scalar("t\(number)", 1), step: Int64(number * 7919 % 3001))
        file.add(restart.number(2, UInt64(3000 - number)))
      }
      try file.write(to: "\(directory)/a.tfevents")
      #expect(try LogDirectory(directory).verify().runs.count == 1)
    }
  }
}
