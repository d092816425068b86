// PictureFolderTests.swift
// Directories of pictures: classes and parts by the names of folders, one shape for all, and what is left out or refused.

import ByteStreams
import Foundation
import PNG
import Tensors
import TestSupport
import Testing

@testable import Datasets

/// Writes pictures below a temporary directory.
private struct Pictures {
  let directory: String

  /// Writes a picture of one shade or color.
  func add(_ name: String, height: Int = 4, width: Int = 4, _ pixel: [UInt8] = [9]) throws {
    let format = try #require(PixelFormat(rawValue: UInt8(pixel.count)))
    let pixels = (0..<height * width).flatMap { _ in pixel }
    try write(name, PNGImage(width: width, height: height, format: format, pixels: pixels).encoded())
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let path = "\(directory)/\(name)"
    try Directory.create(Directory.parent(of: path))
    try AtomicFile.replace(path, bytes: bytes)
  }

  func load(_ options: ReadingOptions = ReadingOptions(), threads: Int = 2) throws -> DatasetSplits {
    try DataSource.files(directory, options).load(seed: 0, threads: threads)
  }

  func error(_ options: ReadingOptions = ReadingOptions()) -> DatasetError? {
    #expect(throws: DatasetError.self) { try load(options) }
  }
}

struct PictureFolderTests {
  private func withPictures<Result>(_ body: (Pictures) throws -> Result) throws -> Result {
    try withTemporaryDirectory { try body(Pictures(directory: $0)) }
  }

  /// Twelve pictures of each of two classes; the shade of a picture tells its class and number.
  private func addClasses(_ pictures: Pictures, below folder: String = "") throws {
    for (label, name) in ["cat", "dog"].enumerated() {
      for number in 0..<12 { try pictures.add("\(folder)\(name)/\(number).png", [UInt8(100 * label + number)]) }
    }
  }

  private func counts(_ splits: DatasetSplits) -> [Int] { Split.allCases.map { splits[$0].count } }

  /// Every picture has the label of its folder and its own name, in whichever part it is.
  private func checkLabels(_ splits: DatasetSplits) {
    for part in Split.allCases {
      let images = splits[part]
      for index in 0..<images.count {
        let shade = Int(images.image(index)[0])
        #expect(Int(images.labels[index]) == shade / 100)
        #expect(images.names?[index].hasSuffix("\(["cat", "dog"][shade / 100])/\(shade % 100).png") == true)
      }
    }
  }

  @Test("pictures of more pixels than the limit are refused, and options of arrays") func limits() throws {
    try withPictures { pictures in
      try addClasses(pictures)
      try pictures.add("dog/large.png", height: 5, width: 4, [150])
      var options = ReadingOptions()
      (options.maxPixels, options.size) = (19, [4, 4])
      let path = "\(pictures.directory)/dog/large.png"
      let error = pictures.error(options)
      #expect(error == .tooManyPixels(path: path, height: 5, width: 4, limit: 19))
      #expect(error?.description.contains("accept it with --max-pixels 20") == true)
      options.maxPixels = 20
      #expect(throws: Never.self) { try pictures.load(options) }
      options.scale = .bytes
      #expect(pictures.error(options) == .otherKind(path: pictures.directory, option: .scale, kind: "pictures"))
    }
  }

