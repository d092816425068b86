// SavedImages.swift
// Saves images of a log directory as files, under unique names that can't lead out of the target directory.

import ByteStreams
import EventFiles
import PNG

/// Writes images to DIRECTORY/RUN/TAG/step-NUMBER.png. An image that can't be saved is reported; the others are still saved.
struct SavedImages {
  private let directory: String
  /// The number of files with each name: a step of a tag may be logged again, and all of its images are kept.
  private var names: [String: Int] = [:]
  private var made: Set<String> = []
  private var failures: [ExitReason] = []
  private(set) var count = 0
  /// The maximum bytes of a folder's name, without the hash that ends a longer one.
  private static let longestPart = 120
  /// The maximum bytes of all folders of a run together.
  private static let longestRun = 1200
  /// The maximum number of failures that are reported one by one.
  private static let reportedFailures = 10

  init(_ directory: String) { self.directory = directory }

  /// Saves the images of a value, and ignores other values.
  mutating func save(_ value: borrowing LoggedValue, of run: String, on console: Console) {
    let (tag, step) = (value.tag.name, value.step.value)
    var index = 0
    _ = value.forEachImage { file in
      do {
        try write(file, in: Self.folder(run: run, tag: tag), named: Self.name(step: step, index: index))
      } catch {
        fail(error, "step \(step) of \(DisplayName.quoted(tag)) in the run \(DisplayName.quoted(run))", on: console)
      }
      index += 1
    }
  }

  /// Reports the number of missing images, if any.
  /// - Returns: the exit code; nil if none is missing.
  func report(on console: Console) -> Int32? {
    guard let first = failures.first else { return nil }
    console.errors.line(
      "error: \(failures.count) of \(Quantity.counted(failures.count + count, "image")) "
        + "\(failures.count == 1 ? "was" : "were") not saved, see above")
    return first.rawValue
  }

  private mutating func write(_ file: UnsafeRawBufferPointer, in folder: String, named name: String) throws {
    let ending = ImageHeader(file).map { "\($0.format)" } ?? "bin"
    let plain = "\(folder)/\(name).\(ending)"
    let again = names[plain, default: 0] + 1
    let path = again == 1 ? plain : "\(folder)/\(name).\(again).\(ending)"
    if !made.contains(folder) { try Directory.create(folder, inside: directory) }
    made.insert(folder)
    try AtomicFile.replaceWithoutSync(Directory.join(directory, path), file)
    names[plain] = again
    count += 1
  }

  private mutating func fail(_ error: any Error, _ what: String, on console: Console) {
    let failure = Failure(error)
    failures.append(failure.status)
    if failures.count <= Self.reportedFailures {
      console.errors.line("error: \(what) is not saved: \(failure.message)")
    } else if failures.count == Self.reportedFailures + 1 {
      console.errors.line("error: more images are not saved; they are counted at the end")
    }
  }
}

extension SavedImages {
  /// Returns the folders of a run and a tag: one for each part of the run's name, then one for the whole tag. Two pairs of
  /// names never have the same folders, unless long names have the same hash. A folder never has the name of a file, and the
  /// length is bounded.
  static func folder(run: String, tag: String) -> String {
    "\(folders(ofRun: run))/\(part(tag.utf8))"
  }

  /// Returns the name of a file without its extension. Steps have eight digits, so that names sort as steps do.
  static func name(step: Int64, index: Int) -> String {
    "\(fileMark)\(step.zeroPadded(to: 8))" + (index == 0 ? "" : "-\(index)")
  }

  /// The prefix of all file names; folder names never have it.
  private static let fileMark = "step-"

  private static func folders(ofRun run: String) -> String {
    let parts = run.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { part($0) }
    let path = parts.joined(separator: "/")
    // Nothing else begins with "%r": a "%" is followed by two digits, or a hash.
    return path.utf8.count <= longestRun ? path : "\(path.prefix { $0 != "/" })/%r\(hash(run.utf8))"
  }

  /// Returns a folder's name, in which everything except letters, digits, "-", "_" and inner dots is written as %XX.
  /// Different texts give different names, and never ".", ".." or an empty name.
  static func part(_ bytes: some Collection<UInt8>) -> String {
    if bytes.isEmpty { return "%" }
    let isLikeFile = bytes.starts(with: fileMark.utf8)
    let text = bytes.enumerated().map { index, byte in
      let isFirst = index == 0 && (isLikeFile || byte == UInt8(ascii: "."))
      return isPlain(byte) && !isFirst ? String(UnicodeScalar(byte)) : escaped(byte)
    }.joined()
    return text.utf8.count <= longestPart ? text : "\(text.prefix(longestPart))%h\(hash(bytes))"
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_.".utf8.contains(byte)
  }

  private static func escaped(_ byte: UInt8) -> String {
    "%" + byte.zeroPadded(to: 2, radix: 16, uppercase: true)
  }

  /// Returns the FNV-1a hash, which keeps long names with the same beginning apart.
  private static func hash(_ bytes: some Collection<UInt8>) -> String {
    let hash = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return String(hash, radix: 16)
  }
}
