// ClassFrameTests.swift
// Thumbnails in color keep their pixels, in a frame of their class's color, and bookmarks leave their points without color.

import ArrayFiles
import ByteStreams
import PNG
import Pictures
import ProjectorFiles
import TestSupport
import Testing

@testable import ProjectorExport

struct ClassFrameTests {
  /// Pictures of 24×36 pixels whose color is their number, one of each class in turn.
  private func thumbnails(_ channels: Int) -> Thumbnails {
    Thumbnails(height: 24, width: 36, channels: channels) { number in
      [UInt8](repeating: UInt8(truncatingIfNeeded: 10 * number), count: 24 * 36 * channels)[...]
    }
  }

  @Test("the frame has the class's color, and the picture its pixels", arguments: [3, 4])
  func framed(channels: Int) throws {
    let pictures = thumbnails(channels)
    // The page numbers the classes that occur: 2, 5 and 9 have its first three colors.
    let frame = try #require(ClassFrame(of: pictures, style: .ink, classes: [5, 2, 9, 5]))
    #expect((frame.height, frame.width) == (30, 42))
    for (number, rank) in [1, 0, 2, 1].enumerated() {
      let pixels = frame.framed(try pictures.picture(number), number: number)
      #expect(pixels.count == 30 * 42 * channels)
      for place in 0..<30 * 42 {
        let (row, column) = (place / 42, place % 42)
        let isInside = (3..<27).contains(row) && (3..<39).contains(column)
        let color = Color.ofClass(rank).bytes + [255]
        let want = isInside ? [UInt8](repeating: UInt8(10 * number), count: channels) : Array(color.prefix(channels))
        #expect(Array(pixels[place * channels..<(place + 1) * channels]) == want)
      }
    }
  }

  @Test("gray pictures, one class, too many classes and photos have no frame") func unframed() {
    let two = [0, 1]
    #expect(ClassFrame(of: thumbnails(1), style: .ink, classes: two) == nil)
    #expect(ClassFrame(of: thumbnails(2), style: .ink, classes: two) == nil)
    #expect(ClassFrame(of: thumbnails(3), style: .photo, classes: two) == nil)
    #expect(ClassFrame(of: thumbnails(3), style: .ink, classes: nil) == nil)
    #expect(ClassFrame(of: thumbnails(3), style: .ink, classes: [4, 4]) == nil)
    #expect(ClassFrame(of: thumbnails(3), style: .ink, classes: Array(0..<51)) == nil)
    #expect(ClassFrame(of: thumbnails(3), style: .ink, classes: Array(0..<50)) != nil)
  }

  @Test("bookmarks of framed points choose no color; those of photos choose the class", arguments: [true, false])
  func bookmarks(isFramed: Bool) throws {
    try withTemporaryDirectory { directory in
      let points = 12
      let values = (0..<points * 4).map { Float($0 * $0 % 17) }
      try AtomicFile.replace("\(directory)/x.npy", bytes: ForeignEmbeddingTests.npy(values, shape: "\(points), 4"))
      let labels = "kind\n" + (0..<points).map { "\(["cat", "dog"][$0 % 2])\n" }.joined()
      try AtomicFile.replace("\(directory)/labels.tsv", bytes: Array(labels.utf8))
      let images = (0..<points).flatMap { [UInt8](repeating: UInt8($0 * 20), count: 24 * 24 * 3) }
      try AtomicFile.replace(
        "\(directory)/images.npy", bytes: ForeignEmbeddingTests.header("|u1", "\(points), 24, 24, 3") + images)
      var embedding = ForeignEmbedding(.file("\(directory)/x.npy"))
      (embedding.metadata, embedding.images) = ("\(directory)/labels.tsv", "\(directory)/images.npy")
      if !isFramed { embedding.style = .photo }
      _ = try embedding.write(logdir: directory, name: "x")
      let bookmarks = String(
        decoding: try FileContents.read("\(directory)/x/embedding/bookmarks.json"), as: UTF8.self)
      #expect(bookmarks.contains("selectedColorOptionName") == !isFramed)
      #expect(bookmarks.contains(isFramed ? "PCA, framed by kind" : "PCA, colored by kind"))
      let sprite = try PNGImage.decode(FileContents.read("\(directory)/x/embedding/sprite.png"))
      #expect(sprite.width == 4 * (isFramed ? 28 : 24))
      // The first point is a cat, of the first color.
      #expect(!isFramed || Array(sprite.pixels.prefix(3)) == Color.ofClass(0).bytes)
    }
  }
}
