// PublishedCollectionTests.swift
// The table of published collections, and the places to which they are fetched.

import ByteStreams
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct PublishedCollectionTests {
  @Test("every row has addresses, digests of the right length, distinct files and names of its classes")
  func table() {
    let names = PublishedCollection.all.map(\.name)
    #expect(names == ["mnist", "fashion-mnist", "kmnist", "emnist-letters", "cifar10", "cifar100"])
    var digests: [String] = []
    for collection in PublishedCollection.all {
      #expect(!collection.homes.isEmpty)
      for home in collection.homes {
        #expect(throws: Never.self) { try CollectionFetch.check(home) }
        #expect(home.hasSuffix("/"))
      }
      for file in collection.downloads {
        #expect(file.digests.md5.count == 32 && file.digests.sha256.count == 64 && file.digests.size > 0)
        #expect((file.digests.md5 + file.digests.sha256).allSatisfy { "0123456789abcdef".contains($0) })
        digests += [file.digests.md5, file.digests.sha256]
      }
      #expect(Set(collection.fileNames).count == collection.fileNames.count)
      #expect(Set(collection.classNames).count == collection.classNames.count)
      #expect(PublishedCollection.named(collection.name) == collection)
    }
    #expect(Set(digests).count == digests.count)
    #expect(PublishedCollection.all.map(\.classNames.count) == [10, 10, 10, 26, 0, 0])
    #expect(PublishedCollection.named("digits") == nil)
  }

  @Test("the place is below XDG_DATA_HOME, or below the home directory")
  func place() throws {
    let collection = try #require(PublishedCollection.named("cifar10"))
    func place(_ environment: [String: String]) throws -> String {
      try collection.defaultDirectory(environment: environment)
    }
    #expect(try place(["XDG_DATA_HOME": "/data", "HOME": "/users/a"]) == "/data/aelog/cifar10")
    #expect(try place(["XDG_DATA_HOME": "relative", "HOME": "/users/a"]) == "/users/a/.local/share/aelog/cifar10")
    #expect(throws: FetchError.noHome(name: "cifar10")) { try place([:]) }
  }

  @Test("a word leads to a fetched collection, or the error says how to fetch it")
  func words() throws {
    try withTemporaryDirectory { directory in
      let environment = ["XDG_DATA_HOME": directory]
      #expect(try PublishedCollection.directory(named: "pictures", environment: environment) == nil)
      let place = "\(directory)/aelog/kmnist"
      let error = #expect(throws: FetchError.notFetched(name: "kmnist", directory: place)) {
        try PublishedCollection.directory(named: "kmnist", environment: environment)
      }
      let text = try #require(error).description
      #expect(text.hasSuffix("download it with: aelog data fetch kmnist"))
      let collection = try #require(PublishedCollection.named("kmnist"))
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      for name in collection.fileNames + ["SHA256SUMS"] {
        #expect(!collection.isFetched(in: place))
        try Foundation.Data([1]).write(to: URL(fileURLWithPath: "\(place)/\(name)"))
      }
      #expect(try PublishedCollection.directory(named: "kmnist", environment: environment) == place)
    }
  }
}
