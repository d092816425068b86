// LoggedPicturesTests.swift
// TensorBoard keeps ten pictures of a tag: a run that is resumed with more epochs has no more than these.

import ByteStreams
import Datasets
import EventFiles
import Networks
import Parallel
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct LoggedPicturesTests {
  /// - Parameter isVariational: whether the model has every kind of picture.
  private func options(_ directory: String, epochs: Int, isVariational: Bool = false) throws -> TrainingOptions {
    let data = try TinyCollection().write(to: directory)
    var architecture = Architecture.fullyConnected(hiddenUnits: [isVariational ? 2 : 3])
    if isVariational { (architecture.isVariational, architecture.codeActivation) = (true, .linear) }
    var configuration = TrainingConfiguration(architecture: architecture)
    (configuration.batchSize, configuration.epochs) = (7, epochs)
    var options = TrainingOptions(configuration: configuration, data: data, logdir: "\(directory)/runs", threads: 1)
    options.name = "run"
    return options
  }

  /// The steps of each tag's pictures.
  private func pictures(_ directory: String) throws -> [String: [Step]] {
    var found: [String: [Step]] = [:]
    var reader = RunReader(directory)
    try reader.read { if case .images = try? $0.content() { found[$0.tag.name, default: []].append($0.step) } }
    return found
  }

  private func sizes(_ directory: String) throws -> [Int] {
    try Directory.list(directory).filter { $0.contains("tfevents") }.sorted()
      .map { try FileContents.read("\(directory)/\($0)").count }
  }

  @Test(
    "a run that is resumed with more epochs, once and again", arguments: [[10, 12], [9, 11, 30], [12, 13, 14, 50]])
  func moreEpochs(epochs: [Int]) throws {
    try withTemporaryDirectory { directory in
      var options = try options(directory, epochs: epochs[0], isVariational: true)
      let images = try options.data.load(seed: 0, threads: 1)
      _ = try TrainingSession(options, data: images).run()
      let (run, eval) = ("\(directory)/runs/run", "\(directory)/runs/run/eval")
      for more in epochs.dropFirst() {
        let before = try (sizes(eval), pictures(eval))
        options.configuration.epochs = more
        _ = try TrainingSession(resuming: InterruptedRun(run), options, data: images).run()
        let report = try LogDirectory("\(directory)/runs").verify()
        #expect(report.findings.isEmpty, "\(report.findings)")
        #expect(try Array(sizes(eval).prefix(before.0.count)) == before.0, "records keep their places")
        let after = try pictures(eval)
        #expect(after["quality/reconstructions"]?.count ?? 0 > 7 && after["quality/reconstructions"]?.first == 0)
        #expect(
          Set(after.keys).isSuperset(of: ["samples/random_codes", "samples/interpolations", "samples/code_plane"]))
        #expect(Set(after.keys) == Set(before.1.keys) && after.values.allSatisfy { $0.count <= 10 }, "\(after)")
      }
    }
  }

  @Test("a run that is resumed more often than TensorBoard keeps pictures") func often() throws {
    try withTemporaryDirectory { directory in
      var options = try options(directory, epochs: 1)
      let images = try options.data.load(seed: 0, threads: 1)
      _ = try TrainingSession(options, data: images).run()
      let run = "\(directory)/runs/run"
      for epochs in 2...14 {
        options.configuration.epochs = epochs
        _ = try TrainingSession(resuming: InterruptedRun(run), options, data: images).run()
      }
      let report = try LogDirectory("\(directory)/runs").verify()
      #expect(report.findings.isEmpty, "\(report.findings)")
      let steps = try RunRecord.read(from: run).results.steps
      for (tag, pictures) in try pictures("\(run)/eval") {
        #expect(pictures.count <= 10 && pictures.last == Step(steps), "\(tag): \(pictures)")
      }
      #expect(try pictures("\(run)/eval")["quality/reconstructions"]?.first == 0)
    }
  }

  @Test("nothing is changed while there is room") func room() throws {
    try withTemporaryDirectory { directory in
      var options = try options(directory, epochs: 3)
      let images = try options.data.load(seed: 0, threads: 1)
      _ = try TrainingSession(options, data: images).run()
      let eval = "\(directory)/runs/run/eval"
      let file = try #require(try Directory.list(eval).first { $0.contains("tfevents") })
      let before = try FileContents.read("\(eval)/\(file)")
      options.configuration.epochs = 9
      _ = try TrainingSession(resuming: InterruptedRun("\(directory)/runs/run"), options, data: images).run()
      #expect(try FileContents.read("\(eval)/\(file)") == before)
      #expect(try pictures(eval)["quality/reconstructions"]?.count == 10)
    }
  }

  @Test("padding has any length, and readers skip it") func padding() throws {
    for count in 0..<4 { #expect(Padding.bytes(count) == nil) }
    let event = Event(.summary([.scalar("a", 1)]), step: 3, at: .now())
    for count in Array(4...300) + Array(16_380...16_400) + Array(2_097_150...2_097_170) {
      let padding = try #require(Padding.bytes(count))
      #expect(padding.count == count)
      var writer = RecordWriter(MemorySink())
      try writer.append(event.encoded() + padding)
      var reader = EventFileReader(MemorySource(try writer.close().bytes))
      guard case .event(let read) = try reader.next() else { throw RunError.noRun(directory: "\(count)") }
      #expect(read == event)
    }
  }
}
