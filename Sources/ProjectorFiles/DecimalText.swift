// DecimalText.swift
// Numbers as the shortest decimal text that reads back to the same bits.

enum DecimalText {
  /// Appends a finite number, for example "0", "-1.5", "1e-05": no ".0" at the end, at most 15 bytes.
  static func append(_ value: Float, to bytes: inout [UInt8]) {
    if value == 0 {
      if value.sign == .minus { bytes.append(UInt8(ascii: "-")) }
      bytes.append(UInt8(ascii: "0"))
      return
    }
    var text = value.description
    text.withUTF8 { digits in
      let isWhole = digits.count > 2 && digits[digits.count - 1] == 0x30 && digits[digits.count - 2] == 0x2E
      bytes.append(contentsOf: isWhole ? digits[..<(digits.count - 2)] : digits[...])
    }
  }

  static func string(_ value: Float) -> String {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
