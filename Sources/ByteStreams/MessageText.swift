// MessageText.swift
// Messages for people: names in them stay quoted once, lines have a maximum length, and nouns agree with their numbers.

extension DisplayName {
  /// The maximum length of a printed error line in bytes.
  package static let lineLimit = 8192

  /// A message that may contain quoted names: each control, invisible or direction-changing character as `\u{…}`, all else as it
  /// is. `escaped` would put a backslash before each quote a second time.
  /// - Complexity: O(length).
  package static func safe(_ message: String) -> String {
    var result = ""
    for scalar in message.unicodeScalars {
      if (0x20..<0x7F).contains(scalar.value) {
        result.unicodeScalars.append(scalar)
      } else {
        result += escaped(String(scalar))
      }
    }
    return result
  }

  /// Shortens a text to at most `limit` bytes: a note of how many bytes are left out replaces its middle. The failure stays at the
  /// beginning, and advice at the end.
  /// - Precondition: `limit` is 256 or more.
  package static func bounded(_ text: String, limit: Int = lineLimit) -> String {
    let bytes = text.utf8
    guard bytes.count > limit else { return text }
    func boundary(_ offset: Int) -> String.Index {
      var offset = offset
      while offset > 0 {
        let index = bytes.index(bytes.startIndex, offsetBy: offset)
        if let place = index.samePosition(in: text.unicodeScalars) { return place }
        offset -= 1
      }
      return text.startIndex
    }
    let (front, back) = (boundary(limit - limit / 4 - 64), boundary(bytes.count - limit / 4))
    let missing = bytes.distance(from: front, to: back)
    return "\(text[..<front]) … (\(missing) bytes left out) … \(text[back...])"
  }

  /// A number and its noun: "1 image", "2 images".
  /// - Parameter many: the plural; the noun and an s, if nil.
  package static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    count == 1 ? "1 \(one)" : "\(count) \(many ?? one + "s")"
  }
}
