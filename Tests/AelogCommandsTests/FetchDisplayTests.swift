// FetchDisplayTests.swift
// The lines of aelog data fetch where a person has already put the files in their place.

import ByteStreams
import Datasets
import Foundation
import TestSupport
import Testing

@testable import AelogCommands

@Suite struct FetchDisplayTests {
  @Test("a line for each file, the place, and the command that trains on it")
  func lines() throws {
    try withTemporaryDirectory { directory in
      let bytes = Array("abc".utf8)
      let file = PublishedFile(
        "images.gz", size: 3, md5: DigestStream<MD5>.text(of: bytes), sha256: DigestStream<SHA256>.text(of: bytes))
      let collection = PublishedCollection("small", homes: ["https://example.org/"], contents: .files([file]))
      try Foundation.Data(bytes).write(to: URL(fileURLWithPath: "\(directory)/images.gz"))
      let fetch = try CollectionFetch(collection, directory: directory, environment: ["PATH": directory])
      func shown(isDefault: Bool) throws -> String {
        let output = TextStream()
        try FetchDisplay(output).show(fetch, isDefault: isDefault)
        return output.captured
      }
      #expect(
        try shown(isDefault: true)
          == "  images.gz  3 bytes\n  small is in \(directory)\n  Train on it with\n    aelog train --data small\n")
      #expect(
        try shown(isDefault: false)
          == "  images.gz  3 bytes\n  small is already in \(directory), whole\n  Train on it with\n"
          + "    aelog train --data \(directory)\n")
    }
  }
}
