// ReadmeTests.swift
// The README says what the program does: its options, its commands, its Swift.

import Foundation
import PNG
import TestSupport
import Testing

@Suite struct ReadmeTests {
  private let repository: URL
  private let text: String

  init() throws {
    repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    text = try String(contentsOf: repository.appendingPathComponent("README.md"), encoding: .utf8)
  }

  private func options(in text: String) -> Set<String> { Set(text.matches(of: /--[a-z][a-z-]+/).map { String($0.0) }) }

  @Test("every option of every command is in the README, and no other")
  func everyOption() throws {
    var known: Set<String> = []
    let commands = [
      ["train"], ["data", "preview"], ["export"], ["reconstruct"], ["inspect"], ["verify"], ["bench"], ["sweep"],
      ["sweep-trial"],
    ]
    for command in commands {
      known.formUnion(options(in: try BuiltProgram.run(command + ["--help"], in: "/").output))
    }
    // `tools/aelog --install` is the script's, and the rest every command has.
    #expect(options(in: text).subtracting(["--install"]) == known.subtracting(["--help", "--version"]))
  }

  @Test("the defaults of the training table are those of the help")
  func defaults() throws {
    let help = try BuiltProgram.run(["train", "--help"], in: "/").output
    let entries = help.components(separatedBy: "\n  --").dropFirst().map {
      ($0.components(separatedBy: "\n\n").first ?? "").replacing(/\s+/, with: " ")
    }
    let section = try #require(text.components(separatedBy: "## Training").last?.components(separatedBy: "###").first)
    let rows = section.matches(of: /\n\| `--([a-z-]+)` \| `?([^|`]+?)`? \|/)
    #expect(rows.count > 15)
    for row in rows {
      let entry = try #require(entries.first { $0.hasPrefix("\(row.1) ") }, "--\(row.1)")
      let stated = entry.firstMatch(of: /default: ([^)]*)\)/).map { String($0.1) } ?? ""
      let agrees = stated == row.2 || Double(stated).map { $0 == Double(row.2) } ?? false
      #expect(agrees || ["the model's", "all"].contains(row.2), "--\(row.1): README \(row.2), help \(stated)")
    }
  }

  @Test("the README's Swift is in the tests of the public interface, line by line")
  func swift() throws {
    let folder = repository.appendingPathComponent("Tests/PublicAPITests")
    let tests = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "swift" }
      .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    let compiled = Set(tests.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    let examples = text.components(separatedBy: "```swift").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
    #expect(examples.count >= 2)
    for line in examples.joined().split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
      #expect(compiled.contains(line), "\(line)")
    }
  }

  /// codes.npy, labels.tsv and pictures/ of nine points.
  private static func writeForeignFiles(to directory: String) throws {
    func write(_ name: String, _ bytes: [UInt8]) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
    }
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (9, 4), }\n"
    let front: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
    try write("codes.npy", front + Array(header.utf8) + (0..<36).map { UInt8(truncatingIfNeeded: $0 * $0) })
    try write("labels.tsv", Array((0..<9).map { "\($0 % 3)\tnumber \($0)\n" }.joined().utf8))
    try FileManager.default.createDirectory(atPath: "\(directory)/pictures", withIntermediateDirectories: true)
    for number in 0..<9 {
      let picture = PNGImage(width: 3, height: 3, format: .gray, pixels: (0..<9).map { $0 * UInt8(number) })
      try write("pictures/\(number).png", picture.encoded())
    }
  }

  @Test("the README's commands are accepted")
  func commands() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--quiet"], in: directory)
      try FileManager.default.moveItem(
        atPath: "\(directory)/runs/convolutional-4-2", toPath: "\(directory)/runs/convolutional-16-8-8")
      _ = try SmallCollection().write(to: "\(directory)/mnist")
      try Self.writeForeignFiles(to: directory)
      let lines = text.split(separator: "\n").filter { $0.hasPrefix("    aelog ") }
      #expect(lines.count >= 4)
      for line in lines where !line.contains("--out digits.png") {
        let arguments = line.split(separator: " ").dropFirst().map { $0.filter { $0 != "'" } }
        let run = try BuiltProgram.run(arguments, in: directory)
        #expect(run.status == 0, "\(line): \(run)")
      }
    }
  }
}
