// ChecksumTests.swift
// CRC-32 and Adler-32 give the published check values, in one piece or several.

import Testing
import Zlib

struct ChecksumTests {
  static let digits = Array("123456789".utf8)

  @Test func checkValues() {
    #expect(CRC32.of(Self.digits) == 0xCBF4_3926)
    #expect(Adler32.of(Self.digits) == 0x091E_01DE)
    #expect(CRC32.of([]) == 0)
    #expect(Adler32.of([]) == 1)
  }

  @Test("split anywhere", arguments: 0...9)
  func parts(at cut: Int) {
    let (first, second) = (Array(Self.digits[..<cut]), Array(Self.digits[cut...]))
    #expect(CRC32.of(second, after: CRC32.of(first)) == 0xCBF4_3926)
    #expect(Adler32.of(second, after: Adler32.of(first)) == 0x091E_01DE)
    #expect(CRC32.combine(CRC32.of(first), CRC32.of(second), count: second.count) == 0xCBF4_3926)
    #expect(Adler32.combine(Adler32.of(first), Adler32.of(second), count: second.count) == 0x091E_01DE)
  }
}
