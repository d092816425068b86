// NormalFormTests.swift
// Tags, runs, files and nodes whose names differ only in Unicode normalization are different ones.

import ByteStreams
import Foundation
import TestSupport
import Testing

@testable import EventFiles

@Suite struct NormalFormTests {
  private static let names = [RawNames.composed, RawNames.decomposed]

  @Test func tagsOfDifferentKinds() throws {
    try withTemporaryDirectory { directory in
      let tags = try Self.names.map { try Tag($0) }
      #expect(tags[0] != tags[1] && Set(tags).count == 2)
      let run = try LogDirectory(directory).run("a")
      try run.scalar(tags[0], 1, step: 0)
      try run.scalar(tags[0], 2, step: 1)
      try run.text(tags[1], "x", step: 0)
      try run.close()
      var reader = RunReader(run.path)
      var counts = [0, 0]
      try reader.read { value in
        for (place, tag) in tags.enumerated() where value.tag == tag { counts[place] += 1 }
      }
      #expect(counts == [2, 1])
      let report = try LogDirectory(directory).verify()
      #expect(report.findings.isEmpty && report.forecasts.map(\.dashboard) == ["scalars", "text"])
      // A value without metadata belongs to the tag of its own bytes.
      let file = try #require(try Directory.list(run.path).first)
      var events = try EventFileReader(path: "\(run.path)/\(file)")
      #expect(try events.rest().count == 5)
    }
  }

  @Test("files of one run, each with its damage, and each read") func files() throws {
    try withTemporaryDirectory { directory in
      try Directory.create("\(directory)/run")
      for (step, name) in Self.names.enumerated() {
        var file = EventFileBytes()
        file.add(.scalar("s", 1, metadata: .metadata("scalars", 1)), step: Int64(step))
        try AtomicFile.replace("\(directory)/run/a.tfevents.\(name)", bytes: file.bytes + [1, 2, 3])
      }
      var reader = RunReader("\(directory)/run")
      var steps: [Int64] = []
      for _ in 0..<2 { try reader.read { if $0.kind == .scalar { steps.append($0.step.value) } } }
      #expect(steps.sorted() == [0, 1])
      let report = try LogDirectory(directory).verify()
      #expect(report.tornTails.count == 2)
      let torn = report.findings.filter { $0.rule == .tornTail }
      #expect(torn.map(\.count) == [1, 1] && Set(torn.map { ExactName($0.file) }).count == 2, "\(torn)")
      for tail in report.tornTails { try tail.repair() }
      #expect(try LogDirectory(directory).verify().tornTails.isEmpty)
    }
  }

  @Test("runs, in the order of their bytes") func runs() throws {
    try withTemporaryDirectory { directory in
      for name in Self.names + ["cafz"] {
        let run = try LogDirectory(directory).run(name)
        try run.scalar("s", 1, step: 0)
        try run.close()
      }
      let want = [RawNames.decomposed, "cafz", RawNames.composed]
      #expect(try LogDirectory(directory).runs().elementsEqual(want) { $0.name.hasSameBytes(as: $1) })
      // If a run makes the Python loader fail, only that run's forecast is certain.
      let files = try Directory.list("\(directory)/\(RawNames.composed)")
      let sink = try FileSink("\(directory)/\(RawNames.composed)/\(files[0])", .append)
      var broken = EventFileBytes(start: nil, version: nil)
      broken.addPayload([0xFF])
      try sink.write(broken.bytes)
      try sink.close()
      let report = try LogDirectory(directory).verify()
      #expect(report.forecasts.map { $0.python == .unknown } == [true, true, false])
    }
  }

  @Test func nodesOfAGraph() throws {
    let nodes = Self.names.map { GraphNode($0, operation: "A") }
    let graph = try Graph(nodes + [GraphNode("b", operation: "B", inputs: ["^\(Self.names[0]):1", Self.names[1]])])
    try withTemporaryDirectory { directory in
      let run = try LogDirectory(directory).run("a")
      try run.graph(graph)
      try run.close()
      #expect(try LogDirectory(directory).verify().findings.isEmpty)
    }
  }

  @Test("what TensorBoard takes for an event file, a combining mark behind the word or not")
  func marks() throws {
    try withTemporaryDirectory { directory in
      #expect(throws: EventFileError.self) { try LogDirectory(directory).run("x.tfevents\u{301}") }
      #expect(throws: EventFileError.self) { try LogDirectory(directory).run("a/../\u{301}b") }
      var file = EventFileBytes()
      file.add(.scalar("s", 1, metadata: .metadata("scalars", 1)), step: 0)
      let path = "\(directory)/run/a.tfevents\u{301}"
      try Directory.create("\(directory)/run")
      try AtomicFile.replace(path, bytes: file.bytes + [1])
      #expect(try LogDirectory(directory).runs().map(\.name) == ["run"])
      let tail = try #require(try LogDirectory(directory).verify().tornTails.first)
      #expect(!tail.sidePath.containsBytes(of: "tfevents"))
      try tail.repair()
      #expect(try LogDirectory(directory).verify().findings.isEmpty)
    }
  }

  @Test("names that are not UTF-8 are found, and what both loaders do about them") func notUTF8() throws {
    try withTemporaryDirectory { directory in
      for name in ["a", "b"] {
        let run = try LogDirectory(directory).run(name)
        try run.scalar("s", 1, step: 0)
        try run.close()
      }
      #expect(try LogDirectory(directory).verify().findings.isEmpty)
      try RawNames.makeDirectory(RawNames.latin1, in: "\(directory)/b")
      try RawNames.makeDirectory([0xFE], in: "\(directory)/b")
      let report = try LogDirectory(directory).verify()
      #expect(report.findings.map(\.rule) == [.nameNotUTF8])
      let finding = try #require(report.findings.first)
      #expect(finding.file == "\(directory)/b" && finding.count == 2 && finding.severity == .problem)
      #expect(finding.what.contains(#""caf\xE9""#))
      for forecast in report.forecasts {
        guard case .hidden = forecast.python, case .shown = forecast.rust else {
          Issue.record("\(forecast)")
          continue
        }
      }
      let failures = try LogDirectory(directory).search().failures
      #expect(failures == [RawNames.latin1, [0xFE]].map { .notUTF8(path: "\(directory)/b", name: $0) })
    }
  }
}
