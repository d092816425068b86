// DisplayNameTests.swift
// Hostile names can not forge lines or terminal escapes.

import ByteStreams
import Testing

struct DisplayNameTests {
  @Test(
    "what is seen and what is spelled out",
    arguments: [
      ("plain name.txt", "plain name.txt"), ("größe 数字 🙂", "größe 数字 🙂"), ("a\nb", "a\\u{A}b"),
      ("\u{1B}[31mred", "\\u{1B}[31mred"), ("a\\u{A}", "a\\\\u{A}"), ("say \"hi\"", "say \\\"hi\\\""),
      ("\u{202E}gnp", "\\u{202E}gnp"), ("\u{2028}", "\\u{2028}"), ("\u{7F}\u{85}", "\\u{7F}\\u{85}"),
      ("\r\n", "\\u{D}\\u{A}"), ("e\u{301}", "e\u{301}"), ("", ""),
    ])
  func escaped(name: String, shown: String) {
    #expect(DisplayName.escaped(name).unicodeScalars.elementsEqual(shown.unicodeScalars))
    #expect(DisplayName.quoted(name) == "\"\(shown)\"")
  }

  @Test func everyErrorIsOneLine() {
    let name = "a\nb\u{1B}"
    let errors: [FileError] = [
      .system(operation: .open, path: name, code: 2), .tooLarge(path: name, limit: 3), .alreadyExists(path: name),
      .notADirectory(path: name), .inUse(path: name, holder: nil), .inUse(path: name, holder: 7),
    ]
    for error in errors {
      #expect("\(error)".contains("\"a\\u{A}b\\u{1B}\""))
      #expect(!"\(error)".unicodeScalars.contains { $0.value < 32 })
      #expect(error.path == name)
    }
  }
}
