// RunRecordTests.swift
// run.json is read as it was written, and nothing else is taken for one.

import ByteStreams
import Datasets
import Tensors
import Testing
import TestSupport
import Training

@testable import Experiments

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
      try WholeFile.replace("\(directory)/run.json", bytes: Array(text.utf8))
      #expect(throws: ExperimentError.badRecord(path: "\(directory)/run.json")) {
        try RunRecord.read(from: directory)
      }
    }
  }

  @Test func aSourceIsAbsolute() throws {
    try withTemporaryDirectory { directory in
      _ = try TinyCollection().write(to: directory)
      let roundabout = "\(directory)/./tiny/../tiny/"
      let session = try TrainingSession(
        tinyOptions(tinyConfiguration(), .directory(roundabout), logdir: directory),
        data: DataSource.directory(roundabout).load(seed: 0, threads: 1))
      #expect(session.record.data.source.hasSuffix("/tiny") && !session.record.data.source.contains("/."))
      #expect(session.options.data.argument == session.record.data.source)
    }
  }
}
