// QuotedTextTests.swift
// Text that shells and JSON parsers read back unchanged, and numbers of a fixed width.

import ByteStreams
import Foundation
import Testing

@Suite struct ShellWordTests {
  @Test("plain words stay", arguments: ["runs", "runs/a-b_c.d", "/tmp/x:1,2+3@4%"])
  func plain(word: String) { #expect(ShellWord.quoted(word) == word) }

  @Test(
    "other words are quoted",
    arguments: [
      ("", "''"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("~", "'~'"), ("a\nb", #"$'a\012b'"#),
      ("\u{1B}[31m'\\", #"$'\033[31m\'\\'"#), ("\u{202E}x", #"$'\342\200\256x'"#), ("a=b", "'a=b'"),
    ])
  func quoted(word: String, text: String) { #expect(ShellWord.quoted(word) == text) }

  @Test("bash reads every character back")
  func everyCharacter() throws {
    for code in UInt32(1)...0x24F {
      guard let scalar = Unicode.Scalar(code) else { continue }
      for word in [String(scalar), "x\(scalar)0'\(scalar)"] {
        let quoted = ShellWord.quoted(word)
        #expect(!quoted.unicodeScalars.contains { $0.value < 32 || (127..<160).contains($0.value) })
      }
    }
    let words =
      (UInt32(1)...0x24F).compactMap { Unicode.Scalar($0).map { "a'\($0)7" } } + ["it'\u{301}s", "'\u{200D}'"]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "printf '%s\\0' " + ShellWord.line(words)]
    process.environment = ["LC_ALL": "C.UTF-8"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(String(decoding: data, as: UTF8.self).split(separator: "\0").map(String.init) == words)
  }
}

@Suite struct JSONTextTests {
  @Test("control characters are escaped, or all but printable ASCII")
  func quoting() {
    #expect(JSONText.quoted("a\"b\\\n\u{1f}\u{7f}é😀") == #""a\"b\\\u000a\u001f"# + "\u{7f}é😀\"")
    #expect(
      JSONText.quoted("a\"b\\\n\u{7f}é😀", asciiOnly: true) == #""a\"b\\\u000a\u007f\u00e9\ud83d\ude00""#)
  }

  @Test("zeros come between the sign and the digits, up to the width")
  func padding() {
    #expect([0, 7, 12345, -3].map { $0.zeroPadded(to: 4) } == ["0000", "0007", "12345", "-0003"])
    #expect(UInt8(10).zeroPadded(to: 2, radix: 16, uppercase: true) == "0A")
    #expect(Int64.min.zeroPadded(to: 8) == "-9223372036854775808")
  }
}
