// PageNumber.swift
// Texts that a page takes for numbers, in the form in which it writes them itself.

enum PageNumber {
  /// "7" for "7", "07", "+7", "7.0" and "7."; "0.5" for ".50"; nil for what is no number, or one that a page would write
  /// with an exponent.
  static func canonical(_ text: String) -> String? {
    whole(text) ?? fraction(text)
  }

  private static func whole(_ text: String) -> String? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, !whole.isEmpty, let number = Int(whole), number.magnitude < 1 << 53 else {
      return nil
    }
    if parts.count == 2, !parts[1].utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) { return nil }
    return "\(number)"
  }

  private static func fraction(_ text: String) -> String? {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
    }
    guard isPlain, let number = Double(text), number == 0 || (1e-4..<1e15).contains(number.magnitude) else {
      return nil
    }
    let shortest = number.description
    return shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest
  }
}
