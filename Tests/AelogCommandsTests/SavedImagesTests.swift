// SavedImagesTests.swift
// aelog inspect --images: every image has a file of its own, whatever the names; one that can't be saved stops no other.

import ByteStreams
import EventFiles
import Foundation
import TestSupport
import Testing

@testable import AelogCommands

@Suite struct SavedImagesTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  /// A picture that differs from the others by one byte behind its end.
  static func png(_ mark: UInt8) -> [UInt8] { InspectionTests.png + [mark] }

  /// Logs one picture for each run, tag and step, all of different bytes.
  private func log(_ images: [(run: String, tag: String, step: Int64)]) throws -> String {
    let logdir = directory.file("logs")
    var writers: [String: RunWriter] = [:]
    for (mark, image) in images.enumerated() {
      let run = try writers[image.run] ?? LogDirectory(logdir).run(image.run)
      writers[image.run] = run
      try run.images(
        Tag(image.tag), EncodedImages(width: 1, height: 2, files: [Self.png(UInt8(mark))]), step: Step(image.step))
    }
    for run in writers.values { try run.close() }
    return logdir
  }

  private func files(below folder: String) throws -> [String] {
    try Directory.list(folder).flatMap { name -> [String] in
      let path = "\(folder)/\(name)"
      return Directory.exists(path) ? try files(below: path) : [path]
    }
  }

  private func marks(below folder: String) throws -> [UInt8] {
    try files(below: folder).map { try #require(try FileContents.read($0).last) }.sorted()
  }

  @Test("names that meet in a path have folders of their own, and a tag like a file's name hides no image")
  func meetingNames() throws {
    let images: [(String, String, Int64)] = [
      ("a/b", "c", 1), ("a", "b/c", 1), ("a", "t", 1), ("a", "t/step-00000001.png", 1), ("a/t", "step-00000001.png", 2),
      ("a", "t/step-00000001", 3), ("a", "t", 2), ("a", "b", 5), ("a/b", "step-00000005.png", 6),
    ]
    let run = CommandRun("inspect", try log(images), "--images", directory.file("out"))
    #expect(run.status == 0 && run.errors.hasPrefix("9 images saved in "), "\(run.errors)")
    #expect(try marks(below: directory.file("out")) == Array(0..<9))
    #expect(try FileContents.read(directory.file("out/a/t/step-00000001.png")).last == 2)
    #expect(try FileContents.read(directory.file("out/a/b/c/step-00000001.png")).last == 0)
    #expect(try FileContents.read(directory.file("out/a/b%2Fc/step-00000001.png")).last == 1)
    #expect(try FileContents.read(directory.file("out/a/b/%73tep-00000005.png/step-00000006.png")).last == 8)
  }

  @Test("names longer than a path or a file's name are cut, and stay apart")
  func longNames() throws {
    let long = String(repeating: "x", count: 5000)
    let parts = (0..<3000).map { "\($0)" }.joined(separator: "/")
    let images: [(String, String, Int64)] = [
      ("r", long + "1", 1), ("r", long + "2", 1), ("r", parts + "/1", 1), ("r", parts + "/2", 1), ("r", "after", 1),
    ]
    let run = CommandRun("inspect", try log(images), "--images", directory.file("out"))
    #expect(run.status == 0 && run.errors.hasPrefix("5 images saved in "), "\(run.errors)")
    #expect(try marks(below: directory.file("out")) == Array(0..<5))
    let runs = [parts + "/1", parts + "/2", long, String(repeating: "y/", count: 400)]
    let folders = runs.map { SavedImages.folder(run: $0, tag: long) }
    #expect(Set(folders).count == 4 && folders.allSatisfy { $0.utf8.count < 1600 })
    #expect(folders.joined(separator: "/").split(separator: "/").allSatisfy { $0.utf8.count <= 143 })
  }

  @Test("an image that can't be saved is reported, and the others are saved")
  func oneFails() throws {
    let logdir = try log([("r", "bad", 1), ("r", "good", 1), ("r", "good", 2)])
    try Directory.create(directory.file("out/r"))
    try AtomicFile.replace(directory.file("out/r/bad"), bytes: [])
    let run = CommandRun("inspect", logdir, "--images", directory.file("out"))
    let lines = run.errors.split(separator: "\n")
    #expect(run.status == ExitReason.cannotCreate.rawValue && lines.count == 3, "\(run.errors)")
    #expect(lines[0].hasPrefix("error: step 1 of \"bad\" in the run \"r\" is not saved: "))
    #expect(lines[0].contains("is not a directory") && lines[1].hasPrefix("2 images saved in "))
    #expect(lines[2] == "error: 1 of 3 images was not saved, see above")
    #expect(try marks(below: directory.file("out/r/good")) == [1, 2])
    #expect(run.output.contains("good"), "the table is printed all the same")
  }

  @Test("where nothing can be saved a few lines say so")
  func allFail() throws {
    try AtomicFile.replace(directory.file("taken"), bytes: [])
    let logdir = try log((0..<20).map { ("r", "t", $0) })
    let run = CommandRun("inspect", logdir, "--images", directory.file("taken"))
    let lines = run.errors.split(separator: "\n")
    #expect(run.status == ExitReason.cannotCreate.rawValue && lines.count == 13, "\(run.errors)")
    #expect(lines.last == "error: 20 of 20 images were not saved, see above")
  }

  @Test("no image is written through a link")
  func links() throws {
    let logdir = try log([("r", "t", 1), ("r", "u", 1)])
    try Directory.create(directory.file("elsewhere"))
    try Directory.create(directory.file("out/r/u"))
    try AtomicFile.replace(directory.file("elsewhere/file"), bytes: [7])
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: directory.file("out/r/t"), withDestinationPath: directory.file("elsewhere"))
    try manager.createSymbolicLink(
      atPath: directory.file("out/r/u/step-00000001.png"), withDestinationPath: directory.file("elsewhere/file"))
    // The directory itself may be a link.
    try manager.createSymbolicLink(atPath: directory.file("link"), withDestinationPath: directory.file("out"))
    let run = CommandRun("inspect", logdir, "--images", directory.file("link"))
    #expect(run.status == ExitReason.cannotCreate.rawValue && run.errors.contains("/r/t\" is a symbolic link"))
    #expect(try Directory.list(directory.file("elsewhere")) == ["file"])
    #expect(try FileContents.read(directory.file("elsewhere/file")) == [7])
    #expect(try FileContents.read(directory.file("out/r/u/step-00000001.png")).last == 1)
  }

  @Test("folders' names are safe, different and short")
  func parts() {
    let names = [
      ".", "..", "", "/", "a/b", "a//b", "a%2Fb", "a\0b", "ä", "A b", ".hidden", "a.b", "..a", "a/", "/a", "step-1",
      "%73tep-1", "step", "%", "%r", "%h1",
    ]
    let parts = names.map { SavedImages.part($0.utf8) }
    #expect(Set(parts).count == names.count)
    for part in parts {
      #expect(
        !part.isEmpty && part != "." && part != ".." && !part.hasPrefix("step-")
          && part.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != 0x2F })
    }
    let pairs = names.flatMap { run in names.map { SavedImages.folder(run: run, tag: $0) } }
    #expect(Set(pairs).count == names.count * names.count)
  }
}
