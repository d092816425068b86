// DecodedImagesTests.swift
// Decoded collections in files: read back as they were, ignored if anything differs.

import ByteStreams
import PNG
import TestSupport
import Testing

@testable import Datasets

@Suite struct DecodedImagesTests {
  /// Writes 20 pictures of two classes.
  private func write(_ folder: String) throws {
    for number in 0..<20 {
      let place = "\(folder)/\(number % 2 == 0 ? "cat" : "dog")"
      try Directory.create(place)
      let picture = PNGImage(
        width: 3, height: 2, format: .gray, pixels: (0..<6).map { UInt8(truncatingIfNeeded: $0 * 40 + number) })
      try AtomicFile.replace("\(place)/\(number).png", bytes: picture.encoded())
    }
  }

  private func encoded(_ data: DatasetSplits) throws -> [UInt8] {
    var sink = MemorySink()
    try DecodedImages.write(data, to: &sink)
    return sink.bytes
  }

  private func decoded(_ bytes: [UInt8]) -> DatasetSplits? {
    (try? DecodedImages.read(RandomAccessFile(bytes: bytes, path: "kept"))) ?? nil
  }

  private func same(_ one: DatasetSplits, _ two: DatasetSplits) -> Bool {
    one.fingerprint == two.fingerprint && one.name == two.name && one.kind == two.kind && one.notes == two.notes
      && one.classNames == two.classNames
      && Split.allCases.allSatisfy {
        one[$0].names == two[$0].names && one[$0].labels == two[$0].labels && one[$0].classNames == two[$0].classNames
          && one[$0].hasLabels == two[$0].hasLabels
      }
  }

  @Test("pictures are decoded once; a changed picture or option decodes them again") func once() throws {
    try withTemporaryDirectory { directory in
      try write("\(directory)/pets")
      let kept = DecodedImages("\(directory)/kept")
      let source = DataSource.files("\(directory)/pets")
      let first = try kept.images(of: source, seed: 0, threads: 2)
      let files = try Directory.list("\(directory)/kept")
      #expect(files.count == 1)
      // Other pixels in the file show whether it is read.
      let other = try source.load(seed: 0, threads: 1)
      #expect(same(first, other))
      let bytes = try FileContents.read("\(directory)/kept/\(files[0])")
      #expect(try #require(decoded(bytes)).fingerprint == first.fingerprint)
      let marked = try #require(decoded(bytes))
      #expect(same(marked, first))
      let renamed = DatasetSplits(
        name: "from the file", kind: first.kind, training: first.training, evaluation: first.evaluation)
      try AtomicFile.replace("\(directory)/kept/\(files[0])", bytes: encoded(renamed))
      #expect(try kept.images(of: source, seed: 0, threads: 2).name == "from the file")
      var options = ReadingOptions()
      options.test = 0.3
      #expect(try kept.images(of: .files("\(directory)/pets", options), seed: 0, threads: 2).name == "pets")
      let picture = PNGImage(width: 3, height: 2, format: .gray, pixels: [9, 9, 9, 9, 9, 9])
      try AtomicFile.replace("\(directory)/pets/cat/0.png", bytes: picture.encoded())
      let changed = try kept.images(of: source, seed: 0, threads: 2)
      #expect(changed.name == "pets" && changed.fingerprint != first.fingerprint)
    }
  }

  @Test("a file that is cut, changed or of another size is ignored") func damaged() throws {
    try withTemporaryDirectory { directory in
      try write("\(directory)/pets")
      let whole = try encoded(DataSource.files("\(directory)/pets").load(seed: 0, threads: 1))
      #expect(decoded(whole) != nil)
      for end in 0..<whole.count { #expect(decoded(Array(whole[..<end])) == nil, "\(end) bytes") }
      #expect(decoded(whole + [0]) == nil)
      var pixel = whole
      pixel[pixel.count - 1] ^= 1
      #expect(decoded(pixel) == nil)
      #expect(decoded([UInt8](repeating: 255, count: 100)) == nil)
    }
  }
}
