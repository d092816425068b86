// SizeListTests.swift
// Comma-separated lists of layer sizes.

import AelogCommands
import Testing

@Suite struct SizeListTests {
  @Test(
    "lists are read",
    arguments: [
      ("16,8,8", [16, 8, 8]), ("1", [1]), ("65536", [65536]), (" 4 , 2", [4, 2]),
    ])
  func reads(text: String, sizes: [Int]) throws { #expect(try SizeList.parse(text).sizes == sizes) }

  @Test(
    "anything else is refused",
    arguments: [
      "", ",", " ", "16,", ",16", "16,,8", "0", "16,0", "-1", "65537", "1e3", "2.5", "a", "16;8", "16 8",
      "99999999999999999999", "١", "16,8,8\n", "0x10",
    ])
  func refuses(text: String) { #expect(throws: (any Error).self) { try SizeList.parse(text) } }

  @Test("a list reads back as it prints")
  func prints() throws { #expect(try SizeList.parse("\(SizeList([3, 5]))") == SizeList([3, 5])) }
}
