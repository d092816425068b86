// ProjectorVerifierTests.swift
// Every rule of a projector's files is found where it is broken, and not elsewhere.

import ByteStreams
import Foundation
import PNG
import TestSupport
import Testing

@testable import ProjectorFiles

@Suite struct ProjectorVerifierTests {
  /// A change to a sound bundle of five points and two dimensions, and the rules that it breaks.
  struct Case: Sendable, CustomTestStringConvertible {
    let rules: Set<ProjectorRule>
    /// Texts in the configuration and what takes their place.
    var config: [(String, String)] = []
    /// Files and their new bytes; nil removes one.
    var files: [String: [UInt8]?] = [:]
    var testDescription: String { "\(rules.map(\.rawValue).sorted()) \(config) \(files.keys.sorted())" }

    init(_ rules: Set<ProjectorRule>, config: (String, String)...) { (self.rules, self.config) = (rules, config) }

    init(_ rules: Set<ProjectorRule>, _ file: String, _ bytes: [UInt8]?, config: (String, String)...) {
      self.rules = rules
      self.config = config
      files = [file: bytes]
    }

    init(_ rules: Set<ProjectorRule>, _ file: String, _ text: String, config: (String, String)...) {
      self.init(rules, file, Array(text.utf8))
      self.config = config
    }
  }

  static let tensor = "embedding/tensors.tsv", labels = "embedding/metadata.tsv", sprite = "embedding/sprite.png"
  static let points = "0\t0.5\n1\t1.5\n2\t2.5\n3\t3.5\n4\t4.5\n"
  /// With three short lines behind it, three bytes short of a piece of the page.
  static let long = String(repeating: "a", count: 999_990)
  static let noLabels = ("  metadata_path: \"embedding/metadata.tsv\"\n", "")

  static func sheet(_ width: Int, _ height: Int) -> [UInt8] {
    (try? PNGImage(width: width, height: height, format: .gray).encoded()) ?? []
  }

  /// A WebP of 4×4 pixels.
  static let webp = Array(
    Data(base64Encoded: "UklGRjIAAABXRUJQVlA4ICYAAACQAQCdASoEAAQAB0CWJaACdLoAA5gA/uHDfqIiCklh68p8StAAAA==") ?? Data())

