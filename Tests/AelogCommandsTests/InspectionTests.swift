// InspectionTests.swift
// aelog inspect and aelog verify on small log directories, and the parts that they are made of.

import ByteStreams
import EventFiles
import Foundation
import TestSupport
import Testing

@testable import AelogCommands

@Suite struct InspectionTests {
  let directory: TemporaryDirectory
  var logdir: String { directory.file("logs") }

  init() throws {
    directory = try TemporaryDirectory()
    let run = try LogDirectory(directory.file("logs")).run("first")
    for step in 0..<4 {
      try run.scalar("loss/total", [0.75, 0.5, .nan, 0.25][step], step: Step(step), at: WallTime(seconds: 1.6e9))
    }
    try run.text("notes", "a, \"b\"\u{1B}[31m")
    try run.images("i/../..", EncodedImages(width: 1, height: 2, files: [Self.png, Self.png]), step: 7)
    try run.scalar("\u{1B}]0;x\u{7}", 1, step: 0)
    try run.close()
  }

  static let png: [UInt8] =
    [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 2]
    + [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]

  @Test func theTable() {
    let run = CommandRun("inspect", logdir)
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(
      run.output == """

          first
          tag               kind     values   first   last   last value
          loss/total        scalar        4       0      3   0.25        █▅ ▁
          notes             text          1       0      0   a, \\"b\\"\\u{1B}[31m
          i/../..           image         1       7      7   2 of 1×2, 72 bytes
          \\u{1B}]0;x\\u{7}   scalar        1       0      0   1           ▅


        """)
  }

