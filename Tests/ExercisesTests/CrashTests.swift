// CrashTests.swift
// Reads the seeds of the fuzz targets, and every input that ever crashed a reader.

import Exercises
import Foundation
import TestSupport
import Testing

@Suite struct CrashTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func files(in folder: String) -> [URL] {
    let names = try? FileManager.default.contentsOfDirectory(
      at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
    return (names ?? []).sorted { $0.path < $1.path }
  }

  @Test("seeds and crashes", .timeLimit(.minutes(2)), arguments: Exercise.allCases)
  func replay(exercise: Exercise) throws {
    let seeds = Self.files(in: "tools/fuzz/seeds/\(exercise.rawValue)")
    #expect(!seeds.isEmpty)
    for file in seeds + Self.files(in: "Tests/Fixtures/crashes/\(exercise.rawValue)") {
      let bytes = try [UInt8](Data(contentsOf: file))
      try withTemporaryDirectory { directory in
        #expect(throws: Never.self, "\(file.lastPathComponent)") { try exercise.run(on: bytes, in: directory) }
      }
    }
  }

  @Test("every seed cut short, and with bytes changed", .timeLimit(.minutes(5)), arguments: Exercise.allCases)
  func damaged(exercise: Exercise) throws {
    try withTemporaryDirectory { directory in
      for file in Self.files(in: "tools/fuzz/seeds/\(exercise.rawValue)") {
        let bytes = try [UInt8](Data(contentsOf: file))
        for position in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 64)) {
          var changed = bytes
          changed[position] ^= 0xFF
          for damaged in [Array(bytes[..<position]), changed] {
            #expect(throws: Never.self, "\(file.lastPathComponent), \(position)") {
              try exercise.run(on: damaged, in: directory)
            }
          }
        }
      }
    }
  }
}
