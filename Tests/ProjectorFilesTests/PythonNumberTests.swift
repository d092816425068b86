// PythonNumberTests.swift
// A cell is a number where Python's `float` says so.

import Testing

@testable import ProjectorFiles

@Suite struct PythonNumberTests {
  private func value(_ text: String) -> Float? { PythonNumber.value(of: Array(text.utf8)[...]) }

  @Test(
    "numbers",
    arguments: [
      ("1", 1), ("-0.5e-3", -0.0005), (" \t1.\r", 1), (".5", 0.5), ("+.5E+1", 5), ("1_0", 10), ("1_0.0_1", 10.01),
      ("1e1_0", 1e10), ("\u{85}1", 1), ("\u{A0}1\u{3000}", 1), ("１２", 12), ("١", 1), ("1e400", Float.infinity),
      ("+inf", .infinity),
      ("-Infinity", -.infinity), ("1e-400", 0),
    ])
  func numbers(text: String, number: Float) { #expect(value(text) == number) }

  @Test("no numbers", arguments: ["nan", "NaN", "-nan", "+NAN"]) func notANumber(text: String) {
    #expect(value(text)?.isNaN == true)
  }

  @Test(
    "texts that `float` refuses",
    arguments: [
      "", " ", ".", "1__0", "_1", "1_", "1_.0", "1._0", "1e_5", "1e", "e5", "+ 1", "++1", "+", "Infinit", "nan(1)",
      "--nan", "0x1",
      "1d5", "1,5", "\u{200B}1", "\u{FEFF}1", "\u{1C}1", "1\u{1F}", "1 2", "½", "infinityx", "i",
    ])
  func refused(text: String) { #expect(value(text) == nil) }
}
