// HostName.swift
// The name of this machine, in two forms that files hold; "localhost" if it has none.

package enum HostName {
  /// The whole name without blanks, as a lock file names its holder's machine.
  package static var word: String {
    let word = String(decoding: SystemCalls.hostName, as: UTF8.self).filter { !$0.isWhitespace }
    return word.isEmpty ? "localhost" : word
  }

  /// The name up to its first dot, with "-" for everything but ASCII letters and digits: a part of a file's name.
  package static var label: String {
    let bytes = SystemCalls.hostName.prefix { $0 != UInt8(ascii: ".") }.prefix(63)
    let plain = bytes.map { byte in
      let character = Character(Unicode.Scalar(byte))
      return byte < 128 && (character.isLetter || character.isWholeNumber) ? byte : UInt8(ascii: "-")
    }
    return plain.isEmpty ? "localhost" : String(decoding: plain, as: UTF8.self)
  }
}
