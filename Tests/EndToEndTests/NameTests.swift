// NameTests.swift
// Names in both normal forms, and in no encoding, through every command.

import Foundation
import TestSupport
import Testing

@Suite struct NameTests {
  private static let forms = [RawNames.composed, RawNames.decomposed]
  private static let formBytes = forms.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }

  private func names(in directory: String) throws -> [[UInt8]] {
    try FileManager.default.contentsOfDirectory(atPath: directory).map { Array($0.utf8) }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// How often each text stands in the first cell of a line.
  private func firstCells(_ output: String) -> [[UInt8]: Int] {
    let lines = Array(output.utf8).split(separator: UInt8(ascii: "\n")).dropFirst()
    return Dictionary(lines.map { (Array($0.prefix { $0 != UInt8(ascii: ",") }), 1) }, uniquingKeysWith: +)
  }

  @Test("runs of both normal forms are trained, resumed, listed, verified and exported, each for itself")
  func runs() throws {
    try withTemporaryDirectory { directory in
      for name in Self.forms {
        #expect(try TrainTests.train(["--name", name, "--quiet"], in: directory).status == 0)
      }
      #expect(try names(in: "\(directory)/runs") == Self.formBytes)
      let listed = firstCells(try BuiltProgram.run(["inspect", "runs", "--csv"], in: directory).output)
      let counts = Self.formBytes.map { listed[$0] ?? 0 }
      #expect(counts[0] == counts[1] && counts[0] > 50 && listed.count == 4, "\(listed)")
      let table = try BuiltProgram.run(["inspect", "runs", "--tag", "loss/total"], in: directory).output
      for name in Self.formBytes { #expect(Array(table.utf8).firstRange(of: Array("\n  ".utf8) + name + [10]) != nil) }
      let chosen = try BuiltProgram.run(["inspect", "runs", "--csv", "--run", Self.forms[1]], in: directory).output
      #expect(firstCells(chosen) == [Array(Self.forms[1].utf8): counts[0]])
      let sound = try BuiltProgram.run(["verify", "runs"], in: directory)
      #expect(sound.status == 0 && sound.output.contains("4 runs, 4 event files"), "\(sound)")
      let resumed = try BuiltProgram.run(
        ["train", "--resume", "runs/\(Self.forms[1])", "--epochs", "3", "--quiet"], in: directory)
      #expect(resumed.status == 0, "\(resumed)")
      let isThere = Self.forms.map { exists("\(directory)/runs/\($0)/checkpoints/step-00000033.safetensors") }
      #expect(isThere == [false, true])
      for name in Self.forms {
        let run = "runs/\(name)"
        try FileManager.default.removeItem(atPath: "\(directory)/\(run)/embedding.png")
        let exported = try BuiltProgram.run(["export", "--run", run, "--quiet"], in: directory)
        #expect(exported.status == 0 && exists("\(directory)/\(run)/embedding.png"), "\(exported)")
        let file = try #require(
          try FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(run)").first { $0.contains("tfevents") })
        let handle = try #require(FileHandle(forWritingAtPath: "\(directory)/\(run)/\(file)"))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data([1, 2, 3]))
        try handle.close()
      }
      let torn = try BuiltProgram.run(["verify", "runs", "--json"], in: directory)
      #expect(torn.output.split(separator: "\n").filter { $0.contains("torn-tail") }.count == 2, "\(torn)")
    }
  }

  @Test("trials of both normal forms, in log directories of both") func sweeps() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let trials = zip(Self.forms, [4, 3]).map { "  - {name: \"\($0)\", filters: [\($1)]}\n" }
      let text = "data: bars\noptions: {batch-size: 20, epochs: 1}\ntrials:\n" + trials.joined()
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/s.yaml"))
      for logdir in Self.forms {
        let sweep = try BuiltProgram.run(
          ["sweep", "--spec", "s.yaml", "--logdir", logdir, "--name", logdir, "--quiet"], in: directory)
        #expect(sweep.status == 0, "\(sweep)")
        let place = "\(directory)/\(logdir)/\(logdir)"
        #expect(try names(in: place).filter(Self.formBytes.contains) == Self.formBytes)
        let results = firstCells(String(decoding: try bytes("\(place)/results.csv"), as: UTF8.self))
        #expect(results == [Self.formBytes[0]: 1, Self.formBytes[1]: 1])
        let verified = try BuiltProgram.run(["verify", logdir, "--quiet"], in: directory)
        #expect(verified.status == 0, "\(verified)")
      }
      #expect(try names(in: directory).filter(Self.formBytes.contains) == Self.formBytes)
    }
  }

  @Test("points, metadata and pictures of both forms become two runs") func points() throws {
    try withTemporaryDirectory { directory in
      for (place, name) in Self.forms.enumerated() {
        let rows = (0..<8).map { "\($0 + place).5\t\($0 * $0).25\t1\n" }.joined()
        try Data(rows.utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name).tsv"))
        let run = try BuiltProgram.run(
          ["export", "--tensors", "\(name).tsv", "--logdir", "runs", "--quiet"], in: directory)
        #expect(run.status == 0, "\(run)")
      }
      #expect(try names(in: "\(directory)/runs") == Self.formBytes)
      #expect(try BuiltProgram.run(["verify", "runs"], in: directory).status == 0)
    }
  }

  @Test(
    "an argument that is not UTF-8 is refused in one line, and nothing is made",
    arguments: [
      "train --data bars --logdir $N", "train --data $N", "train --name $N", "train --resume $N",
      "export --run $N", "export --tensors $N --logdir runs", "reconstruct --run a --out $N", "inspect $N", "verify $N",
      "sweep --name s --spec $N", "sweep-trial $N 0", "data preview --out $N", "bench --data $N", "$N",
    ])
  func arguments(words: String) throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      try RawNames.makeDirectory(RawNames.latin1, in: directory)
      let before = filesBelow(directory)
      let run = try BuiltProgram.run([], in: directory, shell: #"N=$'caf\xe9'; exec "$1" "# + words)
      let place = words.split(separator: " ").firstIndex(of: "$N").map { $0 + 1 } ?? 0
      #expect(run.isRefusal(mentioning: "argument \(place) is not UTF-8", #""caf\xE9""#), "\(run)")
      #expect(run.status == 64 && run.output.isEmpty && filesBelow(directory) == before)
      #expect(!exists("\(directory)/caf\u{FFFD}"))
    }
  }

  @Test("a link of another name leads there all the same") func link() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/data")
      for (name, link) in [("data", "bars"), ("logs", "runs")] {
        if name == "logs" {
          try FileManager.default.createDirectory(atPath: "\(directory)/logs", withIntermediateDirectories: false)
        }
        try RawNames.rename("\(directory)/\(name)", to: RawNames.latin1 + Array(name.utf8))
        #expect(try Self.bash("ln -s $'caf\\xe9\(name)' \(link)", in: directory) == 0)
      }
      let run = try BuiltProgram.run(
        ["train", "--data", "bars", "--logdir", "runs", "--name", "a", "--quiet"] + TrainTests.quick, in: directory)
      #expect(run.status == 0, "\(run)")
      let resumed = try BuiltProgram.run(
        ["train", "--resume", "runs/a", "--epochs", "3", "--quiet"], in: directory)
      #expect(resumed.status == 0, "\(resumed)")
      #expect(try BuiltProgram.run(["verify", "runs", "--quiet"], in: directory).status == 0)
      let sweep = try BuiltProgram.run(
        [
          "sweep", "--data", "bars", "--logdir", "runs", "--name", "s", "--filters", "3", "--epochs", "1",
          "--batch-size", "20",
        ]
          + ["--quiet"], in: directory)
      #expect(sweep.status == 0, "\(sweep)")
      #expect(try Self.bash("test -d $'caf\\xe9logs'/a && test -d $'caf\\xe9logs'/s", in: directory) == 0)
    }
  }

  private static func bash(_ line: String, in directory: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test("names in no encoding are told of, escaped, and do no harm to what is beside them") func notUTF8() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let sweep = ["sweep", "--data", "bars", "--name", "s", "--filters", "3", "--filters", "2", "--epochs", "1"]
      #expect(
        try BuiltProgram.run(sweep + ["--batch-size", "20", "--quiet"], in: directory).status == 0)
      let run = try #require(
        try FileManager.default.contentsOfDirectory(atPath: "\(directory)/runs/s").first { $0.hasSuffix("-3") })
      // A run, a file and a directory of such names.
      try FileManager.default.copyItem(
        atPath: "\(directory)/runs/s/\(run)", toPath: "\(directory)/runs/s/copy")
      try RawNames.rename("\(directory)/runs/s/copy", to: RawNames.latin1)
      let listed = try BuiltProgram.run(["inspect", "runs"], in: directory)
      #expect(listed.status == 66 && listed.output.contains("s/\(run)\n"), "\(listed)")
      #expect(listed.errors == #"warning: "runs/s" holds the name "caf\xE9", which is not UTF-8; rename it"# + "\n")
      let verified = try BuiltProgram.run(["verify", "runs", "--quiet"], in: directory)
      #expect(verified.status == 1 && verified.errors.isEmpty, "\(verified)")
      #expect(verified.output.contains("problem  name-not-utf8  runs/s\n  the name \"caf\\xE9\" is not UTF-8"))
      let json = try BuiltProgram.run(["verify", "runs", "--json"], in: directory).output
      #expect(json.contains(#""python_shows":false"#) && !json.contains(#""python_shows":true"#))
      for options in [["--report"], ["--quiet"], []] {
        let again = try BuiltProgram.run(["sweep", "--resume", "runs/s"] + options, in: directory)
        #expect(again.status == 0, "\(again)")
        let note = #"note: "runs/s" holds the name "caf\xE9", which is not UTF-8; rename it"#
        #expect(again.errors.hasPrefix(note) == (options != ["--quiet"]), "\(again)")
      }
      // Training and export work beside it.
      let trained = try BuiltProgram.run(
        ["train", "--data", "bars", "--logdir", "runs/s", "--name", "t", "--quiet"] + TrainTests.quick, in: directory)
      #expect(trained.status == 0, "\(trained)")
      #expect(try BuiltProgram.run(["export", "--run", "runs/s/t", "--quiet"], in: directory).status == 0)
    }
  }

  @Test("a picture whose name is in no encoding is not left out, which would move the others") func pictures() throws {
    try withTemporaryDirectory { directory in
      let rows = (0..<4).map { "\($0).5\t\($0 * $0).25\t1\n" }.joined()
      try Data(rows.utf8).write(to: URL(fileURLWithPath: "\(directory)/p.tsv"))
      let folder = "\(directory)/pictures"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      for number in 0..<5 { try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(number).png")) }
      try RawNames.rename("\(folder)/2.png", to: RawNames.latin1 + Array(".PNG".utf8))
      let run = try BuiltProgram.run(
        ["export", "--tensors", "p.tsv", "--images", "pictures", "--logdir", "runs"], in: directory)
      #expect(run.isRefusal(mentioning: #""pictures" holds the name "caf\xE9.PNG""#, "rename it"), "\(run)")
      #expect(run.status == 66 && !exists("\(directory)/runs"))
    }
  }
}
