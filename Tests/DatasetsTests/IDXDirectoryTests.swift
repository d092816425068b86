// IDXDirectoryTests.swift
// Collections on disk: every accepted form is read exactly, every damaged one is refused with its reason.

import ByteStreams
import Tensors
import TestSupport
import Testing
import Zlib

@testable import Datasets

struct IDXDirectoryTests {
  @Test func everyElementArrives() throws {
    try IDXFixture().withDirectory { directory in
      let splits = try DataSource(argument: directory).load(seed: 9, threads: 2)
      #expect(splits.name == Directory.lastPart(of: directory))
      #expect(splits.shape == ImageShape(height: 3, width: 2, channels: 1))
      // A twelfth of 24 images, the first two, are for validation.
      #expect(splits.validation.withPixels { Array($0) } == Array(pattern(144)[..<12]))
      #expect(splits.validation.labels == [0, 1])
      #expect(splits.training.withPixels { Array($0) } == Array(pattern(144)[12...]))
      #expect(splits.training.labels == (2..<24).map { $0 % 4 })
      #expect(splits.test.withPixels { Array($0) } == pattern(30, salt: 100))
      #expect(splits.test.labels == [3, 1, 0, 2, 3])
      #expect(splits.classNames == ["0", "1", "2", "3"])
    }
  }

  @Test("raw or gzipped, any of the names, any number of threads: the same", arguments: 0..<16, [1, 2, 3, 7])
  func forms(compressed: Int, threads: Int) throws {
    let want = try IDXFixture().withDirectory { try DataSource.files($0).load(seed: 0, threads: 1) }
    var fixture = IDXFixture()
    for (place, name) in fixture.files.keys.sorted().enumerated() {
      guard let bytes = fixture.files.removeValue(forKey: name) else { continue }
      let dotted = name.replacing("-idx", with: ".idx")
      if compressed >> place & 1 == 1 {
        fixture.files[(place % 2 == 0 ? dotted : name) + ".gz"] = try Deflate.gzip(bytes, threads: 1)
      } else {
        fixture.files[place % 2 == 0 ? name : dotted] = bytes
      }
    }
    let got = try fixture.withDirectory { try DataSource.files($0).load(seed: 0, threads: threads) }
    #expect(got.fingerprint == want.fingerprint)
    #expect(got.training.withPixels { Array($0) } == want.training.withPixels { Array($0) })
    #expect(got.test.labels == want.test.labels)
  }

