// QuantityTests.swift
// Numbers as people read them.

import AelogCommands
import Foundation
import Testing

@Suite struct QuantityTests {
  @Test(
    "digits are grouped by three from the right",
    arguments: [
      (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (7873, "7,873"), (222_384, "222,384"),
      (1_000_000, "1,000,000"), (-1234, "-1,234"), (Int.min, "-9,223,372,036,854,775,808"),
    ])
  func grouped(number: Int, text: String) { #expect(Quantity.grouped(number) == text) }

  @Test("fixed decimals agree with the C library's, ties apart", arguments: 0...9)
  func fixed(decimals: Int) {
    for step in -3000...3000 {
      let number = Double(step) * 0.0137 + 1e-7
      let want = String(format: "%.\(decimals)f", number)
      let got = Quantity.fixed(number, decimals: decimals)
      #expect(got == want || (want == "-" + got && !got.contains { "123456789".contains($0) }), "\(number)")
    }
  }

  @Test("what is no number is a dash")
  func noNumber() {
    for number in [Double.nan, .infinity, -.infinity] { #expect(Quantity.fixed(number, decimals: 4) == "–") }
    for number in [Double.nan, .infinity, -1] {
      #expect(Quantity.rate(number) == "–")
      #expect(Quantity.duration(number) == "–")
    }
  }

  @Test(
    "durations change their units",
    arguments: [
      (0, "0 ms"), (0.0421, "42 ms"), (0.0994, "99 ms"), (0.0996, "0.1 s"), (0.44, "0.4 s"), (9.94, "9.9 s"),
      (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (187, "3 min 07 s"), (3599.4, "59 min 59 s"),
      (3599.6, "1 h 00 min"), (7500, "2 h 05 min"), (36_000_000, "10,000 h 00 min"),
    ])
  func duration(seconds: Double, text: String) { #expect(Quantity.duration(seconds) == text) }

  @Test(
    "sizes of files",
    arguments: [
      (1, "1 byte"), (999, "999 bytes"), (28_881, "28.9 kB"), (9_912_422, "9.9 MB"), (2_000_000_000, "2.0 GB"),
    ])
  func bytes(number: Int, text: String) { #expect(Quantity.bytes(number) == text) }

  @Test("rates are whole from ten on", arguments: [(0, "0.0"), (9.94, "9.9"), (10, "10"), (3412.4, "3,412")])
  func rate(number: Double, text: String) { #expect(Quantity.rate(number) == text) }

  @Test("shapes", arguments: [([28, 28, 1], "28×28×1"), ([32], "32"), ([], "")])
  func shape(extents: [Int], text: String) { #expect(Quantity.shape(extents) == text) }
}
