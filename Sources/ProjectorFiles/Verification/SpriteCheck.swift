// SpriteCheck.swift
// Checks a sprite sheet: measures it as the page's shader does.

import ByteStreams
import PNG

/// Checks one sprite sheet.
struct SpriteCheck {
  let file: String
  let embedding: String
  /// Width and height of a thumbnail, as the configuration says.
  let sides: [Int]
  let points: Int?
  private static let headerBytes = 1 << 20
  private static let wholeBytes = 1 << 28

  /// - Throws: `FileError`.
  func run(_ tally: inout ProjectorTally) throws {
    var source = try FileSource(file, accepting: .regular)
    var head = [UInt8](repeating: 0, count: Self.headerBytes)
    let count = try head.withUnsafeMutableBytes { try source.fill($0) }
    guard let header = head.withUnsafeBytes({ ImageHeader(UnsafeRawBufferPointer(rebasing: $0[..<count])) }) else {
      return add(
        .badSprite, &tally, "no \(ImageHeader.formats)", "the page waits for it for ever and shows no points")
    }
    if try isTruncated(header) {
      add(
        .spriteCutOff, &tally, "a \(header.format.rawValue) that is truncated",
        "the page shows the thumbnails that are there, or waits for ever")
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
        .spriteGrid, &tally,
        "\(DisplayName.counted(columns, "column")) and \(DisplayName.counted(rows, "row")); the page's shader wants as many of both",
        "the page shows wrong thumbnails")
    } else if let points, case let (cells, overflow) = columns.multipliedReportingOverflow(by: rows), !overflow,
      cells < points
    {
      add(
        .spriteGrid, &tally, "\(DisplayName.counted(cells, "cell")) for \(DisplayName.counted(points, "point"))",
        "the page shows wrong thumbnails")
    }
  }

  /// A file beyond all limits is not looked at.
  private func isTruncated(_ header: ImageHeader) throws -> Bool {
    guard let size = try FileStatus.of(file)?.size, size <= Self.wholeBytes else { return false }
    return try FileContents.read(file, limit: Self.wholeBytes).withUnsafeBytes { header.isTruncated($0) }
  }

  private func add(_ rule: ProjectorRule, _ tally: inout ProjectorTally, _ what: String, _ effect: String) {
    tally.add(rule, file: file, embedding: embedding, what, effect)
  }
}
