// BenchmarkText.swift
// A benchmark's report for people: the headline, where the time goes, and what else was tried.

import Tensors

/// Lines of a report.
package struct BenchmarkText {
  private let report: BenchmarkReport

  package init(_ report: BenchmarkReport) { self.report = report }

  /// All parts, a blank line between.
  package func lines(in room: TableRoom = .unlimited) -> [String] {
    let figures = [subject, headline].map { part in part.flatMap { HangingText.lines($0, indent: 19, in: room) } }
    let parts = (figures + [layers(in: room), threads(in: room), kernels(in: room)]).filter { !$0.isEmpty }
    return Array(parts.joined(separator: [""]))
  }

  private var subject: [String] {
    let subject = report.subject
    return [
      "  model            \(subject.modelName), \(Quantity.grouped(subject.weights)) weights",
      "  images           \(subject.imageShape), \(subject.batchSize) in a step, "
        + "\(Quantity.fixed(Double(subject.operationsPerImage) * 1e-6, decimals: 2)) MFLOP each in training",
      "  kernels          \(subject.kernels), "
        + "\(subject.threads) \(subject.threads == 1 ? "thread" : "threads")",
    ]
  }

  private var headline: [String] {
    [
      "  training         \(Quantity.rate(report.imagesPerSecond)) images/s, "
        + "\(Self.iterations(report.iterationsPerSecond)) iterations/s, \(Self.speed(report.speed)) GFLOP/s",
      "  encoding         \(Quantity.rate(report.encodedPerSecond)) images/s",
      "  reconstruction   \(Quantity.rate(report.reconstructedPerSecond)) images/s",
      "  peak             \(Self.speed(report.peak)) GFLOP/s on all threads, "
        + "\(Self.speed(report.peakOfOne)) on one, multiply-adds alone",
      "  roofline         \(Quantity.rate(report.roofline)) images/s; training reaches "
        + Self.percent(report.shareOfRoofline),
    ]
  }

  private func layers(in room: TableRoom) -> [String] {
    guard let account = report.account else { return [] }
    var table = TextTable(
      [
        .init("layer", .left, leastWidth: 14), .init("forward µs", .right, short: "forward"),
        .init("GFLOP/s", .right, rank: 1), .init("of peak", .right, rank: 2),
        .init("backward µs", .right, short: "backward"), .init("GFLOP/s", .right, rank: 3),
        .init("of peak", .right, rank: 4),
      ], in: room)
    for layer in account.layers {
      table.append([layer.name] + cells(layer.forward) + cells(layer.backward))
    }
    func append(_ name: String, _ seconds: Double) { table.append([name, Self.micro(seconds), "", "", "", "", ""]) }
    append("loss", account.loss)
    append("sum of gradients, Adam", account.update)
    append("sum", account.sum)
    append("not accounted for", account.rest)
    append("whole step", account.wholeStep)
    let rows = table.lines
    return ["  One thread, microseconds for one image:", "", table.header, table.rule] + rows.dropLast(3)
      + [table.rule] + rows.suffix(3) + [table.remark].compactMap(\.self)
  }

  private func cells(_ pass: BenchmarkReport.Pass) -> [String] {
    [
      pass.seconds > 0 ? Self.micro(pass.seconds) : "", pass.speed.map(Self.speed) ?? "",
      pass.speed.map { Self.percent($0 / report.peakOfOne) } ?? "",
    ]
  }

  private func threads(in room: TableRoom) -> [String] {
    guard let first = report.byThreads.first else { return [] }
    var table = TextTable(
      [
        .init("threads", .right), .init("images/s", .right), .init("iterations/s", .right, rank: 1),
        .init("speed-up", .right),
      ], in: room)
    for entry in report.byThreads {
      table.append(
        ["\(entry.kind)"] + rates(entry.imagesPerSecond) + [Self.times(entry.imagesPerSecond / first.imagesPerSecond)])
    }
    return [table.header, table.rule] + table.lines
  }

  private func kernels(in room: TableRoom) -> [String] {
    guard let first = report.byKernels.first else { return [] }
    var table = TextTable(
      [
        .init("kernels", .left), .init("images/s", .right), .init("iterations/s", .right, rank: 1),
        .init("speed-up", .right),
      ], in: room)
    for entry in report.byKernels {
      table.append(
        [entry.kind] + rates(entry.imagesPerSecond)
          + [Self.times(entry.imagesPerSecond / first.imagesPerSecond)])
    }
    return [table.header, table.rule] + table.lines + ["", "  The reference kernels are plain loops, channels last."]
  }

  private func rates(_ imagesPerSecond: Double) -> [String] {
    [Quantity.rate(imagesPerSecond), Self.iterations(imagesPerSecond / Double(report.subject.batchSize))]
  }

  private static func micro(_ seconds: Double) -> String { Quantity.fixed(seconds * 1e6, decimals: 2) }
  private static func speed(_ operations: Double) -> String { Quantity.fixed(operations * 1e-9, decimals: 1) }
  private static func percent(_ share: Double) -> String { Quantity.fixed(share * 100, decimals: 0) + " %" }
  private static func times(_ ratio: Double) -> String { Quantity.fixed(ratio, decimals: 2) }
  private static func iterations(_ rate: Double) -> String { Quantity.fixed(rate, decimals: rate < 10 ? 2 : 1) }
}
