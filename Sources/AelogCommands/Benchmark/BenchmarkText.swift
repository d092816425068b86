// BenchmarkText.swift
// Prints a benchmark's report: tables for people, one JSON object for programs.

import Tensors

/// A benchmark's report as lines for people.
package struct BenchmarkText {
  private let report: BenchmarkReport

  package init(_ report: BenchmarkReport) { self.report = report }

  /// Returns all parts, separated by empty lines.
  package func lines(in room: TableRoom = .unlimited) -> [String] {
    let figures = [subject, headline].map { part in part.flatMap { WrappedText.lines($0, indent: 19, in: room) } }
    let parts = (figures + [layers(in: room), threads(in: room), kernels(in: room)]).filter { !$0.isEmpty }
    return Array(parts.joined(separator: [""]))
  }

  private var subject: [String] {
    let subject = report.subject
    return [
      "  model            \(subject.modelName), \(Quantity.grouped(subject.weights)) weights",
      "  images           \(subject.imageShape), \(subject.batchSize) per step, "
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
        + Self.percent(report.fractionOfRoofline),
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
    return ["  One thread, microseconds per image:", "", table.header, table.rule] + rows.dropLast(3)
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
  private static func percent(_ fraction: Double) -> String { Quantity.fixed(fraction * 100, decimals: 0) + " %" }
  private static func times(_ ratio: Double) -> String { Quantity.fixed(ratio, decimals: 2) }
  private static func iterations(_ rate: Double) -> String { Quantity.fixed(rate, decimals: rate < 10 ? 2 : 1) }
}

extension BenchmarkReport {
  /// The report as JSON: speeds in images or operations per second, times in microseconds per image. Members that a brief
  /// report does not have are null or empty.
  package var json: JSONLine {
    var line = JSONLine()
    line.add("model", subject.modelName)
    let shape = subject.imageShape
    line.add("image", "\(shape.height)x\(shape.width)x\(shape.channels)")
    line.add("batch_size", subject.batchSize)
    line.add("weights", subject.weights)
    line.add("threads", subject.threads)
    line.add("kernels", subject.kernels)
    line.add("mflop_per_image", Double(subject.operationsPerImage) * 1e-6)
    line.add("images_per_second", imagesPerSecond)
    line.add("iterations_per_second", iterationsPerSecond)
    line.add("gflops", speed * 1e-9)
    line.add("peak_gflops", peak * 1e-9)
    line.add("peak_gflops_one_thread", peakOfOne * 1e-9)
    line.add("share_of_roofline", fractionOfRoofline)
    line.add("encoding_images_per_second", encodedPerSecond)
    line.add("reconstruction_images_per_second", reconstructedPerSecond)
    line.add("layers", account?.layers.map(json(of:)) ?? [])
    line.add("loss_microseconds", account.map { $0.loss * 1e6 })
    line.add("update_microseconds", account.map { $0.update * 1e6 })
    line.add("unaccounted_microseconds", account.map { $0.rest * 1e6 })
    line.add("step_microseconds", account.map { $0.wholeStep * 1e6 })
    line.add("training_by_threads", byThreads.map { json(of: $0) { $0.add("threads", $1) } })
    line.add("training_by_kernels", byKernels.map { json(of: $0) { $0.add("kernels", $1) } })
    return line
  }

  private func json(of layer: LayerTimes) -> JSONLine {
    var line = JSONLine()
    line.add("name", layer.name)
    for (name, pass) in [("forward", layer.forward), ("backward", layer.backward)] {
      line.add("\(name)_microseconds", pass.seconds * 1e6)
      line.add("\(name)_gflops", pass.speed.map { $0 * 1e-9 })
      line.add("\(name)_share", pass.speed.map { $0 / peakOfOne })
    }
    return line
  }

  private func json<Kind>(of entry: Alternative<Kind>, _ addKind: (inout JSONLine, Kind) -> Void) -> JSONLine {
    var line = JSONLine()
    addKind(&line, entry.kind)
    line.add("images_per_second", entry.imagesPerSecond)
    line.add("iterations_per_second", entry.imagesPerSecond / Double(subject.batchSize))
    return line
  }
}
