// ArrayFileError.swift
// Errors of files of numbers or labels, each with a message of one line.

import ByteStreams

/// A file of another program that cannot be used. Paths and texts are as given, not escaped; lines count from 1, rows and columns
/// from 0.
package enum ArrayFileError: Error, Equatable {
  /// The file is not of its kind, or of a kind that is not read.
  case unreadable(path: String, reason: String, advice: String)
  /// The file ends too early: `want` bytes were declared or needed.
  case truncated(path: String, got: Int, want: Int)
  /// The array does not have the wanted number of axes.
  case shape(path: String, got: [Int], want: String)
  /// A cell is not a number; `advice` names another way to solve it.
  case notANumber(path: String, line: Int, column: Int, got: String, advice: String? = nil)
  /// A line has a different number of cells than the first.
  case raggedLine(path: String, line: Int, got: Int, want: Int, advice: String? = nil)
  /// A cell is not the number of a row.
  case notARow(path: String, column: String, row: Int, got: String, rows: Int)
  /// The text cannot be read beyond a line.
  case badText(path: String, line: Int, reason: String)
  /// A cell whose bytes are not UTF-8.
  case notUTF8(path: String, line: Int, column: Int, got: [UInt8])
  /// The file has a different number of rows than another file.
  case rowCount(path: String, got: Int, want: Int, of: String)
}

extension ArrayFileError: CustomStringConvertible {
  /// The message: the file, its fault, and what to do.
  package var description: String {
    switch self {
    case .unreadable(let path, let reason, let advice):
      "\(shown(path)) can't be read: \(DisplayName.safe(reason)); \(advice)"
    case .truncated(let path, let got, let want):
      "\(shown(path)) is truncated: \(DisplayName.counted(got, "byte")) where \(want) are declared; get the file again"
    case .shape(let path, let got, let want):
      "\(shown(path)) holds an array of \(got.isEmpty ? "no dimensions" : got.map(String.init).joined(separator: "×")); "
        + "want \(want)"
    case .notANumber(let path, let line, let column, let got, let advice):
      "\(shown(path)), line \(line), column \(column): got \(shown(String(got.prefix(40)))), want a number"
        + (advice.map { "; \($0)" } ?? "")
    case .raggedLine(let path, let line, let got, let want, let advice):
      "\(shown(path)), line \(line): got \(DisplayName.counted(got, "cell")), want \(want) as in the first line"
        + (advice.map { "; \($0)" } ?? "")
    case .notARow(let path, let column, let row, let got, let rows):
      "\(shown(path)), row \(row), column \(shown(column)): got \(shown(String(got.prefix(40)))), want a row from 0 to "
        + "\(rows - 1), or -1 where a line ends"
    case .badText(let path, let line, let reason): "\(shown(path)), line \(line): \(DisplayName.safe(reason))"
    case .notUTF8(let path, let line, let column, let got):
      "\(shown(path)), line \(line), column \(column): the bytes are not UTF-8; give --encoding (windows-1252 reads "
        + "\(shown(TextEncoding.windows1252.text(ofBytes: got) ?? ""))), or convert the file with iconv -t utf-8"
    case .rowCount(let path, let got, let want, let other):
      "\(shown(path)) has \(DisplayName.counted(got, "row")), but \(shown(other)) has \(want); give files that belong together"
    }
  }

  private func shown(_ name: String) -> String { DisplayName.quoted(name) }
}
