// ProjectorConfigTests.swift
// The configuration's text is protobuf's own, reads back to itself, and refuses what the page can not use.

import ByteStreams
import TestSupport
import Testing

@testable import ProjectorFiles

struct ProjectorConfigTests {
  static let embedding = ProjectorConfig.Embedding(
    name: "bottleneck", tensorPath: "embedding/tensors.tsv", points: 10000, dimensions: 128,
    metadataPath: "embedding/metadata.tsv", sprite: .init(path: "embedding/sprite.png", width: 28, height: 20),
    bookmarksPath: "embedding/bookmarks.json")

  /// By protobuf 6's text_format.MessageToString of TensorBoard 2.21's ProjectorConfig.
  static let text = """
    embeddings {
      tensor_name: "bottleneck"
      metadata_path: "embedding/metadata.tsv"
      bookmarks_path: "embedding/bookmarks.json"
      tensor_shape: 10000
      tensor_shape: 128
      sprite {
        image_path: "embedding/sprite.png"
        single_image_dim: 28
        single_image_dim: 20
      }
      tensor_path: "embedding/tensors.tsv"
    }
    embeddings {
      tensor_name: "say\\"hi\\"\\\\\\'x"
      tensor_shape: 2
      tensor_shape: 3
      tensor_path: "a b.tsv"
    }

    """

  static let bare = ProjectorConfig.Embedding(
    name: "say\"hi\"\\'x", tensorPath: "a b.tsv", points: 2, dimensions: 3)

  @Test func byteForByte() throws {
    let config = try ProjectorConfig([Self.embedding, Self.bare])
    #expect(config.text == Self.text)
    #expect(try ProjectorConfig(parsing: Self.text) == config)
  }

  @Test("any name reads back", arguments: ["größe", "数字", "🙂", "a'b", "\u{80}x".dropFirst() + "y", "a/b", "{}"])
  func readsBack(name: String) throws {
    var embedding = Self.embedding
    embedding.name = name
    let config = try ProjectorConfig([embedding])
    #expect(config.text.utf8.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) })
    #expect(try ProjectorConfig(parsing: config.text) == config)
  }

  @Test func otherWriters() throws {
    let text =
      "# a comment\nembeddings: { tensor_path: \"t\" tensor_shape: 2 tensor_shape: 3\ttensor_name: \"gr\\303\\266\" }"
    let config = try ProjectorConfig(parsing: text)
    #expect(config.embeddings == [.init(name: "grö", tensorPath: "t", points: 2, dimensions: 3)])
  }

  @Test(
    "names that break requests are refused",
    arguments: ["", "a&b", "a#b", "a+b", "a%b", "a?b", "a b", "a\tb", "a\u{A0}b", "a\nb", "\u{0}", "a:0"])
  func names(name: String) {
    var embedding = Self.embedding
    embedding.name = name
    let error = #expect(throws: ProjectorError.self) { try ProjectorConfig([embedding]) }
    if case .badName(name, _) = error {} else { Issue.record("\(String(describing: error))") }
    #expect(error.map { "\($0)" }?.unicodeScalars.contains { $0.value < 32 } == false)
  }

  @Test(
    "paths that lead out are refused",
    arguments: [
      "", "/a", "../a", "a/../b", "a/..", "~/a", "a/", "a//b", "./a", "a\nb", "projector_config.pbtxt",
      "x.tfevents.tsv",
    ])
  func paths(path: String) {
    for change in [
      \ProjectorConfig.Embedding.tensorPath, \.metadataPath.orEmpty, \.bookmarksPath.orEmpty, \.spritePath,
    ] {
      var embedding = Self.embedding
      embedding[keyPath: change] = path
      #expect(throws: ProjectorError.self) { try ProjectorConfig([embedding]) }
    }
  }

  @Test func shapesAndRepeats() {
    var small = Self.embedding
    small.points = 1
    #expect(throws: ProjectorError.tooSmall(points: 1, dimensions: 128)) { try ProjectorConfig([small]) }
    #expect(throws: ProjectorError.self) { try ProjectorConfig([Self.bare, Self.bare]) }
    #expect(throws: ProjectorError.self) { try ProjectorConfig([]) }
  }

  @Test func damagedTextIsRefusedOrRead() throws {
    let bytes = Array(Self.text.utf8)
    let ends = [bytes.firstRange(of: Array("}\nembeddings".utf8))?.lowerBound ?? 0, bytes.count - 2]
    for count in 0..<bytes.count where !ends.contains(count - 1) && !ends.contains(count - 2) {
      let cut = String(decoding: bytes[..<count], as: UTF8.self)
      #expect(throws: ProjectorError.self, "\(count)") { try ProjectorConfig(parsing: cut) }
    }
    for bit in 0..<bytes.count * 8 {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << (bit % 8)
      do {
        _ = try ProjectorConfig(parsing: String(decoding: damaged, as: UTF8.self))
      } catch is ProjectorError {}
    }
  }

