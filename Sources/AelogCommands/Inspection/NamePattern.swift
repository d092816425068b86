// NamePattern.swift
// Names of runs and tags as people ask for them: whole, or with "*" for any part.

/// A name in which each "*" stands for any text.
struct NamePattern: Equatable {
  private let parts: [[UInt8]]

  init(_ pattern: String) {
    parts = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
  }

  /// - Complexity: O(length of the name × length of the pattern).
  func matches(_ name: String) -> Bool {
    var rest = Array(name.utf8)[...]
    guard let first = parts.first, let last = parts.last else { return rest.isEmpty }
    if parts.count == 1 { return rest.elementsEqual(first) }
    guard rest.starts(with: first) else { return false }
    rest = rest.dropFirst(first.count)
    guard rest.count >= last.count, rest.suffix(last.count).elementsEqual(last) else { return false }
    rest = rest.dropLast(last.count)
    // The leftmost place of each part leaves the most room for those behind it.
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }

  /// Whether any of the patterns matches; with none, every name does.
  static func any(_ patterns: [NamePattern], match name: String) -> Bool {
    patterns.isEmpty || patterns.contains { $0.matches(name) }
  }
}
