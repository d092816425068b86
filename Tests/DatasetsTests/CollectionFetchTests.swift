// CollectionFetchTests.swift
// Small collections fetched from a server of this machine that cuts, refuses, delays and falsifies.

import ByteStreams
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite(.enabled(if: LoopbackServer.isAvailable)) struct CollectionFetchTests {
  @Test("the files, the names of the classes and the digests; the second time nothing is downloaded")
  func whole() throws {
    try SmallPublication.use { small throws in
      let fetch = try small.fetch("good")
      #expect(try fetch.run() == .fetched)
      #expect(small.files == ["SHA256SUMS", "classes.txt", "images.gz", "labels.gz"])
      #expect(small.isWhole)
      #expect(try small.text("classes.txt") == "cat\ndog\n")
      #expect(try small.text("SHA256SUMS").hasPrefix("# aelog data fetch small\n"))
      #expect(small.collection.isFetched(in: small.place))
      let before = small.server.requests
      var events: [FetchEvent] = []
      #expect(try fetch.run(tell: { events.append($0) }) == .alreadyThere)
      #expect(small.server.requests == before)
      #expect(events.contains(.ready("images.gz", bytes: 5000, url: nil)))
    }
  }

  @Test("a transfer that is cut again and again resumes where it was", arguments: SmallPublication.programs)
  func cut(program: String) throws {
    try SmallPublication.use { small throws in
      var events: [FetchEvent] = []
      #expect(try small.fetch("cut", program: program).run(tell: { events.append($0) }) == .fetched)
      #expect(small.isWhole)
      #expect(
        small.server.requests.filter { $0.contains("images") }
          == stride(from: 0, to: 5000, by: 1000).map { "/cut/images.gz \($0)" })
      #expect(events.count { if case .repeated = $0 { true } else { false } } == 4)
    }
  }

  @Test("a server that is busy is asked again", arguments: SmallPublication.programs)
  func busy(program: String) throws {
    try SmallPublication.use { small throws in
      #expect(try small.fetch("busy", program: program).run() == .fetched)
      #expect(small.isWhole)
    }
  }

  @Test("a partial file is resumed, also from a server that can only send all", arguments: SmallPublication.programs)
  func resumed(program: String) throws {
    for behavior in ["good", "norange"] {
      try SmallPublication.use { small throws in
        try small.write("images.gz.part", Array(SmallPublication.images.prefix(3000)))
        #expect(try small.fetch(behavior, program: program).run() == .fetched)
        #expect(small.isWhole)
        #expect(small.server.requests.contains("/\(behavior)/images.gz 3000"))
      }
    }
  }

  @Test("a partial file of other bytes, or too long, is downloaded anew once", arguments: [1, 3000, 5000, 6000])
  func wrongPartial(size: Int) throws {
    try SmallPublication.use { small throws in
      try small.write("images.gz.part", [UInt8](repeating: 1, count: size))
      #expect(try small.fetch("good").run() == .fetched)
      #expect(small.isWhole)
      #expect(small.server.requests.filter { $0 == "/good/images.gz 0" }.count == 1)
    }
  }

  @Test("a partial file that has all of its bytes needs no server")
  func wholePartial() throws {
    try SmallPublication.use { small throws in
      try small.write("images.gz.part", SmallPublication.images)
      #expect(try small.fetch("good").run() == .fetched)
      #expect(!small.server.requests.contains { $0.contains("images") })
    }
  }

  @Test("other bytes than the published ones are refused, and nothing is left", arguments: SmallPublication.programs)
  func wrong(program: String) throws {
    for behavior in ["wrong", "long", "page"] {
      try SmallPublication.use { small throws in
        let error = #expect(throws: FetchError.self) { try small.fetch(behavior, program: program).run() }
        let text = try #require(error).description
        #expect(text.contains("is not the published file: got"))
        #expect(small.files.isEmpty)
        #expect(small.server.requests.count == 1)
      }
    }
  }

  @Test("what is not there is said, and nothing is left", arguments: SmallPublication.programs)
  func missing(program: String) throws {
    try SmallPublication.use { small throws in
      try small.unpublish("images.gz")
      let error = #expect(throws: FetchError.self) { try small.fetch("good", program: program).run() }
      let text = try #require(error).description
      #expect(text.contains("404"))
      #expect(small.files.isEmpty && small.server.requests.count == 1)
    }
  }

  @Test("a home without the file is followed by the next one")
  func nextHome() throws {
    try SmallPublication.use { small throws in
      let homes = ["page", "wrong", "good"].map(small.server.address)
      let collection = PublishedCollection("small", homes: homes, contents: small.collection.contents)
      var skipped: [String] = []
      let fetch = try CollectionFetch(
        collection, directory: small.place, environment: ProcessInfo.processInfo.environment, pause: 0)
      let outcome = try fetch.run { if case .skipped(let url, _) = $0 { skipped.append(url) } }
      #expect(outcome == .fetched && small.isWhole)
      #expect(skipped == ["images.gz", "labels.gz"].flatMap { name in homes.prefix(2).map { $0 + name } })
    }
  }

  @Test("stopping leaves the partial file alone; the next fetch resumes it", arguments: SmallPublication.programs)
  func stopped(program: String) throws {
    try SmallPublication.use { small throws in
      let partial = "\(small.place)/images.gz.part"
      #expect(throws: FetchError.interrupted) {
        try small.fetch("slow", program: program).run(shouldStop: { TransferProgram.size(of: partial) >= 1000 })
      }
      #expect(small.files == ["images.gz.part"])
      #expect(try small.fetch("good", program: program).run() == .fetched)
      #expect(small.isWhole && !small.server.requests.contains("/good/images.gz 0"))
    }
  }

  @Test("a file that differs from the published one stays, and so does a list of somebody else's")
  func inTheWay() throws {
    for name in ["labels.gz", "SHA256SUMS"] {
      try SmallPublication.use { small throws in
        try small.write(name, [1, 2, 3])
        #expect(throws: FetchError.inTheWay(path: "\(small.place)/\(name)")) { try small.fetch("good").run() }
        #expect(try small.text(name) == "\u{1}\u{2}\u{3}")
      }
    }
  }

  @Test("a file that was removed is fetched again; class names that were changed stay")
  func repaired() throws {
    try SmallPublication.use { small throws in
      #expect(try small.fetch("good").run() == .fetched)
      try FileManager.default.removeItem(atPath: "\(small.place)/labels.gz")
      try small.write("classes.txt", Array("Katze\nHund\n".utf8))
      #expect(!small.collection.isFetched(in: small.place))
      #expect(try small.fetch("good").run() == .fetched)
      #expect(small.isWhole)
      #expect(try small.text("classes.txt") == "Katze\nHund\n")
      #expect(small.server.requests.filter { $0.contains("images") }.count == 1)
    }
  }

  @Test("without curl and wget the error has the commands, and files that a person has put there are checked")
  func noProgram() throws {
    try SmallPublication.use { small throws in
      let fetch = try CollectionFetch(
        small.collection, directory: small.place, mirror: "https://example.org/x", environment: ["PATH": small.place])
      let error = #expect(throws: FetchError.self) { try fetch.run() }
      let text = "\(try #require(error))"
      #expect(text.contains("--output images.gz https://example.org/x/images.gz"))
      #expect(text.contains("--output labels.gz https://example.org/x/labels.gz"))
      try small.write("images.gz", SmallPublication.images)
      try small.write("labels.gz", SmallPublication.labels)
      #expect(try fetch.run() == .fetched)
      #expect(small.isWhole)
    }
  }

  @Test("two fetches at once: the second one says who is there")
  func held() throws {
    try SmallPublication.use { small throws in
      let lock = try DirectoryLock(small.place)
      defer { lock.release() }
      #expect(throws: FileError.inUse(path: small.place, holder: getpid())) { try small.fetch("good").run() }
    }
  }

  @Test(
    "a mirror is the address of a directory",
    arguments: [
      "", "x", "-o", "ftp://a/", "file:///etc", "http://", "http:///x", "http://a b", "https://a/?x", "http://ä",
    ])
  func mirrors(text: String) {
    #expect(throws: FetchError.badMirror(text)) { try CollectionFetch.check(text) }
  }
}
