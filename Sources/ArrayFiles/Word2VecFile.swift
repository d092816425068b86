// Word2VecFile.swift
// Word vectors in the binary format of word2vec, which gensim writes too; the numbers are read from the file when they are needed.

import ByteStreams
import PointMatrices

extension PointFormat {
  static let word2vec = PointFormat(title: "a binary word2vec file", names: ["word2vec"], options: []) { request in
    Word2VecFile.begins(request.front)
  } open: { request in
    try Word2VecFile(request.input.expanded(), encoding: request.options.encoding)
  }
}

/// Words and their vectors.
///
/// A line with the number of words and of dimensions; then for each word its bytes, a blank, and its numbers as little-endian
/// float32. A line end may stand in front of a word.
///
/// Source: T. Mikolov, word2vec.c, and gensim, "KeyedVectors.save_word2vec_format(binary=True)".
struct Word2VecFile: PointReader {
  let path: String
  let dimensions: Int
  let labels: [LabelTable.Column]
  let shortened: Int
  let notes: [String]
  private let file: RandomAccessFile
  /// Where the numbers of each word begin.
  private let offsets: [Int]

  var points: Int { offsets.count }
  var hasMoreDigits: Bool { false }

  private static let type = ElementType(.float32)

  /// Whether bytes begin such a file: two whole numbers on a line, and then no text.
  static func begins(_ front: [UInt8]) -> Bool {
    guard let sizes = sizes(front), sizes.offset < front.count else { return false }
    let rest = front[sizes.offset...]
    // In text, a number follows the first word.
    let word = rest.firstIndex(of: 0x20) ?? rest.endIndex
    let number = rest[word...].dropFirst().prefix { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D }
    if !number.isEmpty, number.endIndex < rest.endIndex, CellKind(Array(number + [0]).dropLast()).isNumber {
      return false
    }
    return rest.contains { $0 < 0x20 && !(0x09...0x0D).contains($0) || $0 == 0x7F } || !isText(rest)
  }

  /// Whether bytes are UTF-8, apart from a character that is cut at the end.
  private static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
    (0..<4).contains { cut in bytes.dropLast(cut).withUnsafeBufferPointer { UTF8Check.isValid($0) } }
  }

  /// Reads the first line.
  private static func sizes(_ front: [UInt8]) -> (words: Int, dimensions: Int, offset: Int)? {
    guard let end = front.prefix(64).firstIndex(of: 0x0A) else { return nil }
    let parts = front[..<end].split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(NumberText.isDigit) }),
      let words = Int(String(decoding: parts[0], as: UTF8.self)),
      let dimensions = Int(String(decoding: parts[1], as: UTF8.self))
    else { return nil }
    return (words, dimensions, end + 1)
  }

  /// - Parameter encoding: the encoding of the words; UTF-8, if nil.
  /// - Throws: `ArrayFileError`, `FileError`.
  /// - Complexity: O(bytes); takes memory for the words alone.
  init(_ file: RandomAccessFile, encoding: TextEncoding?) throws {
    (self.file, path) = (file, file.path)
    guard let sizes = Self.sizes(try file.bytes(at: 0, count: 64)) else {
      throw ArrayFileError.unreadable(
        path: file.path, reason: "its first line is not the number of words and of dimensions",
        advice: "save it with gensim's save_word2vec_format")
    }
    guard sizes.dimensions > 0 else {
      throw ArrayFileError.unreadable(
        path: file.path, reason: "its first line declares words of 0 numbers", advice: "get the file again")
    }
    dimensions = sizes.dimensions
    try Self.check(sizes, file)
    var reader = WordReader(file, at: sizes.offset, vectorBytes: sizes.dimensions * Self.type.size, encoding: encoding)
    for word in 0..<sizes.words { try reader.read(word, of: sizes.words) }
    try reader.end(words: sizes.words)
    offsets = reader.offsets
    labels = [.init(name: "word", cells: reader.words)]
    shortened = reader.shortened
    let odd = reader.oddWords
    notes =
      ["binary word2vec file, \"word\" is metadata"]
      + (odd > 0 ? ["\(DisplayName.counted(odd, "word")) with bytes that are not UTF-8, shown as U+FFFD"] : [])
  }

  /// Checks what the first line declares against the file's size.
  private static func check(_ sizes: (words: Int, dimensions: Int, offset: Int), _ file: RandomAccessFile) throws {
    // A word of no letters takes a blank.
    let bytes = [sizes.dimensions].byteCount(elementSize: type.size).flatMap {
      [$0 + 1, sizes.words].byteCount(elementSize: 1)
    }
    let want = bytes.map { $0.addingReportingOverflow(sizes.offset) }
    let least = want.map { $0.overflow ? .max : $0.partialValue } ?? .max
    let got = try file.size(expecting: least)
    if got >= least, least < .max { return }
    throw ArrayFileError.unreadable(
      path: file.path,
      reason: "its first line declares \(sizes.words) words of \(sizes.dimensions) numbers, which are more than its "
        + DisplayName.counted(got, "byte"), advice: "get the file again")
  }

  func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    try read(Array(range)[...], into: buffer)
  }

  func read(_ rows: ArraySlice<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    guard let target = buffer.baseAddress else { return }
    let size = dimensions * Self.type.size
    try withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { bytes in
      for (place, row) in rows.enumerated() {
        let count = try file.read(at: offsets[row], into: bytes)
        guard count == size, let base = bytes.baseAddress else {
          throw ArrayFileError.truncated(path: path, got: offsets[row] + count, want: offsets[row] + size)
        }
        Self.type.convert(base, count: dimensions, into: target + place * dimensions)
      }
    }
  }

  func matrix(of rows: [Int], around origin: [Double]?, threads: Int) throws -> PointMatrix {
    try PointMatrix(rows, of: self, threads: threads) { rows, buffer in
      try read(rows, into: buffer)
      guard let origin else { return }
      for place in buffer.indices { buffer[place] = Float(Double(buffer[place]) - origin[place % dimensions]) }
    }
  }
}

