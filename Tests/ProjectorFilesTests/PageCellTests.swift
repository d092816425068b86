// PageCellTests.swift
// Cells that the page makes numbers of, by JavaScript's own answers.

import Testing

@testable import ProjectorFiles

@Suite struct PageCellTests {
  /// By `String(+cell)` in a browser.
  @Test(
    "numbers that are rounded",
    arguments: [
      ("1234567890123456789", "1234567890123456800"), ("9007199254740993", "9007199254740992"),
      ("-9007199254740993", "-9007199254740992"), ("+9007199254740993.00", "9007199254740992"),
      (" 9007199254740993\u{A0}", "9007199254740992"), ("123456789012345678901234", "1.2345678901234569e+23"),
      ("12e45678", "Infinity"), ("-1e999", "-Infinity"), ("0x20000000000001", "9007199254740992"),
      ("0x1ffffffffffffffff", "36893488147419103000"), ("00001234567890123456789", "1234567890123456800"),
      ("100000000000000000000001", "1.0000000000000001e+23"),
    ])
  func rounded(cell: String, shown: String) {
    #expect(PageCell.rounded(Array(cell.utf8)[...]) == shown)
  }

  @Test(
    "cells that stay the same number, or the same text",
    arguments: [
      "", " ", "0", "7", "007", "-01.50", "027082", "0x1F", "0B101", "0o17", "0x8000000000000000", "-7", "+7", "0.5",
      "1.50", "7.", ".5", "9007199254740992", "1234567890123456800", "1e22",
      "1e5",
      "0.12345678901234567890", "123456789.12345678901234567890", "Infinity", "inf", "nan", "1_0", "0x", "0xg", "-0x1F",
      "0b2", "9007199254740993x", "1e", "..", "1.2.3", "12345678901234567890 1", "٠٠٧", "2024-01-01",
      "100000000000000000000000",
    ])
  func kept(cell: String) {
    #expect(PageCell.rounded(Array(cell.utf8)[...]) == nil)
  }
}