  @Test("gzip is known by its bytes, not its name") func contentNotName() throws {
    var fixture = IDXFixture()
    fixture.files[IDXFixture.testImages + ".gz"] = fixture.files[IDXFixture.testImages]
    fixture.files[IDXFixture.testImages] = nil
    fixture.files[IDXFixture.testLabels] = try Deflate.gzip(#require(fixture.files[IDXFixture.testLabels]))
    let splits = try fixture.withDirectory { try DataSource.files($0).load(seed: 0, threads: 2) }
    #expect(splits.test.labels == [3, 1, 0, 2, 3])
  }

  @Test("a fourth dimension is color", arguments: 1...4)
  func channels(count: Int) throws {
    var fixture = IDXFixture()
    fixture.files[IDXFixture.trainingImages] = nil
    fixture.files[IDXFixture.testImages] = nil
    fixture.files["train-images-idx4-ubyte"] = idx([24, 6, 2, count], pattern(288 * count))
    fixture.files["t10k-images-idx4-ubyte"] = idx([5, 6, 2, count], pattern(60 * count))
    let splits = try fixture.withDirectory { try DataSource.files($0).load(seed: 0, threads: 2) }
    #expect(splits.shape == ImageShape(height: 6, width: 2, channels: count))
    #expect(splits.test.image(4) == Array(pattern(60 * count)[(48 * count)...]))
    #expect(splits.evaluation.notes == [])
  }

  @Test(
    "what is missing is named",
    arguments: [
      (IDXFixture.trainingImages, "training images"), (IDXFixture.trainingLabels, "labels of the training images"),
      (IDXFixture.testImages, "test images"), (IDXFixture.testLabels, "labels of the test images"),
    ])
  func missingFile(name: String, content: String) throws {
    var fixture = IDXFixture()
    fixture.files[name] = nil
    try fixture.withDirectory { directory in
      let error = #expect(throws: DatasetError.self) { try IDXDirectory(directory).load(threads: 2) }
      guard case .missingFile(directory, content, let names) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(names.contains(name))
      #expect(error?.description.contains(name) == true)
    }
  }

  @Test func noDirectory() throws {
    try withTemporaryDirectory { directory in
      let missing = "\(directory)/nothing\u{1B}[31m\nhere"
      let error = #expect(throws: DatasetError.missingDirectory(path: missing)) {
        try DataSource.files(missing).load(seed: 0, threads: 1)
      }
      #expect(error?.description.contains("\n") == false && error?.description.contains("\u{1B}") == false)
      try AtomicFile.replace("\(directory)/file", bytes: [1])
      #expect(throws: DatasetError.notADirectory(path: "\(directory)/file")) {
        try DataSource.files("\(directory)/file").load(seed: 0, threads: 1)
      }
    }
  }

  @Test("pixels of 0 and 1, or up to 16, are scaled by all files", arguments: [1, 16] as [UInt8]) func dark(
    highest: UInt8
  ) throws {
    var fixture = IDXFixture()
    for (images, count) in [(IDXFixture.trainingImages, 24), (IDXFixture.testImages, 5)] {
      fixture.files[images] = idx([count, 3, 2], (0..<count * 6).map { $0 % 2 == 0 ? 0 : highest })
    }
    try fixture.withDirectory { directory in
      let source = DataSource.files(directory)
      let (whole, part) = (try source.load(seed: 0, threads: 2), try source.loadEvaluation(seed: 0, threads: 2))
      #expect(whole.kind == "IDX files of uint8 from 0 to \(highest)" && whole.evaluation.notes == [])
      #expect(whole.test.image(0) == [0, 255, 0, 255, 0, 255] && part.fingerprint == whole.evaluation.fingerprint)
    }
    // One bright pixel behind the validation images: all files have bytes.
    fixture.files[IDXFixture.trainingImages]?[16 + 143] = 200
    try fixture.withDirectory { directory in
      let source = DataSource.files(directory)
      let (whole, part) = (try source.load(seed: 0, threads: 2), try source.loadEvaluation(seed: 0, threads: 2))
      #expect(whole.kind.isEmpty && whole.test.image(0)[1] == highest && part.notes == whole.evaluation.notes)
      let note = "no pixel of the test images is above 1 of 255, so they are nearly black; store 0 and 255"
      #expect(whole.evaluation.notes == (highest == 1 ? [note] : []))
    }
  }

  @Test("floats are scaled, and labels of any whole numbers are read") func otherTypes() throws {
    func bigEndian(_ values: [Float]) -> [UInt8] { values.flatMap { bytes([$0.bitPattern.bigEndian]) } }
    var fixture = IDXFixture()
    for (images, count) in [(IDXFixture.trainingImages, 24), (IDXFixture.testImages, 5)] {
      let values = (0..<count * 6).map { Float($0 % 3) / 2 }
      fixture.files[images] = idx([count, 3, 2], bigEndian(values), type: 0x0D)
    }
    fixture.files[IDXFixture.testLabels] = idx([5], [3, 1, 0, 2, 3].flatMap { [0, 0, 0, $0] }, type: 0x0C)
    try fixture.withDirectory { directory in
      let source = DataSource.files(directory)
      let (whole, part) = (try source.load(seed: 0, threads: 2), try source.loadEvaluation(seed: 0, threads: 2))
      #expect(whole.kind == "IDX files of float32 from 0 to 1" && whole.test.labels == [3, 1, 0, 2, 3])
      #expect(whole.test.image(4) == [0, 128, 255, 0, 128, 255] && part.fingerprint == whole.evaluation.fingerprint)
      var options = ReadingOptions()
      options.scale = ValueScale(text: "0..2")
      #expect(try DataSource.files(directory, options).load(seed: 0, threads: 2).test.image(0)[2] == 128)
    }
    fixture.files[IDXFixture.testLabels] = idx([5], bigEndian([0, 1, 2.5, 1, 1]), type: 0x0D)
    try fixture.withDirectory { directory in
      #expect(
        throws: DatasetError.fractionLabel(path: "\(directory)/\(IDXFixture.testLabels)", row: 2, got: "2.5")
      ) { try DataSource.files(directory).load(seed: 0, threads: 2) }
    }
  }

  @Test("a directory in a file's place holds no labels") func directoryAsFile() throws {
    var fixture = IDXFixture()
    fixture.files[IDXFixture.testLabels] = nil
    try fixture.withDirectory { directory in
      try Directory.create("\(directory)/\(IDXFixture.testLabels)/\(IDXFixture.testLabels)")
      let error = #expect(throws: DatasetError.self) { try IDXDirectory(directory).load(threads: 2) }
      guard case .missingFile(directory, "labels of the test images", _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func countsThatDiffer() throws {
    var fixture = IDXFixture()
    fixture.files[IDXFixture.testLabels] = idx([4], [0, 1, 2, 3])
    try fixture.withDirectory { directory in
      #expect(
        throws: DatasetError.countsDiffer(
          images: "\(directory)/\(IDXFixture.testImages)", imageCount: 5,
          labels: "\(directory)/\(IDXFixture.testLabels)", labelCount: 4)
      ) { try IDXDirectory(directory).load(threads: 2) }
    }
  }

  @Test func shapesThatDiffer() throws {
    var fixture = IDXFixture()
    fixture.files[IDXFixture.testImages] = idx([5, 2, 3], pattern(30))
    try fixture.withDirectory { directory in
      #expect(
        throws: DatasetError.shapesDiffer(
          training: "\(directory)/\(IDXFixture.trainingImages)",
          trainingShape: ImageShape(height: 3, width: 2, channels: 1),
          test: "\(directory)/\(IDXFixture.testImages)", testShape: ImageShape(height: 2, width: 3, channels: 1))
      ) { try IDXDirectory(directory).load(threads: 2) }
    }
  }

  @Test func oneImageIsTooFew() throws {
    var fixture = IDXFixture()
    fixture.files[IDXFixture.trainingImages] = idx([1, 3, 2], pattern(6))
    fixture.files[IDXFixture.trainingLabels] = idx([1], [0])
    try fixture.withDirectory { directory in
      #expect(throws: DatasetError.tooFew(path: "\(directory)/\(IDXFixture.trainingImages)", got: 1)) {
        try IDXDirectory(directory).load(threads: 2)
      }
    }
  }
}

