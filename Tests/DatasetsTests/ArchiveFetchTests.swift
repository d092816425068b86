// ArchiveFetchTests.swift
// Collections that are published as one archive: unpacked within the limits that the table sets.

import ByteStreams
import Foundation
import TestSupport
import Testing
import Zlib

@testable import Datasets

@Suite(.enabled(if: LoopbackServer.isAvailable)) struct ArchiveFetchTests {
  /// Archives of `a/images.gz`, `a/labels.gz` and another file, which a script of Python wrote.
  private static let archives: [String: [UInt8]] = {
    let script = """
      import io, sys, tarfile, zipfile
      files = {"a/images.gz": bytes((i * 31 ^ i >> 5) & 255 for i in range(5000)),
               "a/labels.gz": bytes(i % 2 for i in range(900)), "a/other": b"x"}
      with tarfile.open("x.tar.gz", "w:gz") as tar:
        for name, data in files.items():
          info = tarfile.TarInfo(name); info.size = len(data); tar.addfile(info, io.BytesIO(data))
      with zipfile.ZipFile("x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items(): archive.writestr(name, data)
      """
    return
      (try? withTemporaryDirectory { directory in
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        try process.run()
        process.waitUntilExit()
        return try Dictionary(
          ["x.tar.gz", "x.zip"].map { ($0, Array(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\($0)")))) }
        ) { $1 }
      }) ?? [:]
  }()

  /// Runs `body` with the archive on the server.
  private func use(
    _ name: String, members: [ArchiveMember] = Self.members, _ body: (SmallPublication) throws -> Void
  ) throws {
    let bytes = try #require(Self.archives[name])
    let contents = { (publication: SmallPublication.Type) -> PublishedCollection.Contents in
      let file = publication.file(name, bytes)
      return name.hasSuffix(".zip") ? .zip(file, members) : .tar(file, members)
    }
    try SmallPublication.use(contents: contents) { small throws in
      try small.publish(name, bytes)
      try body(small)
    }
  }

  private static let members = [
    ArchiveMember("a/images.gz", sizes: 5000...5000), ArchiveMember("a/labels.gz", sizes: 1...900),
  ]

  @Test(
    "the named files are unpacked, the archive goes; the second time nothing is downloaded",
    arguments: ["x.tar.gz", "x.zip"])
  func whole(name: String) throws {
    try use(name) { small throws in
      #expect(try small.fetch("good").run() == .fetched)
      #expect(small.isWhole)
      #expect(small.files == ["SHA256SUMS", "classes.txt", "images.gz", "labels.gz"])
      #expect(try small.fetch("good").run() == .alreadyThere)
      #expect(small.server.requests.count == 1)
    }
  }

  @Test(
    "a file that is larger than the table says, or missing, is refused, and none is left",
    arguments: ["x.tar.gz", "x.zip"])
  func limits(name: String) throws {
    for member in [ArchiveMember("a/labels.gz", sizes: 1...899), ArchiveMember("a/none", sizes: 1...9)] {
      try use(name, members: [Self.members[0], member]) { small throws in
        #expect(throws: (any Error).self) { try small.fetch("good").run() }
        #expect(small.files == [name])
      }
    }
  }

  @Test(
    "after a kill before the list was written, the same files are accepted, and others are not",
    arguments: ["x.tar.gz", "x.zip"])
  func unlisted(name: String) throws {
    try use(name) { small throws in
      try small.write("images.gz", SmallPublication.images)
      #expect(try small.fetch("good").run() == .fetched)
      #expect(small.isWhole)
    }
    try use(name) { small throws in
      try small.write("images.gz", [1])
      #expect(throws: FetchError.inTheWay(path: "\(small.place)/images.gz")) { try small.fetch("good").run() }
      #expect(small.files == ["images.gz", name])
    }
  }

  @Test("a file that was changed after it was unpacked is noticed; a missing one is fetched again")
  func changed() throws {
    try use("x.tar.gz") { small throws in
      #expect(try small.fetch("good").run() == .fetched)
      try FileManager.default.removeItem(atPath: "\(small.place)/labels.gz")
      #expect(try small.fetch("good").run() == .fetched)
      #expect(small.isWhole)
      try small.write("images.gz", [1])
      #expect(throws: FetchError.inTheWay(path: "\(small.place)/images.gz")) { try small.fetch("good").run() }
    }
  }
}
