// RunReaderTests.swift
// Runs read value by value: every kind and form, growing files, damage, links.

import ByteStreams
import Foundation
import TestSupport
import Testing

@testable import EventFiles

@Suite struct RunReaderTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  /// The values that a call of `read` hands over: tag, step, number.
  private func read(_ reader: inout RunReader) throws -> [String] {
    var found: [String] = []
    try reader.read { value in
      found.append("\(value.tag.name) \(value.step.value) \(value.number.map { "\($0)" } ?? value.kind.rawValue)")
    }
    return found
  }

  @Test func everyKindOfOurOwn() throws {
    let run = try RunWriter(directory.file("run"))
    try run.scalar("s", 0.5, step: 1, description: "d")
    try run.scalar("s", .nan, step: 2)
    try run.images("i", EncodedImages(width: 1, height: 2, files: [[1], [2, 3]]), step: 1)
    try run.histogram("h", of: [1, 2], step: 1)
    try run.text("t", "*hi*")
    try run.hyperParameters([HyperParameter("lr", 0.5)])
    try run.graph(Graph([GraphNode("x", operation: "Placeholder")]))
    try run.close()
    var contents: [SummaryValue.Content] = []
    var images: [[UInt8]] = []
    var nodes = 0
    var reader = RunReader(directory.file("run"))
    try reader.read { value in
      if let content = try value.content() { contents.append(content) }
      if let size = value.forEachImage({ images.append(Array($0)) }) { #expect(size == (1, 2)) }
      nodes += try value.graph()?.nodes.count ?? 0
    }
    #expect(contents.count == 6 && contents[0] == .scalar(0.5) && images == [[1], [2, 3]] && nodes == 1)
    #expect(contents[3] == .histogram(Histogram(of: [1, 2])) && contents[4] == .text(.markdown("*hi*")))
    #expect(
      reader.series.map(\.kind) == [.scalar, .image, .histogram, .text, .hyperParameters, .graph]
        && reader.series[0].metadata.description == "d" && reader.damages.isEmpty)
  }

  @Test func oldFormsAndOtherTypes() throws {
    var file = EventFileBytes()
    file.add(.scalar("old", 2), step: 1)
    file.add(.value("double", tensor: .tensor(2).double(6, 0.1), metadata: .metadata("scalars")), step: 1)
    file.add(.value("one", tensor: .tensor(1, shape: [1]).float(5, 3), metadata: .metadata("scalars")), step: 1)
    file.add(
      .value("two", tensor: .tensor(1, shape: [2]).float(5, 3).float(5, 4), metadata: .metadata("scalars")), step: 1)
    let image = WireMessage().number(1, 2).number(2, 4).number(3, 1).text(4, "PNG")
    file.add(WireMessage().text(1, "image").message(4, image), step: 2)
    file.add(WireMessage().text(1, "sound").message(6, WireMessage().text(4, "RIFF")), step: 2)
    file.add(.value("bare", tensor: .tensor(1).float(5, 1)), step: 2)
    file.add(.value("row", tensor: .strings([Array("a".utf8)]), metadata: .metadata("text")), step: 2)
    try file.write(to: directory.file("x.tfevents"))
    var reader = RunReader(directory.path)
    #expect(
      try read(&reader) == [
        "old 1 2.0", "double 1 0.1", "one 1 3.0", "two 1 scalar", "image 2 image", "sound 2 audio", "bare 2 tensor",
        "row 2 text",
      ])
    var again = RunReader(directory.path)
    try again.read { value in
      var files: [String] = []
      let size = value.forEachImage { files.append(String(decoding: $0, as: UTF8.self)) }
      if value.tag == "image" { #expect(size! == (4, 2) && files == ["PNG"]) } else { #expect(size == nil) }
      let content = value.tag == "two" ? nil : try value.content()
      if value.tag == "sound" { #expect(content == nil) }
      if value.tag == "row" { #expect(content == .text(.table([["a"]]))) }
    }
  }

  @Test("a file that grows byte by byte gives each value once") func growing() throws {
    var file = EventFileBytes()
    for step in 0..<3 { file.add(.scalar("s", Float(step)), step: Int64(step)) }
    let path = directory.file("a.tfevents")
    var reader = RunReader(directory.path)
    var found: [String] = []
    for count in 1...file.bytes.count {
      try AtomicFile.replace(path, bytes: Array(file.bytes[..<count]))
      found += try read(&reader)
      #expect(reader.damages.isEmpty)
    }
    #expect(found == ["s 0 0.0", "s 1 1.0", "s 2 2.0"])
    #expect(try read(&reader).isEmpty)
    // A new file is read too, and a replaced file is read from its start.
    try EventFileBytes().write(to: directory.file("b.tfevents"))
    #expect(try read(&reader).isEmpty)
    let start = EventFileBytes().bytes.count
    for (number, bytes) in [file.bytes.prefix(start), file.bytes + file.bytes[start...]].enumerated() {
      try AtomicFile.replace(path, bytes: Array(bytes))
      #expect(try read(&reader) == (number == 0 ? [] : found + found))
      // The second file begins with the bytes of the first.
      #expect(reader.damages.map(\.error) == [.replaced])
    }
  }

  @Test func damageIsToldAndPassed() throws {
    var file = EventFileBytes()
    let first = file.bytes.count
    file.add(.scalar("s", 0), step: 0)
    let second = file.bytes.count
    file.addPayload([0xFF])
    file.add(.scalar("s", 1), step: 1)
    let third = file.bytes.count
    file.add(.scalar("s", 2), step: 2)
    var bytes = file.bytes
    bytes[first + 14] ^= 1
    bytes[third] ^= 1
    try AtomicFile.replace(directory.file("a.tfevents"), bytes: bytes)
    var reader = RunReader(directory.path)
    #expect(try read(&reader) == ["s 1 1.0"])
    #expect(reader.damages.map(\.offset) == [first, second, third])
    #expect(try read(&reader).isEmpty)
  }

  @Test func anErrorOfTheBodyPassesAndReadingGoesOn() throws {
    struct Stop: Error {}
    var file = EventFileBytes()
    for step in 0..<3 { file.add(.scalar("s", Float(step)), step: Int64(step)) }
    try file.write(to: directory.file("a.tfevents"))
    var reader = RunReader(directory.path)
    #expect(throws: Stop.self) { try reader.read { if $0.step == 1 { throw Stop() } } }
    #expect(try read(&reader) == ["s 2 2.0"])
  }

  @Test func runsAreFoundAsTensorBoardFindsThem() throws {
    let file = EventFileBytes()
    for name in ["logs/x.tfevents.1", "logs/b/events.out.tfevents.1.h", "logs/b/c/d/tfevents", "other/tfevents"] {
      try file.write(to: directory.file(name))
    }
    try AtomicFile.replace(directory.file("logs/b/events.out.tfe"), bytes: [])
    try Directory.create(directory.file("logs/e/f"))
    try FileManager.default.createSymbolicLink(
      atPath: directory.file("logs/link"), withDestinationPath: directory.file("other"))
    try FileManager.default.createSymbolicLink(atPath: directory.file("logs/b/loop"), withDestinationPath: "..")
    try FileManager.default.createSymbolicLink(atPath: directory.file("logs/gone"), withDestinationPath: "nowhere")
    #expect(mkfifo(directory.file("logs/e/tfevents"), 0o600) == 0)
    let runs = try LogDirectory(directory.file("logs")).runs()
    #expect(runs.map(\.name) == [".", "b", "b/c/d", "link"])
    #expect(throws: FileError.self) { try LogDirectory(directory.file("nothing")).runs() }
    #expect(throws: FileError.notADirectory(path: directory.file("other/tfevents"))) {
      try LogDirectory(directory.file("other/tfevents")).runs()
    }
    let places = try LogWalk(directory.file("logs")).places
    #expect(places.flatMap(\.loops) == ["loop"] && places.flatMap(\.specialFiles) == ["tfevents"])
  }

  private func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: directory.file(path), withDestinationPath: target)
  }

  /// Each of twenty directories has two links to the next: a million paths and no loop.
  @Test(.timeLimit(.minutes(1))) func linksDoNotMakeAWalkEndless() throws {
    for level in 0..<20 {
      try Directory.create(directory.file("logs/\(level)"))
      for name in ["a", "b"] where level > 0 { try link("logs/\(level)/\(name)", to: "../\(level - 1)") }
    }
    let walk = try LogWalk(directory.file("logs"))
    #expect(!walk.isTruncated && walk.places.count == 21)
    #expect(walk.places.flatMap(\.repeats).count == 38)
    #expect(walk.places.map(\.name) == ["."] + (0..<20).map(String.init).sorted())
  }

  @Test(.timeLimit(.minutes(1))) func directoriesThatLinkToEachOtherAreReadOnce() throws {
    let file = EventFileBytes()
    for one in 0..<9 {
      try file.write(to: directory.file("logs/\(one)/tfevents"))
      for other in 0..<9 where other != one { try link("logs/\(one)/to\(other)", to: "../\(other)") }
    }
    let found = try LogDirectory(directory.file("logs")).search()
    #expect(found.runs.map(\.name) == (0..<9).map(String.init))
    #expect(found.repeats.count == 72 && found.failures.isEmpty && !found.isTruncated)
    #expect(found.repeats.allSatisfy { $0.path.hasSuffix("/to\($0.name)") })
    let report = try LogDirectory(directory.file("logs")).verify()
    #expect(report.runs.count == 9 && report.findings.count { $0.rule == .repeatedDirectory } == 72)
  }

  @Test func aDirectoryHasItsOwnNameAndNotThatOfALink() throws {
    try EventFileBytes().write(to: directory.file("logs/run/eval/tfevents"))
    try EventFileBytes().write(to: directory.file("elsewhere/deep/tfevents"))
    try link("logs/a", to: "run")
    try link("logs/run/z", to: "../../elsewhere")
    try link("logs/zz", to: "../elsewhere/deep")
    let found = try LogDirectory(directory.file("logs")).search()
    #expect(found.runs.map(\.name) == ["run/eval", "zz"])
    #expect(found.repeats.map(\.name) == ["run", "zz"])
    let places = try LogWalk(directory.file("logs")).places
    #expect(places.map(\.name) == [".", "run", "run/eval", "run/z", "zz"])
  }

  @Test func aWalkIsCutAtItsLimit() throws {
    for number in 0..<20 { try Directory.create(directory.file("logs/\(number)")) }
    let walk = try LogWalk(directory.file("logs"), limit: 10)
    #expect(walk.isTruncated && walk.places.count == 10)
    #expect(try !LogWalk(directory.file("logs"), limit: 21).isTruncated)
  }

  @Test func aPathThatIsTooLongIsOneFailure() throws {
    try EventFileBytes().write(to: directory.file("logs/run/tfevents"))
    try makeDeepDirectory(directory.file("logs/deep"), files: 3)
    let found = try LogDirectory(directory.file("logs")).search()
    #expect(found.runs.map(\.name) == ["run"] && found.failures.count == 1)
    #expect(found.failures.first.map { "\($0)" }?.contains("File name too long") == true)
    try removeDeepDirectory(directory.file("logs/deep"))
  }

  /// A file of many megabytes passes through one buffer.
  @Test func longFilesInLittleMemory() throws {
    let run = try RunWriter(directory.file("run"))
    let image = EncodedImages(width: 1, height: 1, files: [[UInt8](repeating: 7, count: 300_000)])
    for step in 0..<20 { try run.images("i", image, step: Step(step)) }
    for step in 0..<100_000 { try run.scalar("s", Float(step), step: Step(step)) }
    try run.close()
    var (values, sum) = (0, 0.0)
    var reader = RunReader(directory.file("run"))
    try reader.read { value in
      values += 1
      sum += value.number ?? 0
      _ = value.forEachImage { #expect($0.count == 300_000) }
    }
    #expect(values == 100_020 && sum == 4_999_950_000)
  }
}
