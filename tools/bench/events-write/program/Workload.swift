// Workload.swift
// The workloads of the benchmark, and their speed: the best of several rounds.

import ByteStreams
import EventFiles
import Foundation
import PNG
import counting

/// One kind of value, logged many times.
enum Workload: String, CaseIterable {
  /// A minimal C loop that frames ready bytes of a scalar's size: the upper bound.
  case frames
  /// Ready bytes through `RecordWriter`.
  case records
  /// Scalars of one tag, each with the time of its call.
  case scalars
  /// Scalars of ten tags in turn.
  case tags
  /// 28×28 gray images from bytes: PNG, record, file.
  case images
  /// Histograms of 100,352 floats.
  case histograms

  struct Result {
    let count: Int
    let perSecond: Double
    let unit: String
    /// Allocations of one round; nil if they cannot be counted.
    let allocations: Int?
  }

  /// - Parameters:
  ///   - directory: the directory of the files; each round's file is removed.
  ///   - wanted: number of values; the workload's default, if nil.
  func run(in directory: String, count wanted: Int? = nil) throws -> Result {
    let (usual, unit) = amount
    let count = wanted ?? usual
    var best = Double.infinity
    var allocations: Int?
    for round in 0..<5 {
      let path = "\(directory)/bench-\(rawValue)-\(round)"
      defer { try? FileManager.default.removeItem(atPath: path) }
      let body = try prepare(path)
      try body(16)
      let (before, start) = (counted_allocations(), ContinuousClock.now)
      try body(count)
      let elapsed = ContinuousClock.now - start
      if before >= 0 { allocations = Int(counted_allocations() - before) }
      best = min(best, elapsed / .seconds(1))
    }
    return Result(count: count, perSecond: Double(count) / best, unit: unit, allocations: allocations)
  }

  private var amount: (count: Int, unit: String) {
    switch self {
    case .frames, .records, .scalars, .tags: (3_000_000, "a second")
    case .images: (30_000, "a second, 28×28")
    case .histograms: (3_000, "a second, 100,352 floats each")
    }
  }

  /// Opens a file, and returns a function that logs a given number of values.
  private func prepare(_ path: String) throws -> (Int) throws -> Void {
    let payload = [UInt8](repeating: 0x5A, count: 30)
    switch self {
    case .frames:
      let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
      return { count in
        let code = frame_ready_bytes(file, payload, payload.count, count, 1 << 16)
        if code != 0 { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
      }
    case .records:
      var writer: RecordWriter<FileSink>? = RecordWriter(try FileSink(path))
      return { count in
        guard var records = writer.take() else { return }
        for _ in 0..<count { try records.append(payload) }
        try records.flush()
        writer = consume records
      }
    case .scalars:
      let run = try RunWriter(path)
      return { count in
        for step in 0..<count { try run.scalar("loss", Float(step), step: Step(step)) }
        try run.flush()
      }
    case .tags:
      let run = try RunWriter(path)
      let tags = try (0..<10).map { try Tag("loss/part \($0)") }
      return { count in
        for step in 0..<count { try run.scalar(tags[step % 10], Float(step), step: Step(step)) }
        try run.flush()
      }
    case .images: return try images(RunWriter(path))
    case .histograms: return try histograms(RunWriter(path))
    }
  }

  private func images(_ run: RunWriter) -> (Int) throws -> Void {
    let pictures = (0..<64).map { number in
      PNGImage(width: 28, height: 28, format: .gray, pixels: Workload.disc(radius: 4 + Float(number) / 8))
    }
    return { count in
      for step in 0..<count { try run.images("image", EncodedImages(pictures[step % 64]), step: Step(step)) }
      try run.flush()
    }
  }

  private func histograms(_ run: RunWriter) -> (Int) throws -> Void {
    var state: UInt64 = 1
    let weights = (0..<100_352).map { _ in
      var sum: Float = 0
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        sum += Float(state >> 40) * 0x1p-24
      }
      return (sum - 6) * 0.05
    }
    return { count in
      for step in 0..<count { try run.histogram("weights", of: weights, step: Step(step)) }
      try run.flush()
    }
  }

  /// A soft disc, which deflates about as a handwritten digit does.
  private static func disc(radius: Float) -> [UInt8] {
    (0..<784).map { pixel in
      let (x, y) = (Float(pixel % 28) - 13.5, Float(pixel / 28) - 13.5)
      return UInt8(max(0, min(255, 128 + 100 * (3 - abs((x * x + y * y).squareRoot() - radius)))))
    }
  }
}
