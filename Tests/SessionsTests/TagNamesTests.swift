// TagNamesTests.swift
// Runs under the tags of an earlier version: they resume under them, and new trials of their sweep take them too.

import ByteStreams
import Datasets
import EventFiles
import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct TagNamesTests {
  /// Changes the tags in a run's event files to those of an earlier version, which had no guide.
  private func makeFormer(_ run: String) throws {
    for part in [run, "\(run)/eval"] {
      for name in try Directory.list(part) where name.contains("tfevents") {
        let path = "\(part)/\(name)"
        var reader = try EventFileReader(path: path)
        var writer = RecordWriter(MemorySink())
        for event in try reader.rest() {
          var former = event
          if case .summary(let values) = event.content {
            former.content = .summary(TagNames.former.name(values.filter { $0.tag.name != "guide" }))
          }
          try writer.append(former.encoded())
        }
        try AtomicFile.replace(path, bytes: try writer.close().bytes)
      }
    }
  }

  private func former(_ name: String) -> String {
    let isEvaluation = name.hasPrefix("eval/")
    let tag = isEvaluation ? String(name.dropFirst(5)) : name
    return (isEvaluation ? "eval/" : "") + (LoggedTag.formerName(of: tag) ?? tag)
  }

  @Test("a run that an earlier version began resumes under its own tags: no curve is cut in two") func resumed() throws
  {
    try withTemporaryDirectory { directory in
      let (path, data) = try interruptedRun(in: directory)
      try copyRun(path, "\(directory)/former/run")
      try makeFormer("\(directory)/former/run")
      try resumeRun(path, data: data)
      try resumeRun("\(directory)/former/run", data: data)
      let (now, before) = (try RunContents(path), try RunContents("\(directory)/former/run"))
      var want: [String: [RunContents.Value]] = [:]
      // The guide names tags, so its texts differ.
      for (name, values) in now.values where name != "guide" { want[former(name)] = values }
      var got = before.values
      #expect(got["guide"]?.map(\.step) == [18])
      got["guide"] = nil
      #expect(got.keys.contains("optimizer/gradient_norm") && got.keys.contains("eval/embedding"))
      #expect(got.keys.contains("activations/encoder/dense0/fraction_of_zeros"))
      got["speed/images_per_second"] = nil
      want["speed/images_per_second"] = nil
      #expect(got == want)
      #expect(try problems(in: "\(directory)/former") == [])
      #expect(TagNames(ofRun: path) == .current && TagNames(ofRun: "\(directory)/former/run") == .former)
      #expect(TagNames(ofRun: "\(directory)/nothing") == nil)
    }
  }

  @Test(
    "a new trial takes the tags of its sweep's earlier trials; a run on its own does not", arguments: [false, true])
  func trials(isTrial: Bool) throws {
    try withTemporaryDirectory { directory in
      let first = try trained(tinyConfiguration(), in: directory)
      try makeFormer(first.runPath)
      let source = DataSource.files("\(directory)/tiny")
      var options = tinyOptions(tinyConfiguration(), source, logdir: "\(directory)/runs")
      if isTrial { options.comparison = RunComparison(differing: [.seed]) }
      let second = try TrainingSession(options, data: source.load(seed: 0, threads: 1)).run()
      #expect(second.runPath != first.runPath)
      let evaluation = try LoggedRun("\(second.runPath)/eval").tags
      #expect(evaluation.contains(isTrial ? "rmse" : "loss/rmse"))
      #expect(!evaluation.contains(isTrial ? "loss/rmse" : "rmse"))
      let table = try LoggedRun(second.runPath).values.lazy.compactMap { value -> HyperParameterTable? in
        if case .hyperParameterTable(let table) = value.value.content { table } else { nil }
      }.first
      #expect(try #require(table).metrics.map(\.tag.name).contains(isTrial ? "rmse" : "loss/rmse"))
    }
  }

  @Test("every tag that a run logs is in the table, and each row of it is logged") func table() throws {
    try withTemporaryDirectory { directory in
      var architecture = Architecture.convolutional(filters: [4], downsampling: .pool)
      (architecture.code, architecture.codeActivation, architecture.isVariational) = (2, .linear, true)
      let collection = TinyCollection(learning: 240, test: 43)
      let outcome = try trained(tinyConfiguration(architecture), on: collection, in: directory)
      let tags = try LoggedRun(outcome.runPath).tags.union(LoggedRun("\(outcome.runPath)/eval").tags)
        .filter { !$0.hasPrefix("_hparams_") && !$0.hasPrefix("__") }
      for tag in tags { #expect(LoggedTag.all.contains { $0.names(tag) }, "\(tag)") }
      for row in LoggedTag.all where row.run != "summary" && row.tag != MetricTag.failure.tag {
        #expect(tags.contains { row.names($0) }, "\(row.tag.name)")
      }
    }
  }

  @Test("the guide has the numbers of the run, and at the end its results") func guide() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), on: TinyCollection(test: 40), in: directory)
      let texts = try LoggedRun(outcome.runPath).values.compactMap { value -> String? in
        if case .text(.markdown(let text)) = value.value.content, value.value.tag.name == "guide" { text } else { nil }
      }
      #expect(texts.count == 2)
      for text in texts {
        #expect(text.contains("594 weights, trained on 55 images of `tiny`") && text.contains("a code of 4 numbers"))
        #expect(text.contains("6×5×1") && text.contains("for the 5 validation images"))
        for tag in ["`quality/reconstructions`", "`loss/reconstruction`", "`weights/…`", "`test/votes`"] {
          #expect(text.contains(tag), "\(tag)")
        }
      }
      let loss = try #require(outcome.test).reconstructionLoss
      #expect(texts.last?.contains("After epoch 3 it is") == true && texts.first?.contains("After epoch") == false)
      #expect(texts.last?.contains("\(Float((loss * 1e4).rounded() / 1e4)) for the 40 test images") == true)
    }
  }
}