/// Reads the words one after the other, and skips their numbers.
private struct WordReader {
  private(set) var words: [String] = []
  private(set) var offsets: [Int] = []
  private(set) var shortened = 0
  /// Number of words that are not UTF-8. word2vec cuts long words within a character.
  private(set) var oddWords = 0
  private let file: RandomAccessFile
  private let vectorBytes: Int
  private let encoding: TextEncoding?
  private var place: Int
  private var window: [UInt8] = []
  private var windowStart = 0

  /// The longest word, in bytes.
  private static let wordLimit = 1 << 16
  private static let windowBytes = 1 << 18

  init(_ file: RandomAccessFile, at place: Int, vectorBytes: Int, encoding: TextEncoding?) {
    (self.file, self.place, self.vectorBytes, self.encoding) = (file, place, vectorBytes, encoding)
  }

  /// The byte at `place`; nil at the end of the file.
  private mutating func byte() throws -> UInt8? {
    if place < windowStart || place >= windowStart + window.count {
      window = try file.bytes(at: place, count: Self.windowBytes)
      windowStart = place
    }
    return window.isEmpty ? nil : window[place - windowStart]
  }

  private mutating func skipLineEnds() throws { while try byte() == 0x0A { place += 1 } }

  mutating func read(_ number: Int, of count: Int) throws {
    try skipLineEnds()
    var word: [UInt8] = []
    let start = place
    while let byte = try byte(), byte != 0x20, word.count <= Self.wordLimit {
      word.append(byte)
      place += 1
    }
    let isWhole = try byte() == 0x20
    guard isWhole else {
      throw ArrayFileError.unreadable(
        path: file.path,
        reason: word.count > Self.wordLimit
          ? "word \(number + 1), at byte \(start), has no end in \(Self.wordLimit) bytes"
          : "it ends at byte \(place), in word \(number + 1) of \(count)", advice: "get the file again")
    }
    offsets.append(place + 1)
    place += vectorBytes
    guard try byte() != nil else {
      throw ArrayFileError.truncated(path: file.path, got: try file.size(expecting: place + 1), want: place + 1)
    }
    place += 1
    append(word[...])
  }

  private mutating func append(_ word: ArraySlice<UInt8>) {
    if let encoding, let text = encoding.text(ofBytes: word) {
      words.append(text)
      return
    }
    let (text, isCut) = LabelTable.cell(word)
    if isCut { shortened += 1 }
    if !word.withUnsafeBufferPointer({ UTF8Check.isValid($0) }) { oddWords += 1 }
    words.append(text)
  }

  /// Checks that nothing follows.
  mutating func end(words: Int) throws {
    try skipLineEnds()
    if try byte() == nil { return }
    throw ArrayFileError.unreadable(
      path: file.path, reason: "its first line declares \(words) words, but others follow at byte \(place)",
      advice: "get the file again")
  }
}
