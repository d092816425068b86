// ExactName.swift
// Compares names byte by byte, as file systems, event files and TensorBoard do.

/// A name whose equality, order and hash are those of its UTF-8 bytes.
///
/// Swift's `String` takes texts that differ only in Unicode normalization for equal: "é" as one scalar and as two. Its
/// characters are groups of scalars: "/" followed by a combining mark is no "/". Files, runs, tags and columns of such names
/// are different ones, so sets and dictionaries of names have keys of this type, and names are searched byte by byte.
package struct ExactName: Hashable, Comparable, Sendable {
  /// The name.
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (left: ExactName, right: ExactName) -> Bool { left.text.hasSameBytes(as: right.text) }

  package static func < (left: ExactName, right: ExactName) -> Bool { left.text.precedesByBytes(right.text) }

  package func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}

extension String {
  /// Returns whether both have the same bytes.
  package func hasSameBytes(as other: String) -> Bool {
    let isSame = utf8.withContiguousStorageIfAvailable { left in
      other.utf8.withContiguousStorageIfAvailable { right in left.count == right.count && left.elementsEqual(right) }
    }
    return isSame.flatMap(\.self) ?? utf8.elementsEqual(other.utf8)
  }

  /// Returns whether the bytes come before those of `other`.
  package func precedesByBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }

  /// Returns whether the bytes begin with those of `prefix`.
  package func beginsWithBytes(of prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

  /// Returns whether the bytes end with those of `suffix`.
  package func endsWithBytes(of suffix: String) -> Bool {
    utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  /// Returns whether the bytes of `part` are found anywhere.
  package func containsBytes(of part: String) -> Bool { utf8.firstRange(of: part.utf8) != nil }

  /// Feeds the bytes to the hasher, then a byte that is in no UTF-8 text.
  package func hashBytes(into hasher: inout Hasher) {
    let isFed: Void? = utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    if isFed == nil { Array(utf8).withUnsafeBytes { hasher.combine(bytes: $0) } }
    hasher.combine(UInt8(0xFF))
  }
}

extension [String] {
  /// Returns the texts in the order of their bytes.
  package func sortedByBytes() -> [String] { sorted { $0.precedesByBytes($1) } }
}
