// PillowPicture.swift
// Picture files of other programs with the samples that Pillow reads from them, one a line of a text file.

import Foundation

/// A picture file and its samples.
package struct PillowPicture: CustomStringConvertible, Sendable {
  package let name: String
  package let file: [UInt8]
  package let width: Int
  package let height: Int
  package let channels: UInt8
  /// [height, width, channels]
  package let pixels: [UInt8]
  package var description: String { name }

  /// Reads the pictures of a file in `Tests/Fixtures/real`; none where it cannot be read.
  package static func all(in fileName: String, here: String = #filePath) -> [PillowPicture] {
    let path = URL(fileURLWithPath: here).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/real/\(fileName)")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap { PillowPicture(line: $0.split(separator: " ")) }
  }

  private init?(line: [Substring]) {
    guard line.count == 6, let width = Int(line[1]), let height = Int(line[2]), let channels = UInt8(line[3]) else {
      return nil
    }
    name = String(line[0])
    file = Self.bytes(line[4])
    (self.width, self.height, self.channels) = (width, height, channels)
    pixels = Self.bytes(line[5])
  }

  private static func bytes(_ hex: Substring) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
