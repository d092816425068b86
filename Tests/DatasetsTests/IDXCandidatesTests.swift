// IDXCandidatesTests.swift
// Collections as archives unpack them: directories with the names of files, and files twice.

import ByteStreams
import Foundation
import TestSupport
import Testing
import Zlib

@testable import Datasets

@Suite struct IDXCandidatesTests {
  private static let names = [
    IDXFixture.trainingImages, IDXFixture.trainingLabels, IDXFixture.testImages, IDXFixture.testLabels,
  ]

  private func dotted(_ name: String) -> String { name.replacing("-idx", with: ".idx") }

  private func load(_ directory: String) throws -> DatasetSplits {
    let splits = try DataSource.files(directory).load(seed: 0, threads: 2)
    let evaluation = try DataSource.files(directory).loadEvaluation(seed: 0, threads: 2)
    #expect(evaluation.notes == splits.notes && evaluation.fingerprint == splits.evaluation.fingerprint)
    return splits
  }

  @Test("a directory beside the file, with the file in it once more") func both() throws {
    let want = try IDXFixture().withDirectory { try load($0).fingerprint }
    let fixture = IDXFixture()
    try withTemporaryDirectory { directory in
      for (name, bytes) in fixture.files {
        try AtomicFile.replace("\(directory)/\(dotted(name))", bytes: bytes)
        try Directory.create("\(directory)/\(name)")
        try AtomicFile.replace("\(directory)/\(name)/\(name)", bytes: bytes)
      }
      let splits = try load(directory)
      #expect(splits.fingerprint == want && splits.notes == [])
    }
  }

  @Test("directories alone, of raw and of compressed files") func inside() throws {
    let want = try IDXFixture().withDirectory { try load($0).fingerprint }
    try withTemporaryDirectory { directory in
      for (place, (name, bytes)) in IDXFixture().files.sorted(by: { $0.key < $1.key }).enumerated() {
        let folder = place % 2 == 0 ? name : dotted(name)
        try Directory.create("\(directory)/\(folder)")
        let isZipped = place > 1
        try AtomicFile.replace(
          "\(directory)/\(folder)/\(name)\(isZipped ? ".gz" : "")", bytes: isZipped ? Deflate.gzip(bytes) : bytes)
      }
      let splits = try load(directory)
      #expect(splits.fingerprint == want && splits.notes == [])
    }
  }

  @Test("a dangling link is skipped if there is a file, and named if there is none") func links() throws {
    var fixture = IDXFixture()
    let bytes = try #require(fixture.files[IDXFixture.testLabels])
    fixture.files[IDXFixture.testLabels] = nil
    try fixture.withDirectory { directory in
      let link = "\(directory)/\(IDXFixture.testLabels)"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "nothing")
      let error = #expect(throws: FileError.self) { try DataSource.files(directory).load(seed: 0, threads: 2) }
      #expect(error?.path == link)
      try AtomicFile.replace("\(directory)/\(dotted(IDXFixture.testLabels))", bytes: bytes)
      #expect(try load(directory).notes == [])
    }
  }

  @Test("files with other content are named, files with the same content are not") func twice() throws {
    var fixture = IDXFixture()
    let want = try fixture.withDirectory { try load($0).fingerprint }
    let name = IDXFixture.testLabels
    let bytes = try #require(fixture.files[name])
    fixture.files["\(name).gz"] = try Deflate.gzip(bytes)
    #expect(try fixture.withDirectory { try load($0).notes } == [])
    var other = bytes
    other[other.count - 1] = 1
    fixture.files[dotted(name)] = other
    let splits = try fixture.withDirectory { try load($0) }
    #expect(splits.fingerprint == want)
    #expect(
      splits.notes == ["\"t10k-labels-idx1-ubyte\" is read; \"t10k-labels.idx1-ubyte\" holds something else"])
    fixture.files["\(name).gz"] = try Deflate.gzip(other)
    #expect(
      try fixture.withDirectory { try load($0).notes } == [
        "\"t10k-labels-idx1-ubyte\" is read; \"t10k-labels.idx1-ubyte\", \"t10k-labels-idx1-ubyte.gz\" hold something else"
      ])
  }
}