  static func raw(_ numbers: [Float]) -> [UInt8] {
    numbers.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) } }
  }

  static let configs: [Case] = [
    Case([]), Case([], config: ("embeddings {", "embeddings: <"), ("tsv\"\n}\n", "tsv\"\n>\n")),
    Case([], config: ("embeddings {", "embeddings: [{"), ("tsv\"\n}\n", "tsv\"\n}]\n")),
    Case([], config: ("embeddings {", "embeddings [ # a list\n {}, {"), ("tsv\"\n}\n", "tsv\"\n} ]\n")),
    Case(
      [.badName], config: ("embeddings {", "embeddings [{"),
      ("tsv\"\n}\n", "tsv\"\n}, <tensor_path: \"embedding/tensors.tsv\">]")),
    Case([.badConfig], config: ("embeddings {", "embeddings: [{"), ("tsv\"\n}\n", "tsv\"\n},]\n")),
    Case([.badConfig], config: ("embeddings {", "embeddings: [{"), ("tsv\"\n}\n", "tsv\"\n} {}]\n")),
    Case([.badConfig], config: ("embeddings {", "embeddings: [: {"), ("tsv\"\n}\n", "tsv\"\n}]\n")),
    Case([.badConfig], config: ("embeddings {", "embeddings: [{")), Case([], config: ("\"bottleneck\"", "\"b\\q\"")),
    Case([.badConfig], config: ("\"bottleneck\"", "\"b\\N\"")),
    Case([.badConfig], config: ("tensor_name", "tensor_nam")), Case([.badConfig], config: ("}\n", "")),
    Case([.badConfig], "projector_config.pbtxt", [0x23, 0xFF, 0x0A]),
    Case([.noTensorPath], "projector_config.pbtxt", ""),
    Case([.badName], config: ("\"bottleneck\"", "\"a b\"")), Case([.badName], config: ("\"bottleneck\"", "\"a&b\"")),
    Case([.pathOutside], config: ("\"embedding/tensors.tsv\"", "\"../t.tsv\"")),
    Case([.pathOutside], config: ("\"embedding/metadata.tsv\"", "\"/etc/passwd\"")),
    Case([.pathOutside], config: ("\"embedding/sprite.png\"", "\"embedding/../../s.png\"")),
    Case([.missingFile], tensor, nil as [UInt8]?), Case([.missingFile], labels, nil as [UInt8]?),
    Case([.missingFile], config: ("\"embedding/tensors.tsv\"", "\"embedding\"")),
    Case([], config: ("tensor_shape: 5\n  tensor_shape: 2", "tensor_shape: [5, 2]")),
    Case([], config: ("tensor_shape: 5", "tensor_shape: +5")),
    Case([.badConfig], config: ("tensor_shape: 5", "tensor_shape: -5")),
    Case([.badConfig], config: ("embeddings {", "embeddings {,")),
    Case([], config: ("  tensor_shape: 5\n  tensor_shape: 2\n", "")),
  ]

  static let tensors: [Case] = [
    Case([.raggedLine], tensor, "1\t2\n3\n"), Case([.badNumber], tensor, "1\t2\t\n3\t4\t\n"),
    Case([.badNumber], tensor, "1\t2\n3\tx\n"), Case([.badNumber], tensor, "1\t0x1\n"),
    Case([.badNumber], tensor, points.replacingOccurrences(of: "1.5", with: "1__0")),
    Case([], tensor, points.replacingOccurrences(of: "1.5", with: "\u{3000}１_0.5e-1_0\u{A0}")),
    Case(
      [.shapeMismatch, .rowCount], tensor, "1\t2\n3\t4\n",
      config: ("\"embedding/sprite.png\"", "\"embedding/sprite.png\"")),
    Case([.notFinite], tensor, points.replacingOccurrences(of: "1.5", with: "nan")),
    Case([.notFinite], tensor, points.replacingOccurrences(of: "1.5", with: " -Infinity ")),
    Case([.allZero], tensor, "0\t0\n0\t0\n0\t-0\n0\t0\n0\t0\n"), Case([], tensor, points + "\n"),
    Case([], tensor, points.replacingOccurrences(of: "\n", with: "\r\n")), Case([], tensor, String(points.dropLast())),
    Case([.binaryIsText], tensor, [UInt8](repeating: 0, count: 40)),
    Case([], tensor, raw([1.1] + [Float](repeating: 2, count: 9))),
    Case([.shapeMismatch], tensor, raw([1.1, 2])),
    Case([.notFinite], tensor, raw([1.1] + [Float](repeating: .nan, count: 9))),
    Case([.noShape], tensor, raw([1.1, 2]), config: ("  tensor_shape: 5\n  tensor_shape: 2\n", "")),
    Case([.noShape], tensor, raw([1.1, 2]), config: ("  tensor_shape: 2\n", "")),
    Case([.tooSmall], tensor, "1\n2\n3\n4\n5\n", config: ("tensor_shape: 2", "tensor_shape: 1")),
    Case([.noShape], tensor, "", config: ("  tensor_shape: 5\n  tensor_shape: 2\n", "")),
  ]

  static let others: [Case] = [
    Case([.rowCount], labels, "a\tb\n1\t2\n"), Case([.headerRule], labels, "h\n1\n2\n3\n4\n5\n"),
    Case([.headerRule], labels, "1\t2\n1\t2\n1\t2\n1\t2\n1\t2\n"), Case([], labels, "1\n2\n3\n4\n5\n"),
    Case([.emptyCell], labels, "a\tb\n1\t\n1\t2\n1\t2\n1\t2\n1\t2\n"),
    Case([.blankLine, .headerRule], labels, "a\tb\n1\t2\n \n1\t2\n1\t2\n1\t2\n"),
    Case([.cellCount], labels, "a\tb\n1\n1\t2\n1\t2\n1\t2\n1\t2\n"),
    Case([], labels, "a\tb\n1\t2\t\t\n1\t2\n1\t2\n1\t2\n1\t2\n"),
    Case([.cellCount], labels, "a\tb\n1\t2\t\tx\n1\t2\n1\t2\n1\t2\n1\t2\n"),
    Case([.roundedNumber], labels, "1\n2\n1234567890123456789\n4\n5\n"),
    Case([.roundedNumber], labels, "a\tb\nx\t12345678901234567890\nx\ty\nx\ty\nx\ty\nx\ty\n"),
    Case([], labels, "007\n2\nx\n4\n5\n"), Case([], labels, "a\t1\n1\t2\n1\t2\n1\t2\n1\t2\n1\t2\n"),
    Case([.cellCount], labels, "a\tb\n1\t2\t12345678901234567890\n1\t2\n1\t2\n1\t2\n1\t2\n"),
    Case([.repeatedColumn], labels, "a\ta\n1\t1\n1\t2\n1\t2\n1\t2\n1\t2\n"),
    Case([.endlessLabels], labels, ""), Case([.labelsNotText], labels, [0x61, 0xFF]),
    Case([.lostByte], labels, long + "\n1\n2\n3\n4567"), Case([.splitCharacter], labels, long + "\n1\n2\n3\naaé\n"),
    Case([], labels, "\n1\n2\n3\n4\n5\n"), Case([], labels, "1\n2\n3\n4\n5\n\n\n"),
    Case([], labels, "\n\na\tb\n1\t2\n1\t2\n1\t2\n1\t2\n1\t2\n"),
    Case([.blankLine, .rowCount], labels, "1\n\n3\n4\n5\n"),
    Case([.badSprite], sprite, "no picture"), Case([], sprite, webp), Case([.spriteCutOff], sprite, webp.dropLast()),
    Case([.spriteCutOff], sprite, sheet(3, 3).dropLast()),
    Case([.spriteTooLarge, .spriteGrid], sprite, sheet(8193, 1)),
    Case([.spriteGrid], sprite, sheet(3, 2)), Case([.spriteGrid], sprite, sheet(2, 2)), Case([], sprite, sheet(4, 4)),
    Case([.spriteGrid], config: ("    single_image_dim: 1\n    single_image_dim: 1\n", "    single_image_dim: 1\n")),
    Case(
      [.spriteGrid], config: ("single_image_dim: 1\n    single_image_dim: 1", "single_image_dim: 0 single_image_dim: 1")
    ),
    Case(
      [.spriteGrid], config: ("single_image_dim: 1\n    single_image_dim: 1", "single_image_dim: 2 single_image_dim: 2")
    ),
    Case([.badBookmarks], "embedding/bookmarks.json", "{}"), Case([.badBookmarks], "embedding/bookmarks.json", "[1]"),
    Case([.badBookmarks], "embedding/bookmarks.json", "[{\"projections\": [{\"pca-0\": NaN}]}]"),
    Case([.badBookmarks], "embedding/bookmarks.json", [0x5B, 0xFF]),
    Case([.noConfig], "projector_config.pbtxt", nil as [UInt8]?),
    Case([.leftOver], "embedding/tensors.new-3.tsv", "1\t2\n"), Case([.leftOver], ".aelog-1-1-a.tmp", ""),
  ]

  @Test("each rule", arguments: configs + tensors + others)
  func found(_ example: Case) throws {
    try withTemporaryDirectory { directory in
      try write(example, to: directory)
      let findings = ProjectorVerifier.verify(directory, isRun: true, isRoot: false)
      #expect(Set(findings.map(\.rule)).subtracting([.configOlder]) == example.rules, "\(findings)")
      for finding in findings { #expect(!finding.what.isEmpty && !finding.effect.isEmpty) }
    }
  }

  private func write(_ example: Case, to directory: String) throws {
    try ProjectorBundle.write([ProjectorBundleTests.embedding(points: 5)], to: directory)
    let config = "\(directory)/projector_config.pbtxt"
    var text = String(decoding: try FileContents.read(config), as: UTF8.self)
    for (old, new) in example.config {
      try #require(text.contains(old), "\(old)")
      text = text.replacingOccurrences(of: old, with: new)
    }
    try AtomicFile.replace(config, bytes: Array(text.utf8))
    for (name, bytes) in example.files {
      if let bytes {
        try AtomicFile.replace("\(directory)/\(name)", bytes: bytes)
      } else {
        try FileContents.remove("\(directory)/\(name)")
      }
    }
  }

  @Test func whereTheConfigurationStands() throws {
    try withTemporaryDirectory { directory in
      try write(Case([]), to: directory)
      #expect(ProjectorVerifier.verify(directory, isRun: false, isRoot: true).isEmpty)
      #expect(ProjectorVerifier.verify(directory, isRun: false, isRoot: false).map(\.rule) == [.configOutsideRun])
      #expect(ProjectorVerifier.verify("\(directory)/embedding", isRun: true, isRoot: false).isEmpty)
      let old = Date(timeIntervalSince1970: 1)
      try FileManager.default.setAttributes(
        [.modificationDate: old], ofItemAtPath: "\(directory)/projector_config.pbtxt")
      #expect(ProjectorVerifier.verify(directory, isRun: true, isRoot: false).map(\.rule) == [.configOlder])
    }
  }

  @Test("an embedding of the log directory itself") func ofTheLogDirectory() throws {
    try withTemporaryDirectory { directory in
      #expect(!ProjectorVerifier.hasEmbedding(directory))
      try write(Case([]), to: directory)
      #expect(ProjectorVerifier.hasEmbedding(directory))
      try AtomicFile.replace("\(directory)/projector_config.pbtxt", bytes: Array("embeddings {}".utf8))
      #expect(!ProjectorVerifier.hasEmbedding(directory))
      try AtomicFile.replace("\(directory)/projector_config.pbtxt", bytes: Array("embeddings {".utf8))
      #expect(!ProjectorVerifier.hasEmbedding(directory))
    }
  }

  @Test func embeddingsWithoutEndAreNotAllRead() throws {
    try withTemporaryDirectory { directory in
      let one = "embeddings { tensor_name: \"NAME\" tensor_path: \"t\" }\n"
      let text = (0..<1001).map { one.replacingOccurrences(of: "NAME", with: "n\($0)") }.joined()
      try AtomicFile.replace("\(directory)/projector_config.pbtxt", bytes: Array(text.utf8))
      try AtomicFile.replace("\(directory)/t", bytes: Array("1\t2\n3\t4\n".utf8))
      let rules = ProjectorVerifier.verify(directory, isRun: true, isRoot: false).map(\.rule)
      #expect(Set(rules).subtracting([.configOlder]) == [.tooManyEmbeddings])
    }
  }

  @Test func linksThatLeadOut() throws {
    try withTemporaryDirectory { directory in
      try write(Case([]), to: "\(directory)/run")
      try AtomicFile.replace("\(directory)/t", bytes: Array(Self.points.utf8))
      let tensor = "\(directory)/run/\(Self.tensor)"
      try FileContents.remove(tensor)
      try FileManager.default.createSymbolicLink(atPath: tensor, withDestinationPath: "../../t")
      #expect(ProjectorVerifier.verify("\(directory)/run", isRun: true, isRoot: false).map(\.rule) == [.pathOutside])
      // A run that is itself reached by a link is as good as any.
      try FileContents.remove(tensor)
      try AtomicFile.replace(tensor, bytes: Array(Self.points.utf8))
      try FileManager.default.createSymbolicLink(atPath: "\(directory)/link", withDestinationPath: "run")
      let rules = ProjectorVerifier.verify("\(directory)/link", isRun: true, isRoot: false).map(\.rule)
      #expect(Set(rules).subtracting([.configOlder]).isEmpty)
    }
  }

  @Test("one is singular, and quotes stand as they are") func wording() throws {
    let examples: [(Case, String)] = [
      (Case([.rowCount], Self.labels, "a\tb\n1\t2\n"), "1 row for 5 points"),
      (Case([.cellCount], Self.labels, "a\tb\n1\n1\t2\n1\t2\n1\t2\n1\t2\n"), "1 cell for 2 columns"),
      (Case([.raggedLine], Self.tensor, "1\t2\n3\n"), "1 number, where the first line has 2"),
      (Case([.badConfig], config: ("tensor_name:", "tensor_name")), "\":\" is missing"),
    ]
    for (example, what) in examples {
      try withTemporaryDirectory { directory in
        try write(example, to: directory)
        let findings = ProjectorVerifier.verify(directory, isRun: true, isRoot: false)
        #expect(findings.contains { $0.what == what }, "\(findings.map(\.what))")
      }
    }
  }

  @Test func everyRuleHasACase() {
    let tried = (Self.configs + Self.tensors + Self.others).reduce(into: Set<ProjectorRule>()) {
      $0.formUnion($1.rules)
    }
    #expect(
      Set(ProjectorRule.allCases).subtracting(tried)
        == [.configOlder, .configOutsideRun, .tooManyPoints, .unreadable, .tooManyEmbeddings])
  }

  @Test("text is known as such in parts of any size", arguments: 1...7)
  func parts(of size: Int) {
    let samples: [([UInt8], Bool)] = [
      (Array("aé☃🙂z".utf8), true), (Array("🙂".utf8.dropLast()), false), ([0x80], false), ([0xC3], false),
      ([0x61, 0xFF, 0x61], false), ([0xF0, 0x9F, 0x99, 0x61, 0x61, 0x61], false), ([0xED, 0xA0, 0x80], false),
      ([], true),
      (Array("ééééééé".utf8), true), (Array("☃☃☃".utf8) + [0xE2], false), ([0xF0, 0x80, 0x80, 0x80], false),
    ]
    for (bytes, want) in samples {
      var check = TextCheck()
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { check.add($0) }
      }
      #expect(check.endsWhole == want, "\(bytes)")
    }
  }

  @Test func linesEndInThreeWays() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/lines"
      for (text, want) in [
        ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]), ("a\rb\n\nc", ["a", "b", "", "c"]), ("", []), ("\n", [""]),
      ] {
        try AtomicFile.replace(path, bytes: Array(text.utf8))
        var lines = try LineReader(path)
        var found: [String] = []
        while let line = try lines.next() { found.append(String(decoding: line, as: UTF8.self)) }
        #expect(found == want, "\(text)")
      }
      let long = String(repeating: "x", count: 65_535) + "\r\n" + String(repeating: "y", count: 200_000)
      try AtomicFile.replace(path, bytes: Array(long.utf8))
      var lines = try LineReader(path)
      #expect(try lines.next()?.count == 65_535)
      #expect(try lines.next()?.count == 200_000)
    }
  }
}
