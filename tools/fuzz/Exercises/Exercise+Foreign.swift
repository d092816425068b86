// Exercise+Foreign.swift
// The files of other programs that an export reads: arrays, tensors, tables of numbers and of labels.

import ArrayFiles
import ByteStreams

extension Exercise {
  /// As an array of numbers, as labels and as tensors.
  static func readArray(_ bytes: [UInt8], _ directory: String) throws {
    let path = Directory.join(directory, "array.npy")
    defer { try? FileContents.remove(path) }
    try write(bytes, to: path)
    _ = try? NPYLabels.read(path)
    for array in [try? NumberArray(npy: path), try? NumberArray(safetensors: path)].compactMap({ $0 }) {
      try readRows(of: array, fileBytes: bytes.count)
    }
  }

  /// Rows one by one are those of all together.
  private static func readRows(of array: NumberArray, fileBytes: Int) throws {
    let count = array.rows * array.columns
    guard count > 0 else { return }
    if count > fileBytes { throw Disagreement(what: "\(count) numbers in \(fileBytes) bytes") }
    func rows(_ numbers: [Int]) throws -> [UInt32] {
      var values = [Float](repeating: 0, count: numbers.count * array.columns)
      try values.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { try array.read(numbers, into: base) }
      }
      return values.map(\.bitPattern)
    }
    let whole = try rows(Array(0..<array.rows))
    let single = try (0..<array.rows).reversed().map { try rows([$0]) }.reversed().flatMap { $0 }
    if whole != single { throw Disagreement(what: "rows read together and one by one") }
  }

  /// As labels, with and without a line of names, and as numbers. The first byte chooses the delimiter.
  static func readTable(_ bytes: [UInt8], _ directory: String) throws {
    let delimiters: [Delimiter] = [.tab, .comma, .semicolon]
    let delimiter = delimiters[Int(bytes.first ?? 0) % delimiters.count]
    let path = Directory.join(directory, "table")
    defer { try? FileContents.remove(path) }
    let text = Array(bytes.dropFirst())
    try write(text, to: path)
    let whole = cells(MemorySource(text), delimiter)
    if whole != cells(SlowSource(text, size: Int(bytes.last ?? 0) % 31 + 1), delimiter) {
      throw Disagreement(what: "a table read in parts")
    }
    for points in [1, 2, 3, whole?.count ?? 0] {
      for hasHeader in [nil, true, false] {
        guard let table = try? LabelTable(path, points: points, of: "x", hasHeader: hasHeader, delimiter: delimiter)
        else { continue }
        let names = Set(table.columns.map(\.name))
        if names.count != table.columns.count || table.columns.contains(where: { $0.cells.count != points }) {
          throw Disagreement(what: "columns of \(points) points")
        }
      }
    }
    if let numbers = try? TextNumbers(path, delimiter: delimiter),
      numbers.values.count != numbers.rows * numbers.columns
    {
      throw Disagreement(what: "\(numbers.values.count) numbers of \(numbers.rows)×\(numbers.columns)")
    }
  }

  private static func cells(_ source: some ByteSource, _ delimiter: Delimiter) -> [[[UInt8]]]? {
    var reader = DelimitedText(source, delimiter: delimiter, path: "bytes")
    var rows: [[[UInt8]]] = []
    do {
      while try reader.next() { rows.append((0..<reader.count).map { Array(reader[$0]) }) }
    } catch {
      return nil
    }
    return rows
  }
}
