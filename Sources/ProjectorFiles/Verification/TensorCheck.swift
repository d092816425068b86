// TensorCheck.swift
// Checks a tensor file: reads it as TensorBoard's server does, as text or else as raw numbers.

import ByteStreams

/// Checks one file of points, and counts them.
struct TensorCheck {
  private static let isDead = "the Projector tab answers with an error for the whole log directory"
  private static let pageLimit = 100_000

  let file: String
  let embedding: String
  let shape: [Int]
  /// The points, where they could be counted.
  private(set) var points: Int?
  private var dimensions: Int?
  private var isAllZero = true

  init(file: String, embedding: String, shape: [Int]) {
    self.file = file
    self.embedding = embedding
    self.shape = shape
  }

  /// - Throws: `FileError`.
  mutating func run(_ tally: inout ProjectorTally) throws {
    let isText = try TextCheck.isText(file)
    if isText { try readText(&tally) } else { try readNumbers(&tally) }
    guard let points, let dimensions else { return }
    if points < 2 || dimensions < 2 {
      add(
        .tooSmall, &tally, "\(DisplayName.counted(points, "point")) of \(DisplayName.counted(dimensions, "dimension"))",
        "the page does not list the embedding")
    }
    if points > Self.pageLimit {
      add(.tooManyPoints, &tally, "\(points) points", "the page shows the first \(Self.pageLimit)")
    }
    if isAllZero, points > 0 { add(.allZero, &tally, "all numbers are zero", "the page hangs") }
  }

  private func add(
    _ rule: ProjectorRule, _ tally: inout ProjectorTally, line: Int? = nil, _ what: @autoclosure () -> String,
    _ effect: @autoclosure () -> String
  ) {
    tally.add(rule, file: file, line: line, embedding: embedding, what(), effect())
  }

  private mutating func readText(_ tally: inout ProjectorTally) throws {
    var lines = LineReader.Numbered(try LineReader(file))
    var rows = 0
    while let (number, line) = try lines.next() {
      if line.isEmpty { continue }
      let cells = LineCells(line)
      let count = cells.count
      if dimensions == nil { dimensions = count }
      rows += 1
      for (column, cell) in cells.enumerated() {
        guard let value = PythonNumber.value(of: cell) else { return refuseText(cell, number, column, &tally) }
        note(value, line: number, &tally)
      }
      guard count == dimensions else {
        return add(
          .raggedLine, &tally, line: number,
          "\(DisplayName.counted(count, "number")), where the first line has \(dimensions ?? 0)",
          Self.isDead)
      }
    }
    points = rows
    if rows == 0, shape.isEmpty {
      points = nil
      return add(.noShape, &tally, "it is empty and has no shape", Self.isDead)
    }
    if !shape.isEmpty, shape != [rows, dimensions ?? 0] {
      add(
        .shapeMismatch, &tally,
        "\(DisplayName.counted(rows, "line")) of \(DisplayName.counted(dimensions ?? 0, "number")), where the configuration says \(shape)",
        "the page shows the wrong numbers, or an error")
    }
  }

  /// Text that is no table of numbers may be raw numbers that happen to be text.
  private func refuseText(_ cell: ArraySlice<UInt8>, _ line: Int, _ column: Int, _ tally: inout ProjectorTally) {
    if shape.count == 2, let size = (try? FileStatus.of(file))??.size, size == Self.size(of: shape) {
      return add(
        .binaryIsText, &tally, "raw numbers whose bytes happen to be UTF-8",
        "the server takes them for text; \(Self.isDead)")
    }
    let text = DisplayName.quoted(String(decoding: cell.prefix(40), as: UTF8.self))
    add(.badNumber, &tally, line: line, "\(text) in column \(column + 1) is no number", Self.isDead)
  }

  private mutating func readNumbers(_ tally: inout ProjectorTally) throws {
    guard shape.count == 2 else {
      return add(
        .noShape, &tally, "raw numbers, and \(DisplayName.counted(shape.count, "number")) of tensor_shape, not 2",
        Self.isDead)
    }
    let source = try FileSource(file, accepting: .regular)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var size = 0
    while true {
      let count = try buffer.withUnsafeMutableBytes { buffer in
        var source = source
        return try source.fill(buffer)
      }
      if count == 0 { break }
      // Only the last part may not be full, so numbers lie whole in each.
      for offset in stride(from: 0, through: count - 4, by: 4) {
        let bits = buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
        note(Float(bitPattern: UInt32(littleEndian: bits)), line: nil, &tally)
      }
      size += count
    }
    guard size == Self.size(of: shape) else {
      return add(
        .shapeMismatch, &tally,
        "\(DisplayName.counted(size, "byte")), where \(shape[0])×\(shape[1]) numbers of 4 bytes belong", Self.isDead)
    }
    (points, dimensions) = (shape[0], shape[1])
  }

  private mutating func note(_ value: Float, line: Int?, _ tally: inout ProjectorTally) {
    if value != 0 { isAllZero = false }
    if !value.isFinite {
      add(.notFinite, &tally, line: line, "the number \(value)", "PCA, t-SNE and UMAP break in the page")
    }
  }

  /// The bytes of raw numbers, or nil beyond all bounds.
  private static func size(of shape: [Int]) -> Int? {
    let (count, overflow) = shape[0].multipliedReportingOverflow(by: shape[1])
    let (size, tooLarge) = count.multipliedReportingOverflow(by: 4)
    return overflow || tooLarge ? nil : size
  }
}

extension LineReader {
  /// Lines with their numbers, counted from 1.
  struct Numbered {
    private var lines: LineReader
    private var number = 0
    var hasLineEnd: Bool { lines.hasLineEnd }

    init(_ lines: LineReader) { self.lines = lines }

    mutating func next() throws -> (number: Int, line: [UInt8])? {
      guard let line = try lines.next() else { return nil }
      number += 1
      return (number, line)
    }
  }
}
