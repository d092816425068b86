// SmallPublication.swift
// A collection of two small files or an archive, published by a server of this machine, and a place to fetch it to.

import ByteStreams
import Foundation
import TestSupport

@testable import Datasets

/// The publication, its server, and the place to fetch to.
final class SmallPublication {
  static let images = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 5) }
  static let labels = (0..<900).map { UInt8(truncatingIfNeeded: $0 % 2) }
  /// The programs that this machine has.
  static let programs = ["curl", "wget"].filter { path(of: $0) != nil }

  let server: LoopbackServer
  let place: String
  let collection: PublishedCollection
  private let source: String
  private let root: String

  private init(in root: String, contents: ((SmallPublication.Type) throws -> PublishedCollection.Contents)?) throws {
    self.root = root
    (source, place) = ("\(root)/source", "\(root)/place")
    for directory in [source, place] {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    }
    server = try LoopbackServer(serving: source)
    let files = [("images.gz", Self.images), ("labels.gz", Self.labels)]
    collection = PublishedCollection(
      "small", homes: [server.address("good")],
      contents: try contents?(Self.self) ?? .files(files.map { Self.file($0, $1) }), classNames: ["cat", "dog"])
    for (name, bytes) in files { try Self.write(bytes, to: "\(source)/\(name)") }
  }

  /// Runs `body` with a publication that is gone afterwards.
  static func use(
    contents: ((SmallPublication.Type) throws -> PublishedCollection.Contents)? = nil,
    _ body: (SmallPublication) throws -> Void
  ) throws {
    try withTemporaryDirectory { try body(SmallPublication(in: $0, contents: contents)) }
  }

  static func file(_ name: String, _ bytes: [UInt8]) -> PublishedFile {
    PublishedFile(
      name, size: bytes.count, md5: DigestStream<MD5>.text(of: bytes), sha256: DigestStream<SHA256>.text(of: bytes))
  }

  /// - Parameter program: the only one on PATH.
  func fetch(_ behavior: String, program: String = programs.first ?? "curl") throws -> CollectionFetch {
    let tools = "\(root)/tools-\(program)"
    if let path = Self.path(of: program), !FileManager.default.fileExists(atPath: tools) {
      try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: false)
      try FileManager.default.createSymbolicLink(atPath: "\(tools)/\(program)", withDestinationPath: path)
    }
    return try CollectionFetch(
      collection, directory: place, mirror: server.address(behavior), environment: ["PATH": tools, "HOME": root],
      pause: 0)
  }

  private static func path(of program: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// The names in the place.
  var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []).sorted() }

  /// Whether both files have the published bytes, and no other file of theirs is there.
  var isWhole: Bool {
    FileManager.default.contents(atPath: "\(place)/images.gz") == Data(Self.images)
      && FileManager.default.contents(atPath: "\(place)/labels.gz") == Data(Self.labels)
      && !files.contains { $0.hasSuffix(".part") || $0.hasPrefix(".") }
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(place)/\(name)")), as: UTF8.self)
  }

  /// Writes a file into the place.
  func write(_ name: String, _ bytes: [UInt8]) throws { try Self.write(bytes, to: "\(place)/\(name)") }

  /// Puts a file on the server.
  func publish(_ name: String, _ bytes: [UInt8]) throws { try Self.write(bytes, to: "\(source)/\(name)") }

  func unpublish(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(source)/\(name)") }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
}
