// ReadmeTests.swift
// README.md and the pages of docs/ show Swift that compiles. Their options and commands are held by tools/docs and tools/check-examples.

import Foundation
import Testing

@Suite struct ReadmeTests {
  private let repository: URL

  init() {
    repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }

  private func files(in folder: String, _ suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      at: repository.appendingPathComponent(folder), includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == suffix }.map { try String(contentsOf: $0, encoding: .utf8) }
  }

  @Test("the documents' Swift is in the tests of the public interface, line by line")
  func swift() throws {
    let text = try files(in: "", "md").joined() + files(in: "docs", "md").joined()
    let tests = try files(in: "Tests/PublicAPITests", "swift").joined()
    let compiled = Set(tests.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    let examples = text.components(separatedBy: "```swift\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
    #expect(examples.count >= 4)
    for line in examples.joined().split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
      #expect(compiled.contains(line), "\(line)")
    }
  }
}