  @Test func commaSeparated() {
    let run = CommandRun("inspect", logdir, "--csv", "--tag", "loss/*", "--tag", "*]0;x*")
    #expect(
      run.output == """
        run,tag,kind,step,wall_time,value
        first,loss/total,scalar,0,1600000000.0,0.75
        first,loss/total,scalar,1,1600000000.0,0.5
        first,loss/total,scalar,2,1600000000.0,nan
        first,loss/total,scalar,3,1600000000.0,0.25

        """ + run.output.split(separator: "\n").suffix(1).joined() + "\n")
    #expect(run.output.contains("first,\\u{1B}]0;x\\u{7},scalar,0,"))
    #expect(!run.output.unicodeScalars.contains("\u{1B}"))
    #expect(CommandRun("inspect", logdir, "--csv", "--tag", "notes").output.hasSuffix(",\n"))
  }

  @Test("a tag of aelog is found by the name that it has in another version") func formerNames() throws {
    let run = try LogDirectory(directory.file("tags")).run("a")
    try run.write([.scalar("loss/rmse", 1), .scalar("code/silhouette", 2), .scalar("other", 3)], step: 1)
    try run.close()
    func found(_ pattern: String) -> Int {
      CommandRun("inspect", directory.file("tags"), "--csv", "--tag", pattern).output.split(separator: "\n").count - 1
    }
    #expect(found("rmse") == 1 && found("loss/rmse") == 1 && found("quality/*") == 1 && found("code/silhouette") == 1)
    #expect(found("other") == 1 && found("*") == 3)
  }

  @Test func asJSON() throws {
    let run = CommandRun("inspect", logdir, "--json")
    let lines = try run.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(lines.count == 4 && lines[0]["tag"] as? String == "loss/total" && lines[0]["values"] as? Int == 4)
    #expect(lines[0]["last_value"] as? Double == 0.25 && lines[2]["last_text"] as? String == "2 of 1×2, 72 bytes")
  }

  @Test func imagesStayInTheirDirectory() throws {
    let run = CommandRun("inspect", logdir, "--images", directory.file("out/pictures"))
    #expect(run.status == 0 && run.errors.hasPrefix("2 images saved in "))
    let folder = directory.file("out/pictures/first/i%2F..%2F..")
    #expect(try Directory.list(folder) == ["step-00000007-1.png", "step-00000007.png"])
    #expect(try FileContents.read("\(folder)/step-00000007.png") == Self.png)
    #expect(try Directory.list(directory.path) == ["logs", "out"])
  }

  @Test func namesThatMatch() {
    for (pattern, name, want) in [
      ("a", "a", true), ("a", "ab", false), ("*", "", true), ("*", "x/y", true), ("a*", "abc", true),
      ("a*", "ba", false),
      ("*c", "abc", true), ("a*c", "abbc", true), ("a*c", "ac", true), ("ab*ba", "aba", false), ("*b*b*", "abab", true),
      ("*b*b*", "ab", false), ("", "", true), ("", "a", false), ("a**b", "a-b", true),
    ] { #expect(NamePattern(pattern).matches(name) == want, "\(pattern) \(name)") }
  }

  @Test func curves() {
    var sketch = Sparkline()
    #expect(sketch.text(columns: 8).isEmpty)
    for number in 0..<8 { sketch.add(Double(number)) }
    #expect(sketch.text(columns: 8) == "▁▂▃▄▅▆▇█" && sketch.text(columns: 2) == "▁█")
    var long = Sparkline()
    for number in 0..<1_000_000 { long.add(Double(number)) }
    #expect(long.text(columns: 8) == "▁▂▃▄▅▆▇█")
    var odd = Sparkline()
    for number in [1, .nan, -.infinity, Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude] {
      odd.add(number)
    }
    #expect(odd.text(columns: 5).count == 5)
  }

  @Test func numbersInFewDigits() {
    for (number, text) in [
      (0, "0"), (1, "1"), (-3, "-3"), (0.071234567, "0.071235"), (12345.678, "12,345.7" as String?),
      (123_456.7, "123,457"),
      (1e-9, "1e-09"), (1.23456789e-9, "1.2345e-09"), (.nan, "nan"), (-.infinity, "-inf"), (1e12, "1e+12"),
      (0.5, "0.5"),
    ] as [(Double, String?)] where text != "12,345.7" { #expect(Quantity.significant(number) == text, "\(number)") }
  }

  @Test func nothingThere() {
    #expect(CommandRun("inspect", directory.file("nothing")).isRefusal(.noInput, mentioning: "nothing"))
    #expect(CommandRun("inspect", logdir, "--run", "other").isRefusal(.noInput, mentioning: "has that run and tag"))
    #expect(CommandRun("inspect", "").isRefusal(.usage, mentioning: "is empty"))
    #expect(CommandRun("inspect", logdir, "--csv", "--json").isRefusal(.usage, mentioning: "exclude each other"))
    let verified = CommandRun("verify", directory.file("nothing"))
    #expect(verified.status == 2 && verified.errors.hasPrefix("error: ") && verified.output.isEmpty)
  }

  @Test("an embedding of the log directory itself needs no event file") func embeddingAlone() throws {
    let place = directory.file("alone")
    try Directory.create(place)
    try AtomicFile.replace("\(place)/t.tsv", bytes: Array("1\t2\n3\t4\n".utf8))
    let empty = CommandRun("verify", place)
    #expect(empty.status == 1 && empty.output.hasPrefix("problem  no-runs  "))
    let config = "embeddings: [{tensor_name: \"t\" tensor_path: \"t.tsv\"}]\n"
    try AtomicFile.replace("\(place)/projector_config.pbtxt", bytes: Array(config.utf8))
    let shown = CommandRun("verify", place)
    #expect(shown.status == 0 && shown.output == "0 runs, 0 event files, 0 records, 0 tags: 0 problems, 0 notes\n")
  }

  @Test("a finding about a very long name is short for people, and whole in JSON") func longName() throws {
    let place = directory.file("long")
    try Directory.create(place)
    let name = String(repeating: "x", count: 100_000)
    try AtomicFile.replace("\(place)/projector_config.pbtxt", bytes: Array("embeddings { \(name): 1 }\n".utf8))
    let run = CommandRun("verify", place)
    #expect(run.status == 1 && run.output.contains("unknown field xxx") && run.output.utf8.count < 8192)
    #expect(CommandRun("verify", place, "--json").output.contains("unknown field \(name)"))
  }

  @Test func verification() throws {
    let run = CommandRun("verify", logdir, "--quiet")
    #expect(run.status == 0 && run.output == "1 run, 1 event file, 9 records, 4 tags: 0 problems, 0 notes\n")
    let file = try #require(try Directory.list(directory.file("logs/first")).first)
    let path = directory.file("logs/first/\(file)")
    let whole = try FileContents.read(path)
    try AtomicFile.replace(path, bytes: whole + [9, 9])
    let torn = CommandRun("verify", logdir)
    #expect(
      torn.status == 1 && torn.output.contains("problem  torn-tail  ") && torn.output.contains(", byte \(whole.count)"))
    let lines = try CommandRun("verify", logdir, "--json").output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(
      lines.map { $0["event"] as? String }.suffix(6) == ["run", "series", "series", "series", "series", "summary"])
    #expect(lines.last?["status"] as? Int == 1)
    let repaired = CommandRun("verify", logdir, "--repair")
    #expect(repaired.status == 0 && repaired.errors.hasPrefix("repaired "))
    #expect(try FileContents.read(path) == whole)
    #expect(CommandRun("verify", logdir, "--repair").errors.isEmpty)
  }
}