  /// By protobuf 7's text_format.Parse in Python.
  @Test(
    "numbers that the page's server reads",
    arguments: [
      ("5", 5), ("+5", 5), ("-0", 0), ("+0", 0), ("-00", 0), ("-0x0", 0), ("00", 0), ("0_0", 0), ("05", 5), ("0o7", 7),
      ("0O7", 7), ("0x1F", 31), ("0X1f", 31), ("0b11", 3), ("1_0", 10), ("0x_1", 1), ("0x1_f", 31),
      ("4294967295", 4_294_967_295),
      ("037777777777", 4_294_967_295), ("00000000000000000000000000000005", 5), ("５", 5), ("٣", 3), ("5,", 5),
      ("5;", 5),
      ("5\u{A0}", 5), ("5\u{1C}", 5), ("5#x\n", 5), ("5#x\r", 5),
    ])
  func numbers(text: String, value: Int) throws {
    let config = try StoredConfig(parsing: "embeddings { tensor_shape: \(text) }")
    #expect(config.embeddings.first?.shape == [value])
  }

  @Test(
    "numbers that it refuses",
    arguments: [
      "-5", "--0", "-", "", "- 0", "+ 0", "+05", "+0_7", "08", "0_7", "07_7", "0o8", "0b2", "0x", "0x_", "0xg", "0x1_",
      "10_", "_10", "1__0", "5.", "5.0", "5e0", "1e1", "5u", "5f", "5L", "true", "inf", "'5'", "{}", "5-2", "5 6",
      "5,,",
      "5,;", "5,6", "[5,]", "[,5]", "[5 2]", "[5;2]", "[[5]]", "[5", "５５", "0５", "4294967296", "0x100000000",
      "040000000000", "99999999999999999999999999999999", "-0x1", "5\u{200B}",
    ])
  func refusedNumbers(text: String) {
    #expect(throws: ProjectorError.self) { try StoredConfig(parsing: "embeddings { tensor_shape: \(text) }") }
  }

  @Test(
    "separators, blanks and texts as the page's server has them",
    arguments: [
      ("embeddings {, }", false), (", embeddings {}", false), (" ;", false), ("embeddings {};", true),
      ("embeddings {} ,,", false), ("embeddings\u{3000}{\u{2028}}\u{1F}", true), ("embeddings {}\u{200B}", false),
      ("embeddings { # x\rtensor_name: 'a'\r\n}", true), ("embeddings { tensor_name: 'a\rb' }", false),
      ("model_checkpoint_dir: '' model_checkpoint_dir: 'a'", true),
      ("model_checkpoint_dir: 'a' model_checkpoint_dir: ''", false), ("model_checkpoint_dir: '\\400'", false),
      ("model_checkpoint_dir: '\\X41\\?'", true), ("embeddings { sprite [{}] }", false),
    ])
  func texts(text: String, isLegal: Bool) {
    #expect(((try? StoredConfig(parsing: text)) != nil) == isLegal)
  }

  @Test func escapesThatStay() throws {
    #expect(try StoredConfig(parsing: "model_checkpoint_dir: '\\X41\\?'").checkpointDirectory == "\\X41\\?")
  }

  @Test func aMistakeIsLocated() {
    #expect(throws: ProjectorError.badConfig(line: 2, reason: "unknown field tensor_nam")) {
      try ProjectorConfig(parsing: "embeddings {\n  tensor_nam: \"x\"\n}\n")
    }
    #expect(throws: ProjectorError.badConfig(line: 1, reason: "a number is missing")) {
      try ProjectorConfig(parsing: "embeddings { tensor_shape: -2 }")
    }
    #expect(throws: ProjectorError.badConfig(line: 1, reason: "an unknown escape")) {
      try ProjectorConfig(parsing: "embeddings { tensor_name: \"\\xg\" }")
    }
    #expect(throws: ProjectorError.badConfig(line: 1, reason: "a string is not UTF-8")) {
      try ProjectorConfig(parsing: "embeddings { tensor_name: \"\\303\" }")
    }
  }

  @Test("names of other bytes are other names, and a mark behind a slash hides no path") func normalForms() throws {
    let names = [RawNames.composed, RawNames.decomposed]
    let embeddings = names.map {
      ProjectorConfig.Embedding(name: $0, tensorPath: "\($0)/t.tsv", points: 2, dimensions: 2)
    }
    let config = try ProjectorConfig(embeddings)
    #expect(
      try ProjectorConfig(parsing: config.text).embeddings.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
    for path in ["../\u{301}x", "a/\u{301}/../../x", "/\u{301}x", "~\u{301}/x", "x.tfevents\u{301}"] {
      var embedding = Self.bare
      embedding.tensorPath = path
      #expect(throws: ProjectorError.self, "\(path)") { try ProjectorConfig([embedding]) }
    }
    let tables = try names.map { name in
      try ProjectorBundle.Embedding(name: name, table: EmbeddingTable(points: 2, dimensions: 2, values: [1, 2, 3, 4]))
    }
    try withTemporaryDirectory { directory in
      var shared = tables
      for (place, name) in names.enumerated() { shared[place].paths.tensor = "\(name)/t.tsv" }
      try ProjectorBundle.write(shared, to: directory)
      #expect(try Directory.list(directory).count == 3)
      let findings = ProjectorVerifier.verify(directory, isRun: true, isRoot: false)
      #expect(findings.isEmpty, "\(findings)")
    }
  }
}

extension String? {
  fileprivate var orEmpty: String {
    get { self ?? "" }
    set { self = newValue }
  }
}

extension ProjectorConfig.Embedding {
  fileprivate var spritePath: String {
    get { sprite?.path ?? "" }
    set { sprite?.path = newValue }
  }
}
