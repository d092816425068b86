// RunRecordTests.swift
// run.json is read as it was written, and other files are refused.

import ByteStreams
import Datasets
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct RunRecordTests {
  static func record(in directory: String) throws -> RunRecord {
    let source = try TinyCollection().write(to: directory)
    let session = try TrainingSession(
      tinyOptions(tinyConfiguration(), source, logdir: directory), data: source.load(seed: 0, threads: 1))
    return session.record
  }

  @Test func whatIsWrittenIsRead() throws {
    try withTemporaryDirectory { directory in
      var record = try Self.record(in: directory)
      record.configuration.seed = .max
      record.results.test_loss = 0.1 + 0.2
      record.results.validation_loss = .infinity
      record.error = "a \"line\"\n"
      try record.write(to: directory)
      #expect(try RunRecord.read(from: directory) == record)
    }
  }

  @Test(arguments: ["", "{}", "[]", "null", "{\"status\": \"completed\"}", "\u{FFFD}"])
  func nothingElseIsARecord(text: String) throws {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/run.json", bytes: Array(text.utf8))
      #expect(throws: RunError.badRecord(path: "\(directory)/run.json")) {
        try RunRecord.read(from: directory)
      }
    }
  }

  @Test func aSourceIsAbsolute() throws {
    try withTemporaryDirectory { directory in
      _ = try TinyCollection().write(to: directory)
      let roundabout = "\(directory)/./tiny/../tiny/"
      let session = try TrainingSession(
        tinyOptions(tinyConfiguration(), .files(roundabout), logdir: directory),
        data: DataSource.files(roundabout).load(seed: 0, threads: 1))
      #expect(session.record.data.source.hasSuffix("/tiny") && !session.record.data.source.contains("/."))
      #expect(session.options.data.argument == session.record.data.source)
    }
  }

  @Test("values that no run has are refused by name, as on the command line")
  func badValues() throws {
    try withTemporaryDirectory { directory in
      var record = try Self.record(in: directory)
      record.embed_every = 2
      record.resumptions = [.init(step: 6, started: "", command: [], kernels: "", threads: 2)]
      record.results.checkpoint = "checkpoints/step-00000006.safetensors"
      (record.results.steps, record.results.best_step, record.results.skipped_steps) = (6, 6, 0)
      try record.write(to: directory)
      let path = "\(directory)/run.json"
      let text = String(decoding: try FileContents.read(path), as: UTF8.self)
      let changes = [
        ("\"embed_every\" : 2", ["0", "-1", "-9223372036854775808", "9223372036854775807", "1e30", "\"2\"", "1.5"]),
        ("\"batch_size\" : 9", ["0", "-9", "65537"]), ("\"epochs\" : 3", ["0", "1000000001"]),
        ("\"learning_rate\" : 0.01", ["0", "-1", "1e9"]), ("\"dropout\" : 0", ["1", "-1"]),
        ("\"training_images\" : 55", ["0", "-1"]), ("\"weights\" : \(record.model.weights)", ["0", "-5"]),
        ("\"steps\" : 6", ["-1"]), ("\"best_step\" : 6", ["-6"]), ("\"skipped_steps\" : 0", ["-1", "7"]),
        ("\"seconds\" : 0", ["-1"]), ("\"threads\" : 2", ["0"]), ("\"step\" : 6", ["-6"]),
        ("checkpoints/step-00000006.safetensors", ["../x", "/etc/passwd", "checkpoints/step-6.safetensors"]),
        ("\"name\" : \"\(record.name)\"", ["\"..\"", "\"a/b\""]),
        ("\"images_per_second\" : 0", ["-3"]),
      ]
      for (good, bad) in changes {
        #expect(text.contains(good), "\(good)")
        let key = good.prefix { $0 != ":" }
        for value in bad {
          let new = key.count == good.count ? value : "\(key): \(value)"
          try AtomicFile.replace(path, bytes: Array(text.replacing(good, with: new, maxReplacements: 1).utf8))
          let error = #expect(throws: RunError.self, "\(new)") { try RunRecord.read(from: directory) }
          guard case .badRecordValue(path, _) = error else {
            Issue.record("\(new): \(String(describing: error))")
            continue
          }
          #expect(error.map { "\($0)" }?.contains("put it back") == true)
        }
      }
      for extents in ["[0, 5, 1]", "[6, 5]", "[]", "[65536, 65536, 1]", "[-6, -5, 1]"] {
        let at = try #require(text.firstRange(of: "\"image_shape\" : ["))
        let end = try #require(text[at.upperBound...].firstIndex(of: "]"))
        let changed = text[..<at.lowerBound] + "\"image_shape\" : " + extents + text[text.index(after: end)...]
        try AtomicFile.replace(path, bytes: Array(changed.utf8))
        #expect(throws: RunError.self) { try RunRecord.read(from: directory) }
      }
    }
  }
}
