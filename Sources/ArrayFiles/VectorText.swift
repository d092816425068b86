// VectorText.swift
// Reads a list of numbers in brackets, as JSON, Python's lists and NumPy's arrays are written: "[0.1, 0.2]" or "[0.1 0.2]".

/// Parses lists of numbers.
enum VectorText {
  /// The reason why a text is not a list of numbers.
  enum Fault: Error, Equatable {
    case noList
    case notANumber(String)
    /// NumPy has replaced most numbers by "...".
    case shortened
  }

  /// Whether a text is a list of numbers, judged by its brackets and characters.
  static func isVector(_ text: ArraySlice<UInt8>) -> Bool {
    guard let inside = inside(text) else { return false }
    return inside.contains(where: NumberText.isDigit)
      && inside.allSatisfy { isSeparator($0) || NumberText.isDigit($0) || "+-.eEnaNoluIfity".utf8.contains($0) }
  }

  /// Appends the numbers of a list; a missing number is NaN.
  /// - Parameters:
  ///   - text: a byte that belongs to no number follows each number, as the closing bracket does.
  ///   - origin: a number for each place, subtracted in double precision before rounding to float32; none, if nil.
  /// - Returns: the first number that is not finite, as written, and its place.
  static func append(
    _ text: ArraySlice<UInt8>, to values: inout [Float], from origin: [Double]? = nil
  ) throws(Fault) -> (place: Int, text: String)? {
    guard let inside = inside(text) else { throw .noList }
    var odd: (place: Int, text: String)?
    var (at, place) = (inside.startIndex, 0)
    while true {
      let isFirst = place == 0
      let commas = skipSeparators(inside, &at)
      if at == inside.endIndex {
        if commas > 0 { throw .notANumber("") }
        return odd
      }
      if commas > (isFirst ? 0 : 1) { throw .notANumber("") }
      let end = inside[at...].firstIndex(where: isSeparator) ?? inside.endIndex
      let number = try Self.number(inside[at..<end], origin.map { place < $0.count ? $0[place] : 0 })
      if !number.isFinite, odd == nil { odd = (place, String(decoding: inside[at..<end], as: UTF8.self)) }
      values.append(number)
      (at, place) = (end, place + 1)
    }
  }

  private static func number(_ cell: ArraySlice<UInt8>, _ origin: Double?) throws(Fault) -> Float {
    let number = cell.withUnsafeBytes { bytes -> Float? in
      guard let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return nil }
      let end = start + bytes.count
      return origin.map { origin in NumberText.wideNumber(start, end).map { Float($0 - origin) } }
        ?? NumberText.number(start, end)
    }
    if let number { return number }
    if NumberText.isMissing(cell) { return .nan }
    if cell.starts(with: "...".utf8) { throw .shortened }
    throw .notANumber(String(decoding: cell.prefix(40), as: UTF8.self))
  }

  /// Returns the number of commas that were skipped.
  private static func skipSeparators(_ text: ArraySlice<UInt8>, _ at: inout Int) -> Int {
    var commas = 0
    while at < text.endIndex, isSeparator(text[at]) {
      if text[at] == UInt8(ascii: ",") { commas += 1 }
      at += 1
    }
    return commas
  }

  /// The text between the brackets.
  private static func inside(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let front = text.drop(while: isBlank)
    guard front.first == UInt8(ascii: "["), let last = front.lastIndex(where: { !isBlank($0) }),
      last > front.startIndex,
      front[last] == UInt8(ascii: "]")
    else { return nil }
    return front[(front.startIndex + 1)..<last]
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
  private static func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ",") || isBlank(byte) }
}
