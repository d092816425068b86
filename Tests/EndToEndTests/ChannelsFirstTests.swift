// ChannelsFirstTests.swift
// Images with channels first, and files in directories of their names: every command reads them, and says so.

import Foundation
import TestSupport
import Testing

@Suite struct ChannelsFirstTests {
  private static let note = "the images are stored as 3×8×8, channels first; they are read as 8×8×3"

  /// Writes a collection with channels last, and the same with channels first.
  private func write(to directory: String) throws {
    let collection = SmallCollection(training: 120, channels: 3)
    _ = try collection.write(to: "\(directory)/last/bars")
    try FileManager.default.createDirectory(atPath: "\(directory)/first/bars", withIntermediateDirectories: true)
    for (name, bytes) in zip(SmallCollection.names, collection.files) {
      var turned = bytes
      if name.contains("images") {
        let count = (bytes.count - 20) / 192
        turned =
          SmallCollection.header(magic: 0x804, [count, 3, 8, 8])
          + (0..<count * 192).map { place in bytes[20 + place / 192 * 192 + place % 64 * 3 + place % 192 / 64] }
      }
      try Data(turned).write(to: URL(fileURLWithPath: "\(directory)/first/bars/\(name)"))
    }
  }

  @Test("preview, training, export and reconstruction are those of channels last") func commands() throws {
    try withTemporaryDirectory { directory in
      try write(to: directory)
      func run(_ folder: String, _ arguments: String...) throws -> Ending {
        let ending = try BuiltProgram.run(arguments, in: "\(directory)/\(folder)")
        #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending)")
        return ending
      }
      func both(_ arguments: String..., files: [String] = []) throws {
        let first = try BuiltProgram.run(arguments, in: "\(directory)/first")
        let last = try BuiltProgram.run(arguments, in: "\(directory)/last")
        #expect(first.status == 0 && last.status == 0, "\(first) \(last)")
        #expect(first.lines.count { $0.hasPrefix("  note ") && $0.hasSuffix(Self.note) } == 1, "\(first)")
        #expect(!last.output.contains("channels first"), "\(last)")
        for file in files {
          let (one, two) = (try bytes("\(directory)/first/\(file)"), try bytes("\(directory)/last/\(file)"))
          #expect(one == two, "\(file)")
        }
      }
      try both("data", "preview", "--data", "bars", "--out", "x.png", files: ["x.png"])
      try both("train", "--data", "bars", "--epochs", "1", "--batch-size", "50", "--name", "a")
      try both("reconstruct", "--run", "runs/a", "--out", "y.png", files: ["y.png"])
      let written = ["metadata.tsv", "tensors.tsv", "sprite.png"].map { "runs/a/embedding/\($0)" }
      try both("export", "--run", "runs/a", files: written)
      try both("bench", "--data", "bars", "--batch-size", "50", "--seconds", "0.01", "--brief")
      let json = try run(
        "first", "train", "--data", "bars", "--epochs", "1", "--batch-size", "50", "--name", "b", "--json")
      let start = try #require(
        JSONSerialization.jsonObject(with: Data((json.lines.first ?? "").utf8)) as? [String: Any])
      #expect(start["notes"] as? [String] == [Self.note])
      let quiet = try run(
        "first", "train", "--data", "bars", "--epochs", "1", "--batch-size", "50", "--name", "c", "--quiet")
      #expect(quiet.output.isEmpty)
    }
  }

  @Test("what can be read in two ways ends with an error that says what to do") func unclear() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection(training: 24, test: 10, side: 3, channels: 3).write(to: "\(directory)/tiny")
      let ending = try BuiltProgram.run(["data", "preview", "--data", "tiny", "--out", "x.png"], in: directory)
      #expect(ending.isRefusal(mentioning: "3×3×3", "channels first or last", "--channel-order first"), "\(ending)")
      #expect(ending.status == 65)
      let told = try BuiltProgram.run(
        ["data", "preview", "--data", "tiny", "--out", "x.png", "--channel-order", "first"], in: directory)
      #expect(told.status == 0 && told.output.contains("3×3×3, channels first"), "\(told)")
    }
  }

  @Test("directories with the names of files, as archives unpack them") func unpacked() throws {
    try withTemporaryDirectory { directory in
      for (name, bytes) in zip(SmallCollection.names, SmallCollection().files) {
        let dotted = name.replacingOccurrences(of: "-idx", with: ".idx")
        try FileManager.default.createDirectory(
          atPath: "\(directory)/bars/\(name)", withIntermediateDirectories: true)
        for place in [dotted, "\(name)/\(name)"] {
          try Data(bytes).write(to: URL(fileURLWithPath: "\(directory)/bars/\(place)"))
        }
      }
      let arguments = ["data", "preview", "--data", "bars", "--out", "x.png"]
      let same = try BuiltProgram.run(arguments, in: directory)
      #expect(same.status == 0 && !same.output.contains("note"), "\(same)")
      let labels = "\(directory)/bars/t10k-labels.idx1-ubyte"
      var changed = try bytes(labels)
      changed[changed.count - 1] ^= 1
      try changed.write(to: URL(fileURLWithPath: labels))
      let differs = try BuiltProgram.run(arguments, in: directory)
      let other = "\"t10k-labels-idx1-ubyte/t10k-labels-idx1-ubyte\" holds something else"
      let note = "  note         \"t10k-labels.idx1-ubyte\" is read; \(other)"
      #expect(differs.lines.contains(note), "\(differs)")
    }
  }
}