  @Test("folders are classes; a sixth of each class is for testing, a twelfth for validation")
  func classes() throws {
    try withPictures { pictures in
      try addClasses(pictures)
      let splits = try pictures.load()
      #expect(splits.classNames == ["cat", "dog"] && splits.test.hasLabels)
      #expect(splits.kind.hasSuffix("pictures in 2 class folders"))
      #expect(counts(splits) == [18, 2, 4])
      #expect(splits.test.labels.sorted() == [0, 0, 1, 1] && splits.validation.labels.sorted() == [0, 1])
      checkLabels(splits)
      for threads in [1, 3, 7] { #expect(try pictures.load(threads: threads).fingerprint == splits.fingerprint) }
      let evaluation = try DataSource.files(pictures.directory).loadEvaluation(seed: 0, threads: 2)
      #expect(evaluation.fingerprint == splits.evaluation.fingerprint)
      #expect(evaluation.test.names == splits.test.names)
    }
  }

  @Test("more pictures of other names leave those that are there in their parts, as far as the counts allow")
  func stability() throws {
    try withPictures { pictures in
      try addClasses(pictures)
      let before = try pictures.load()
      try pictures.add("dog/x.png", [212])
      let after = try pictures.load()
      #expect(Set(before.test.names ?? []).subtracting(after.test.names ?? []).count <= 1)
    }
  }

  @Test("folders named like parts are parts; a missing part is drawn from the training images")
  func parts() throws {
    try withPictures { pictures in
      try addClasses(pictures, below: "train/")
      try addClasses(pictures, below: "Test/")
      var splits = try pictures.load()
      #expect(counts(splits) == [22, 2, 24])
      checkLabels(splits)
      try addClasses(pictures, below: "valid/")
      splits = try pictures.load()
      #expect(counts(splits) == [24, 24, 24])
      checkLabels(splits)
      var options = ReadingOptions()
      options.validation = 0.25
      #expect(pictures.error(options) == .ownPart(path: pictures.directory, part: .validation))
    }
  }

  @Test("classes of two images have their share of all images in each part") func smallClasses() throws {
    let labels = (0..<600).map { UInt16($0 / 2) }
    let parts = PartRule(ReadingOptions()).parts(
      labels: labels, names: labels.indices.map { "\($0)" }, own: labels.map { _ in .training },
      missing: [.validation, .test])
    #expect([Split.training, .validation, .test].map { part in parts.count { $0 == part } } == [450, 50, 100])
    for label in 0..<300 { #expect(parts[2 * label] == .training || parts[2 * label + 1] == .training) }
  }

  @Test func fractions() throws {
    try withPictures { pictures in
      try addClasses(pictures)
      var options = ReadingOptions()
      (options.validation, options.test) = (0.25, 0.5)
      let splits = try pictures.load(options)
      #expect(counts(splits) == [6, 6, 12])
    }
  }

  @Test("a flat folder has no labels; its pictures keep their names")
  func flat() throws {
    try withPictures { pictures in
      for number in 0..<12 { try pictures.add("\(number).png", [UInt8(number)]) }
      let splits = try pictures.load()
      #expect(splits.classNames.isEmpty && !splits.training.hasLabels)
      for part in Split.allCases {
        for index in 0..<splits[part].count {
          #expect(splits[part].names?[index] == "\(splits[part].image(index)[0]).png")
        }
      }
      #expect(splits.training.names?.sorted(by: NaturalOrder.precedes) == splits.training.names)
    }
  }

  @Test("folders below a class belong to it; hidden files are left out and counted; links are followed once")
  func nested() throws {
    try withPictures { pictures in
      try addClasses(pictures)
      try pictures.add("cat/persian/old/1.png", [50])
      for name in [".DS_Store", "cat/Thumbs.db", "__MACOSX/x", "dog/.hidden.png"] {
        try pictures.write(name, [1, 2, 3])
      }
      try FileManager.default.createSymbolicLink(
        atPath: "\(pictures.directory)/loop", withDestinationPath: pictures.directory)
      let splits = try pictures.load()
      #expect(splits.classNames == ["cat", "dog"] && splits.notes == ["4 hidden files left out"])
      #expect(splits.training.count + splits.validation.count + splits.test.count == 25)
    }
  }

  @Test("a file that is no picture, or broken, is named; --skip-broken leaves it out and counts it")
  func broken() throws {
    try withPictures { pictures in
      try addClasses(pictures)
      try pictures.write("cat/notes.txt", Array("hello".utf8))
      #expect(pictures.error() == .notAPicture(path: "\(pictures.directory)/cat/notes.txt"))
      var options = ReadingOptions()
      options.skipBroken = true
      #expect(try pictures.load(options).notes == ["1 file left out: no picture, or broken"])
      try FileContents.remove("\(pictures.directory)/cat/notes.txt")
      let whole = try FileContents.read("\(pictures.directory)/cat/3.png")
      for cut in [whole.count - 20, 40, 20, 0] {
        try pictures.write("cat/3.png", Array(whole[..<cut]))
        #expect(pictures.error()?.description.contains("/cat/3.png") == true, "\(cut)")
        let splits = try pictures.load(options)
        #expect(splits.notes == ["1 file left out: no picture, or broken"], "\(cut)")
        #expect(splits.training.count + splits.validation.count + splits.test.count == 23)
        checkLabels(splits)
      }
    }
  }

  @Test("places that could be two things are asked about")
  func unclear() throws {
    try withPictures { pictures in
      try addClasses(pictures)
      try pictures.add("beside.png")
      #expect(pictures.error() == .besideFolders(path: "\(pictures.directory)/beside.png", folder: "cat"))
      try FileContents.remove("\(pictures.directory)/beside.png")
      try pictures.add("train/x.png")
      #expect(pictures.error() == .partBesideOthers(path: pictures.directory, folder: "train"))
    }
  }

  @Test("one or two pictures are too few, three are enough")
  func few() throws {
    try withPictures { pictures in
      try pictures.add("a.png")
      #expect(pictures.error() == .tooFewPictures(path: pictures.directory, got: 1, want: 3))
      try pictures.add("b.png")
      try pictures.add("c.png")
      let splits = try pictures.load()
      #expect(counts(splits) == [1, 1, 1])
    }
  }

  @Test("a part without images is refused") func emptyPart() throws {
    try withPictures { pictures in
      try pictures.add("train/a/1.png")
      for name in ["2", "3"] { try pictures.add("test/a/\(name).png") }
      #expect(pictures.error() == .emptyPart(path: pictures.directory, part: .validation))
    }
  }

  @Test("several sizes are listed, commonest first, with an option that works")
  func sizes() throws {
    try withPictures { pictures in
      try addClasses(pictures)
      for number in 0..<3 { try pictures.add("dog/wide\(number).png", height: 4, width: 8, [100]) }
      try pictures.add("dog/tall.png", height: 9, width: 2, [100])
      let error = try #require(pictures.error())
      #expect(error.description.contains("3 sizes, as 4×4 (24), 4×8 (3), 9×2 (1)"), "\(error)")
      #expect(error.description.hasSuffix("--size 4x4"))
      var options = ReadingOptions()
      options.size = [4, 4]
      let splits = try pictures.load(options)
      #expect(splits.shape == ImageShape(height: 4, width: 4, channels: 1))
      #expect(splits.evaluation.notes == ["3 sizes of pictures become 4×4 (crop)"])
    }
  }

  @Test("gray pictures among colored ones become color, and this is said; --channels decides")
  func channels() throws {
    try withPictures { pictures in
      try addClasses(pictures)
      try pictures.add("cat/red.png", [200, 0, 0])
      let splits = try pictures.load()
      #expect(splits.shape.channels == 3 && splits.notes == ["24 of 25 pictures are gray; all are read as color"])
      var options = ReadingOptions()
      options.channels = .gray
      #expect(try pictures.load(options).shape.channels == 1)
    }
  }

  @Test("nothing to read is told with what is wanted") func nothing() throws {
    try withPictures { pictures in
      #expect(pictures.error() == .noImages(directory: pictures.directory))
      try pictures.write("notes.txt", [65])
      #expect(pictures.error() == .noImages(directory: pictures.directory))
      #expect(throws: DatasetError.notADirectory(path: "\(pictures.directory)/notes.txt")) {
        try DataSource.files("\(pictures.directory)/notes.txt").load(seed: 0, threads: 1)
      }
    }
  }

  @Test("names with spaces, tabs, line breaks and emoji are kept") func names() throws {
    try withPictures { pictures in
      for name in ["a b", "tab\tname", "line\nbreak", "😀"] { try pictures.add("\(name)/x.png") }
      #expect(Set(try pictures.load().classNames) == ["a b", "tab\tname", "line\nbreak", "😀"])
    }
  }
}