/// Collections whose files have other names than MNIST's.
struct IDXNamesTests {
  /// Writes a fixture of 24 and 5 images of 3×2 under names with a prefix.
  private func write(_ prefix: String, test: String = "t10k", firstLabel: UInt8 = 0, to directory: String) throws {
    let files: [(String, [UInt8])] = [
      ("train-images-idx3-ubyte", idx([24, 3, 2], pattern(144))),
      ("train-labels-idx1-ubyte", idx([24], (0..<24).map { UInt8($0 % 4) + firstLabel })),
      ("\(test)-images-idx3-ubyte", idx([5, 3, 2], pattern(30, salt: 100))),
      ("\(test)-labels-idx1-ubyte", idx([5], [3, 1, 0, 2, 3].map { $0 + firstLabel })),
    ]
    for (name, bytes) in files { try AtomicFile.replace("\(directory)/\(prefix)\(name)", bytes: bytes) }
  }

  @Test(
    "any text may come before the names, and test may be called test", arguments: ["", "letters-", "a.b_"],
    ["t10k", "test"])
  func prefixes(prefix: String, test: String) throws {
    try withTemporaryDirectory { directory in
      try write(prefix, test: test, to: directory)
      let splits = try DataSource.files(directory).load(seed: 0, threads: 2)
      #expect(splits.test.withPixels { Array($0) } == pattern(30, salt: 100) && splits.notes.isEmpty)
      #expect(splits.test.labels == [3, 1, 0, 2, 3])
    }
  }

  @Test("EMNIST is turned upright, and its letters begin with label 1") func emnist() throws {
    try withTemporaryDirectory { directory in
      try write("emnist-letters-", test: "test", firstLabel: 1, to: directory)
      try AtomicFile.replace("\(directory)/classes.txt", bytes: Array("A\nB\nC\nD\n".utf8))
      let splits = try DataSource.files(directory).load(seed: 0, threads: 2)
      #expect(splits.shape == ImageShape(height: 2, width: 3, channels: 1))
      let stored = Array(pattern(30, salt: 100)[6..<12])
      #expect(splits.test.image(1) == [0, 2, 4, 1, 3, 5].map { stored[$0] })
      #expect(splits.classNames == ["A", "B", "C", "D"] && splits.test.labels == [3, 1, 0, 2, 3])
      #expect(splits.notes.count == 1 && splits.test.classNames == splits.classNames)
      let evaluation = try DataSource.files(directory).loadEvaluation(seed: 0, threads: 2)
      #expect(evaluation.fingerprint == splits.evaluation.fingerprint)
    }
  }

  @Test("names of classes are used if there are enough of them") func classNames() throws {
    try withTemporaryDirectory { directory in
      try write("", to: directory)
      for (lines, want) in [("a\nb\nc\nd", ["a", "b", "c", "d"]), ("a\nb", ["0", "1", "2", "3"])] {
        try AtomicFile.replace("\(directory)/classes.txt", bytes: Array(lines.utf8))
        #expect(try DataSource.files(directory).load(seed: 0, threads: 2).classNames == want)
      }
    }
  }

  @Test("several collections in one directory are asked about") func several() throws {
    try withTemporaryDirectory { directory in
      try write("one-", to: directory)
      try write("two-", to: directory)
      #expect(throws: DatasetError.severalCollections(directory: directory, prefixes: ["one-", "two-"])) {
        try DataSource.files(directory).load(seed: 0, threads: 2)
      }
    }
  }
}
