// SavedImages.swift
// Images of a log directory as files, under names that can't leave their directory.

import ByteStreams
import EventFiles
import PNG

/// Writes images to DIRECTORY/RUN/TAG/step-NUMBER.png.
struct SavedImages {
  private let directory: String
  /// How many files have each name: a step of a tag may be logged again, and all of its images are kept.
  private var names: [String: Int] = [:]
  private var made: Set<String> = []
  private(set) var count = 0
  private static let longestPart = 200

  init(_ directory: String) { self.directory = directory }

  /// Saves the images of a value; other values are passed over.
  mutating func save(_ value: borrowing LoggedValue, of run: String) throws {
    let folder = Self.parts(of: run) + Self.parts(of: value.tag.name)
    let step = "step-\(Self.padded(value.step.value))"
    var index = 0
    _ = try value.forEachImage { file in
      let name = index == 0 ? step : "\(step)-\(index)"
      index += 1
      try write(file, in: folder.joined(separator: "/"), named: name)
    }
  }

  private mutating func write(_ file: UnsafeRawBufferPointer, in folder: String, named name: String) throws {
    let ending = ImageHeader(file).map { "\($0.format)" } ?? "bin"
    let place = Directory.join(directory, folder)
    if made.insert(place).inserted { try Directory.create(place) }
    let plain = "\(place)/\(name).\(ending)"
    let again = names[plain, default: 0] + 1
    names[plain] = again
    let path = again == 1 ? plain : "\(place)/\(name).\(again).\(ending)"
    let sink = try FileSink(path, .create)
    try sink.write(file)
    try sink.close()
    count += 1
  }

  /// The folders that a name becomes: one for each part between slashes, in which everything but letters, digits, "-", "_"
  /// and inner dots is written as %XX. No two names become the same, and none is ".", ".." or empty.
  static func parts(of name: String) -> [String] {
    name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { part in
      if part.isEmpty { return "%" }
      let text = part.enumerated().map { index, byte in
        isPlain(byte) && !(index == 0 && byte == UInt8(ascii: ".")) ? String(UnicodeScalar(byte)) : escaped(byte)
      }.joined()
      return text.utf8.count <= longestPart ? text : "\(text.prefix(longestPart))%\(hash(part))"
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_.".utf8.contains(byte)
  }

  private static func escaped(_ byte: UInt8) -> String {
    (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
  }

  /// FNV-1a, so that long names that begin alike stay apart.
  private static func hash(_ bytes: some Sequence<UInt8>) -> String {
    let hash = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return String(hash, radix: 16)
  }

  /// Eight digits, so that names sort as steps do.
  private static func padded(_ step: Int64) -> String {
    let digits = String(step.magnitude)
    return (step < 0 ? "-" : "") + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}
