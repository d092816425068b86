// TextNumbers.swift
// A matrix written as text, a row a line.

import ByteStreams

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Numbers between tabs, commas or semicolons. A first line of names is passed over, and so are empty lines.
package struct TextNumbers: Equatable, Sendable {
  package let rows: Int
  package let columns: Int
  /// [rows, columns]
  package let values: [Float]

  /// Reads the file at `path`.
  /// - Parameter delimiter: found by the name and the first line, if nil.
  /// - Throws: `ArrayFileError`, `FileError`.
  /// - Complexity: O(bytes).
  package init(_ path: String, delimiter: Delimiter? = nil) throws {
    var text = try TextRows(path, delimiter: delimiter)
    var values: [Float] = []
    var (rows, columns) = (0, 0)
    while try text.reader.next() {
      let reader = text.reader
      if reader.count == 1, reader[0].isEmpty { continue }
      if columns == 0 { columns = reader.count }
      guard reader.count == columns else {
        throw ArrayFileError.raggedLine(path: path, line: reader.line, got: reader.count, want: columns)
      }
      if let wrong = Self.append(reader, to: &values) {
        guard rows == 0, reader.line == 1 else {
          throw ArrayFileError.notANumber(
            path: path, line: reader.line, column: wrong, got: String(decoding: reader[wrong], as: UTF8.self))
        }
        values.removeAll()
      } else {
        rows += 1
      }
    }
    guard rows > 0 else {
      throw ArrayFileError.unreadable(
        path: path, reason: "it has no row of numbers", advice: "give a row for each point")
    }
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  /// Adds a row's numbers.
  /// - Returns: the first cell that is no number, if any.
  private static func append(_ row: borrowing DelimitedText<FileSource>, to values: inout [Float]) -> Int? {
    row.bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return 0 }
      for cell in 0..<row.count {
        let (start, end) = (base + row.starts[cell], base + row.starts[cell + 1] - 1)
        var stop: UnsafeMutablePointer<CChar>?
        values.append(strtof(start, &stop))
        // Blanks may stand behind a number as they may before it.
        while let place = stop, place < UnsafeMutablePointer(mutating: end), place.pointee == 32 { stop = place + 1 }
        if start == end || stop != UnsafeMutablePointer(mutating: end) { return cell }
      }
      return nil
    }
  }
}
