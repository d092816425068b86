// SpriteCheck.swift
// A sheet of thumbnails measured as the page's shader measures it; and stored views.

import ByteStreams
import PNG

/// What is wrong with one sheet.
struct SpriteCheck {
  let file: String
  let embedding: String
  /// Width and height of a thumbnail, as the configuration says.
  let sides: [Int]
  let points: Int?
  private static let headerBytes = 1 << 20

  /// - Throws: `FileError`.
  func run(_ tally: inout ProjectorTally) throws {
    var source = try FileSource(file, accepting: .regular)
    var head = [UInt8](repeating: 0, count: Self.headerBytes)
    let count = try head.withUnsafeMutableBytes { try source.fill($0) }
    guard let header = head.withUnsafeBytes({ ImageHeader(UnsafeRawBufferPointer(rebasing: $0[..<count])) }) else {
      return add(.badSprite, &tally, "no PNG, JPEG, GIF or BMP", "the page waits for it for ever and shows no points")
    }
    let size = "\(header.width)×\(header.height) pixels"
    if max(header.width, header.height) > SpriteSheet.largestSide {
      add(
        .spriteTooLarge, &tally, "\(size), more than \(SpriteSheet.largestSide) in a direction",
        "the page says so and shows no points")
    }
    guard sides.count == 2, sides[0] > 0, sides[1] > 0 else {
      return add(
        .spriteGrid, &tally, "the configuration says \(sides) for a thumbnail's width and height",
        "the page cuts the sheet wrongly")
    }
    let (columns, rows) = (header.width / sides[0], header.height / sides[1])
    if header.width % sides[0] != 0 || header.height % sides[1] != 0 {
      add(
        .spriteGrid, &tally, "\(size) are no whole number of thumbnails of \(sides[0])×\(sides[1])",
        "the page shows wrong thumbnails")
    } else if columns != rows {
      add(
        .spriteGrid, &tally, "\(columns) columns and \(rows) rows; the page's shader wants as many of both",
        "the page shows wrong thumbnails")
    } else if let points, case let (cells, overflow) = columns.multipliedReportingOverflow(by: rows), !overflow,
      cells < points
    {
      add(.spriteGrid, &tally, "\(cells) cells for \(points) points", "the page shows wrong thumbnails")
    }
  }

  private func add(_ rule: ProjectorRule, _ tally: inout ProjectorTally, _ what: String, _ effect: String) {
    tally.add(rule, file: file, embedding: embedding, what, effect)
  }
}

/// What is wrong with one file of stored views.
struct BookmarksCheck {
  let file: String
  let embedding: String

  /// - Throws: `FileError`.
  func run(_ tally: inout ProjectorTally) throws {
    var source = try FileSource(file, accepting: .regular)
    var head = [UInt8](repeating: 0, count: 64)
    let count = try head.withUnsafeMutableBytes { try source.fill($0) }
    let first = head[..<count].first { $0 != 0x20 && !(0x09...0x0D).contains($0) }
    let isText = try TextCheck.isText(file)
    if isText, first == UInt8(ascii: "[") { return }
    tally.add(
      .badBookmarks, file: file, embedding: embedding, isText ? "no array of JSON" : "no UTF-8",
      "the page's list of views stays empty")
  }
}
