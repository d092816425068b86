// LoggedTagTests.swift
// The table of tags: its order in TensorBoard, its former names, and its copy in the documentation.

import EventFiles
import Foundation
import Testing

@testable import Runs

@Suite struct LoggedTagTests {
  private func sorted(_ kinds: Set<LoggedTag.Kind>) -> [String] {
    // Without digits in names, TensorBoard's natural order is that of the letters, with "/" and "_" before them.
    func key(_ name: String) -> [UInt8] {
      name.utf8.map { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "_") ? 1 : $0 }
    }
    return LoggedTag.all.filter { kinds.contains($0.kind) }.map(\.tag.name)
      .sorted { key($0).lexicographicallyPrecedes(key($1)) }
  }

  @Test("losses come first, then what codes are worth with its pictures, and single layers last") func order() {
    func groups(_ kinds: Set<LoggedTag.Kind>) -> [Substring] {
      sorted(kinds).map { $0.prefix { $0 != "/" } }.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
    #expect(groups([.scalar]) == ["loss", "quality", "run", "test", "training", "zero_activations"])
    #expect(
      groups([.scalar, .image, .histogram]) == [
        "loss", "quality", "reconstructions", "run", "samples", "sweep", "test", "training", "unit_activations",
        "weights", "zero_activations",
      ])
    #expect(sorted([.image]).prefix(3) == ["quality/embedding", "quality/reconstructions", "quality/votes"])
    #expect(sorted([.text]).first == "guide")
  }

  @Test("each name leads to its former one and back") func formerNames() {
    let renamed = [
      "loss/rmse": "rmse", "quality/votes": "code/confusion", "run/weights": "model/weights",
      "training/images_per_second": "speed/images_per_second", "quality/reconstructions": "reconstructions",
      "unit_activations/encoder/block0/conv0": "activations/encoder/block0/conv0",
      "zero_activations/encoder/dense1": "activations/encoder/dense1/fraction_of_zeros",
    ]
    for (name, former) in renamed {
      #expect(LoggedTag.formerName(of: name) == former && LoggedTag.name(ofFormer: former) == name)
    }
    for name in ["loss/total", "weights/encoder/dense0/bias", "activations/", "test/loss", "run/seconds", "x", ""] {
      #expect(LoggedTag.formerName(of: name) == nil && LoggedTag.name(ofFormer: name) == nil, "\(name)")
    }
    for row in LoggedTag.all where row.formerName != nil {
      #expect(LoggedTag.name(ofFormer: row.tag.name) == nil, "\(row.tag.name) is a former name too")
    }
    #expect(Set(LoggedTag.all.map(\.tag)).count == LoggedTag.all.count)
  }

  @Test("the documentation has the table; with RECORD=1 it is written there, and the test fails") func documentation()
    throws
  {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/tensorboard.md")
    let page = try String(contentsOf: file, encoding: .utf8)
    let (start, end) = ("<!-- tags -->\n", "\n<!-- end of tags -->")
    let from = try #require(page.range(of: start)).upperBound
    let to = try #require(page.range(of: end)).lowerBound
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try Data((page[..<from] + LoggedTag.markdown + page[to...]).utf8).write(to: file)
    }
    #expect(page[from..<to] == LoggedTag.markdown, "record it with RECORD=1")
  }
}
