// PictureRunTests.swift
// Runs on folders of pictures: trained, resumed, exported and encoded with the options of the run.

import Foundation
import PNG
import TestSupport
import Testing

@Suite struct PictureRunTests {
  /// Writes 12 pictures of each of two classes, every third one wider than tall.
  private func write(_ folder: String, below directory: String, flat: Bool = false) throws {
    for (label, name) in ["cat", "dog"].enumerated() {
      for number in 0..<12 {
        let (width, height) = number % 3 == 0 ? (12, 8) : (8, 8)
        let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * (number + 3) + label * 90) }
        let picture = PNGImage(width: width, height: height, format: .rgb, pixels: pixels)
        let path = flat ? "\(directory)/\(folder)/\(name)\(number).png" : "\(directory)/\(folder)/\(name)/\(number).png"
        try FileManager.default.createDirectory(
          at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(picture.encoded()).write(to: URL(fileURLWithPath: path))
      }
    }
  }

  private static let train = ["train", "--filters", "3,2", "--epochs", "2", "--quiet", "--data"]

  private func succeed(_ arguments: [String], in directory: String) throws -> Ending {
    let ending = try BuiltProgram.run(arguments, in: directory)
    let isNoted = ending.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("note: ") }
    #expect(ending.status == 0 && isNoted, "\(arguments): \(ending)")
    return ending
  }

  private func table(_ path: String, separator: Character) throws -> [[String]] {
    String(decoding: try bytes(path), as: UTF8.self).split(separator: "\n").map { line in
      line.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test("several sizes are refused with an option that works; the projector's labels are the folders' names")
  func sizes() throws {
    try withTemporaryDirectory { directory in
      try write("pets", below: directory)
      let refused = try BuiltProgram.run(Self.train + ["pets"], in: directory)
      #expect(refused.isRefusal(mentioning: "2 sizes, as 8×8 (16), 8×12 (8)") && refused.status == 64, "\(refused)")
      let option = try #require(refused.errors.firstMatch(of: /as in (--size \d+x\d+)\n/)?.1, "\(refused)")
      _ = try succeed(
        Self.train + ["pets", "--name", "a"] + option.split(separator: " ").map(String.init), in: directory)
      let rows = try table("\(directory)/runs/a/embedding/metadata.tsv", separator: "\t")
      #expect(rows[0].prefix(2) == ["label", "file"] && rows.count > 3)
      for row in rows.dropFirst() { #expect(row[1].hasPrefix("\(row[0])/")) }
    }
  }

  @Test("a resumed run, an export and other commands read the pictures as the run did")
  func recorded() throws {
    try withTemporaryDirectory { directory in
      try write("pets", below: directory)
      let options = ["pets", "--size", "6x10", "--fit", "pad", "--channels", "gray", "--test", "0.25"]
      _ = try succeed(Self.train + options + ["--epochs", "3", "--name", "whole"], in: directory)
      _ = try succeed(Self.train + options + ["--name", "cut"], in: directory)
      _ = try succeed(["train", "--resume", "runs/cut", "--epochs", "3", "--quiet"], in: directory)
      let last = try #require(
        FileManager.default.contentsOfDirectory(atPath: "\(directory)/runs/whole/checkpoints").sorted().last)
      #expect(
        try bytes("\(directory)/runs/whole/checkpoints/\(last)") == bytes("\(directory)/runs/cut/checkpoints/\(last)"))
      let record = String(decoding: try bytes("\(directory)/runs/cut/run.json"), as: UTF8.self)
      #expect(record.contains("--size 6x10 --fit pad --channels gray --test 0.25"), "\(record)")
      _ = try succeed(["export", "--run", "runs/cut"], in: directory)
      _ = try succeed(["reconstruct", "--run", "runs/cut", "--out", "r.png"], in: directory)
      #expect(try BuiltProgram.run(["verify", "runs", "--quiet"], in: directory).status == 0)
      let other = try BuiltProgram.run(
        ["train", "--resume", "runs/cut", "--epochs", "4", "--data", "pets", "--size", "6x8"], in: directory)
      #expect(other.isRefusal(mentioning: "6×8"), "\(other)")
    }
  }

  @Test("encode writes each picture's code, equal in all formats and to the bit in the run's embedding")
  func encode() throws {
    try withTemporaryDirectory { directory in
      try write("pets", below: directory)
      _ = try succeed(Self.train + ["pets", "--size", "8x8", "--name", "a"], in: directory)
      let encode = ["encode", "--run", "runs/a", "--out"]
      for name in ["c.csv", "c.tsv", "c.npy", "c.safetensors"] { _ = try succeed(encode + [name], in: directory) }
      let rows = try table("\(directory)/c.csv", separator: ",")
      #expect(rows.count == 25 && rows[0].prefix(3) == ["file", "label", "code_0"])
      #expect(rows[1].prefix(2) == ["cat/0.png", "cat"] && rows[11][0] == "cat/10.png" && rows[13][1] == "dog")
      #expect(try table("\(directory)/c.tsv", separator: "\t") == rows)
      let standard = try succeed(encode + ["-"], in: directory)
      #expect(standard.output == String(decoding: try bytes("\(directory)/c.csv"), as: UTF8.self))
      let numbers = rows.dropFirst().flatMap { $0.dropFirst(2).compactMap(Float.init) }
      let array = try bytes("\(directory)/c.npy")
      #expect(array.suffix(4 * numbers.count) == numbers.withUnsafeBytes { Data($0) })
      #expect((array.count - 4 * numbers.count) % 64 == 0)
      // The embedding has the test images, with the same numbers.
      _ = try succeed(["export", "--run", "runs/a", "--tensor-format", "tsv"], in: directory)
      let files = try table("\(directory)/runs/a/embedding/metadata.tsv", separator: "\t").dropFirst().map { $0[1] }
      let codes = Dictionary(
        uniqueKeysWithValues: rows.dropFirst().map { ($0[0], $0.dropFirst(2).compactMap(Float.init)) })
      let tensors = try table("\(directory)/runs/a/embedding/tensors.tsv", separator: "\t")
      #expect(tensors.count == files.count && files.count == 4)
      for (file, row) in zip(files, tensors) { #expect(row.compactMap(Float.init) == codes[file]) }
    }
  }

  @Test("pictures of other sizes and without labels are encoded, even one alone")
  func others() throws {
    try withTemporaryDirectory { directory in
      try write("pets", below: directory)
      try write("more", below: directory, flat: true)
      _ = try succeed(Self.train + ["pets", "--size", "8x8", "--name", "a"], in: directory)
      let encode = ["encode", "--run", "runs/a", "--out", "-", "--data"]
      let own = try succeed(encode + ["pets"], in: directory).output.split(separator: "\n").dropFirst()
      let more = try succeed(encode + ["more"], in: directory).output.split(separator: "\n")
      #expect(more[0].hasPrefix("file,code_0") && more.count == 25)
      // The same pictures have the same codes.
      let codes = { (line: Substring, skipped: Int) in
        line.split(separator: ",").dropFirst(skipped).joined(separator: ",")
      }
      #expect(Set(own.map { codes($0, 2) }) == Set(more.dropFirst().map { codes($0, 1) }))
      for name in try FileManager.default.contentsOfDirectory(atPath: "\(directory)/more") where name != "cat0.png" {
        try FileManager.default.removeItem(atPath: "\(directory)/more/\(name)")
      }
      let alone = try succeed(encode + ["more"], in: directory).output.split(separator: "\n")
      #expect(alone.count == 2 && alone[1] == more.first { $0.hasPrefix("cat0.png,") })
    }
  }

  @Test("encode writes one part; reconstruct writes a file a picture, under its name") func parts() throws {
    try withTemporaryDirectory { directory in
      try write("pets", below: directory)
      try write("more", below: directory, flat: true)
      _ = try succeed(Self.train + ["pets", "--size", "8x8", "--name", "a"], in: directory)
      let all = try succeed(["encode", "--run", "runs/a", "--out", "-"], in: directory).output.split(separator: "\n")
      let parts = try ["training", "validation", "test"].map { part in
        try succeed(["encode", "--run", "runs/a", "--out", "-", "--split", part], in: directory).output
          .split(separator: "\n").dropFirst()
      }
      #expect(parts.map(\.count) == [18, 2, 4] && Set(parts.joined()) == Set(all.dropFirst()))
      try Data("no picture".utf8).write(to: URL(fileURLWithPath: "\(directory)/more/broken.png"))
      let whole = try succeed(
        [
          "reconstruct", "--run", "runs/a", "--data", "more", "--skip-broken", "--pictures", "out/made", "--out",
          "sheet.png",
        ],
        in: directory)
      #expect(whole.lines.contains { $0.contains("1 file left out") }, "\(whole)")
      #expect(whole.lines.contains { $0.contains("runs/a/checkpoints/step-") }, "\(whole)")
      #expect(
        filesBelow("\(directory)/out/made")
          == filesBelow("\(directory)/more").filter { $0 != "broken.png" }.map { "\($0).png" })
      let picture = try PNGImage.decode(Array(try bytes("\(directory)/out/made/cat0.png.png")))
      #expect((picture.width, picture.height, picture.format) == (8, 8, .rgb))
      _ = try succeed(["reconstruct", "--run", "runs/a", "--pictures", "test", "--images", "3"], in: directory)
      #expect(filesBelow("\(directory)/test").count == 3)
    }
  }

  @Test("what cannot be encoded is refused, and nothing is written")
  func refused() throws {
    try withTemporaryDirectory { directory in
      try write("pets", below: directory)
      _ = try succeed(Self.train + ["pets", "--size", "8x8", "--name", "a"], in: directory)
      for (arguments, word, status) in [
        (["--run", "runs/a", "--out", "x.txt"], "ends in .npy", 64),
        (["--run", "runs/b", "--out", "x.npy"], "runs/b", 66),
        (["--run", "runs/a", "--out", "x.npy", "--data", "none"], "no directory", 66),
        (["--run", "runs/a", "--out", "x.npy", "--layer", "none"], "none", 64),
        (["--run", "runs/a", "--out", "x.npy", "--fit", "pad"], "--data", 64),
        (["--run", "runs/a", "--out", "x.npy", "--step", "1"], "no checkpoint of step 1", 66),
      ] as [([String], String, Int32)] {
        let run = try BuiltProgram.run(["encode"] + arguments, in: directory)
        #expect(run.isRefusal(mentioning: word) && run.status == status, "\(arguments): \(run)")
        #expect(!exists("\(directory)/x.npy"))
      }
    }
  }
}
