// BadDataTests.swift
// Collections that cannot be used: one line says why, and the log directory stays as it was.

import Foundation
import TestSupport
import Testing

@Suite struct BadDataTests {
  /// A collection with one file changed.
  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The number of the file in `SmallCollection.names`.
    let file: Int
    let words: [String]
    let change: @Sendable ([UInt8]) -> [UInt8]?
  }

  static let damages: [Damage] = [
    Damage(testDescription: "wrong magic", file: 0, words: ["begins with 0x89504E47", "0x00000803"]) {
      [0x89, 0x50, 0x4E, 0x47] + $0.dropFirst(4)
    },
    Damage(testDescription: "labels where images should be", file: 0, words: ["begins with 0x00000801"]) {
      _ in SmallCollection.header(magic: 0x801, [3]) + [1, 2, 3]
    },
    Damage(testDescription: "floats", file: 2, words: ["is truncated: it declares 15360 bytes and has 3840"]) {
      [0, 0, 0x0D] + $0.dropFirst(3)
    },
    Damage(
      testDescription: "truncated images", file: 0, words: ["is truncated: it declares 15360 bytes and has 15359"]
    ) {
      Array($0.dropLast())
    },
    Damage(testDescription: "truncated labels", file: 3, words: ["is truncated: it declares 60 bytes and has 50"]) {
      Array($0.dropLast(10))
    },
    Damage(testDescription: "a cut header", file: 0, words: ["truncated: 9 bytes where an IDX header has 16"]) {
      Array($0.prefix(9))
    },
    Damage(testDescription: "an empty file", file: 1, words: ["is truncated: 0 bytes"]) { _ in [] },
    Damage(testDescription: "declares more than it holds", file: 0, words: ["declares 4294967295", "is truncated"]) {
      Array($0.prefix(4)) + [255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 1] + $0.dropFirst(16)
    },
    Damage(testDescription: "declares more than any file has", file: 0, words: ["more than any file has"]) {
      Array($0.prefix(4)) + [UInt8](repeating: 255, count: 12) + $0.dropFirst(16)
    },
    Damage(testDescription: "no pixels", file: 2, words: ["nothing to learn from"]) {
      Array($0.prefix(4)) + [0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 8]
    },
    Damage(testDescription: "more than it declares", file: 1, words: ["more than the 240 bytes"]) { $0 + [0] },
    Damage(
      testDescription: "no labels", file: 1, words: ["no labels of the training images", "train-labels-idx1-ubyte"]
    ) { _ in nil },
    Damage(testDescription: "no test images", file: 2, words: ["no test images"]) { _ in nil },
    Damage(testDescription: "fewer labels than images", file: 3, words: ["60 images", "30 labels"]) {
      SmallCollection.header(magic: 0x801, [30]) + $0.dropFirst(8).prefix(30)
    },
    Damage(testDescription: "test images of another size", file: 2, words: ["8×8×1", "4×16×1"]) {
      SmallCollection.header(magic: 0x803, [60, 4, 16]) + $0.dropFirst(16)
    },
  ]

  @Test("damaged collections", arguments: damages)
  func damaged(damage: Damage) throws {
    try withTemporaryDirectory { directory in
      let data = try SmallCollection().write(to: "\(directory)/bars")
      let file = "\(data)/\(SmallCollection.names[damage.file])"
      if let changed = damage.change(Array(try bytes(file))) {
        try Data(changed).write(to: URL(fileURLWithPath: file))
      } else {
        try FileManager.default.removeItem(atPath: file)
      }
      try expectRefusal(of: data, in: directory, mentioning: damage.words)
    }
  }

  @Test("a gzip cut in the middle, or damaged")
  func gzip() throws {
    try withTemporaryDirectory { directory in
      for (index, shell) in [
        "gzip bars/t10k-images* && truncate -s 200 bars/t10k-images*",
        "gzip bars/t10k-images* && printf 'XXXX' | dd of=bars/t10k-images-idx3-ubyte.gz bs=1 seek=300 conv=notrunc",
      ].enumerated() {
        let data = try SmallCollection().write(to: "\(directory)/bars")
        let words = ["t10k-images-idx3-ubyte.gz"] + (index == 0 ? ["truncated"] : [])
        try expectRefusal(of: data, in: directory, mentioning: words, shell: shell + #" 2>/dev/null; exec "$@""#)
        try FileManager.default.removeItem(atPath: data)
      }
    }
  }

  @Test("a directory that is none")
  func noDirectory() throws {
    try withTemporaryDirectory { directory in
      try expectRefusal(of: "\(directory)/none", in: directory, mentioning: ["no directory", "none"])
      try Data().write(to: URL(fileURLWithPath: "\(directory)/file"))
      try expectRefusal(
        of: "\(directory)/file", in: directory, mentioning: ["is not a directory; give a directory of images"])
      try FileManager.default.createDirectory(atPath: "\(directory)/empty", withIntermediateDirectories: false)
      try expectRefusal(of: "\(directory)/empty", in: directory, mentioning: ["no images in", "class folders"])
    }
  }

  @Test("a batch larger than the set")
  func largeBatch() throws {
    try withTemporaryDirectory { directory in
      let data = try SmallCollection().write(to: "\(directory)/bars")
      try expectRefusal(
        of: data, in: directory, mentioning: ["--batch-size: got 221", "220 training images"], batchSize: 221)
    }
  }

  private func expectRefusal(
    of data: String, in directory: String, mentioning words: [String], batchSize: Int = 20, shell: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let run = try BuiltProgram.run(
      ["train", "--data", data, "--logdir", "runs", "--batch-size", "\(batchSize)", "--epochs", "1"], in: directory,
      shell: shell)
    #expect(run.isRefusal() && run.output.isEmpty, "\(run)", sourceLocation: sourceLocation)
    for word in words { #expect(run.errors.contains(word), "\(run)", sourceLocation: sourceLocation) }
    #expect(!exists("\(directory)/runs"), sourceLocation: sourceLocation)
  }
}
