// MaskedCRC32CTests.swift
// CRC-32C by every implementation, against known values and against the definition.

import CKernels
import Testing

@testable import EventFiles

@Suite struct MaskedCRC32CTests {
  /// Bytes, their CRC-32C, and its masked form.
  static let vectors: [(bytes: [UInt8], crc: UInt32, masked: UInt32)] = [
    ([], 0x0000_0000, 0xA282_EAD8),
    ([0], 0x527D_5351, 0x4925_8FD2),
    (Array("a".utf8), 0xC1D0_4330, 0x28E4_6E78),
    (Array("123456789".utf8), 0xE306_9283, 0xC78A_B0E5),
    (Array(repeating: 0, count: 32), 0x8A91_36AA, 0x0FD7_FFFA),
    (Array(repeating: 255, count: 32), 0x62A8_AB43, 0xF909_B029),
    (Array(0..<32), 0x46DD_794E, 0x951F_7892),
    ((0..<32).reversed(), 0x113F_DB5C, 0x593B_0D57),
    ([0x1A, 0x11] + Array("CRC test, one two".utf8), 0xF2D9_5A88, 0x5794_D08A),
    (Array("brain.Event:2".utf8), 0x8B8B_6CC1, 0x7C06_01EE),
    (Array(repeating: 0, count: 1024), 0xEEAE_DE7C, 0x5F7C_C835),
    ((0..<1_000_003).map { UInt8($0 % 251) }, 0x58EB_1E30, 0xDEE3_9CAE),
    (littleEndian(0), 0x8C28_B28A, 0x0798_0329),
    (littleEndian(1), 0xC514_CFAD, 0x41DE_7501),
    (littleEndian(24), 0x4A65_BFE4, 0x224B_7FA3),
    (littleEndian(40), 0xC313_D3C9, 0x4A16_70FF),
  ]

  static func littleEndian(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

  /// The implementations that run on this processor.
  static let implementations = (0..<ck_crc32c_implementations()).filter { ck_crc32c_name($0) != nil }

  @Test("known values", arguments: vectors.indices)
  func known(_ index: Int) {
    let vector = Self.vectors[index]
    #expect(MaskedCRC32C(of: vector.bytes).value == vector.masked)
    for implementation in Self.implementations {
      #expect(ck_crc32c_by(implementation, 0, vector.bytes, vector.bytes.count) == vector.crc)
    }
  }

  @Test("every length up to 900 and around the long stretches, at every alignment", arguments: implementations)
  func everyLength(_ implementation: Int32) {
    let bytes = (0..<7000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    bytes.withUnsafeBytes { all in
      for count in Array(0...900) + Array(3060...3090) + Array(6140...6160) + Array(3072 + 370...3072 + 400) {
        let start = all.baseAddress! + count % 9
        #expect(
          ck_crc32c_by(implementation, 0x1234_5678, start, count) == ck_crc32c_by(0, 0x1234_5678, start, count))
      }
    }
  }

  @Test("in two parts as in one", arguments: implementations)
  func continued(_ implementation: Int32) {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let whole = ck_crc32c_by(implementation, 0, bytes, bytes.count)
    for cut in 0...bytes.count {
      let first = ck_crc32c_by(implementation, 0, bytes, cut)
      #expect(ck_crc32c_by(implementation, first, Array(bytes[cut...]), bytes.count - cut) == whole)
    }
  }

  @Test func theDispatchedOneIsTheFastestHere() {
    #if arch(x86_64) || arch(arm64)
      #expect(Self.implementations.count >= 3, "the processor's instruction is used")
    #endif
    let bytes = Array("123456789".utf8)
    #expect(ck_crc32c(0, bytes, bytes.count) == 0xE306_9283)
  }

  @Test func shownAsEightDigits() {
    #expect("\(MaskedCRC32C(value: 0x7C0))" == "000007c0")
  }
}
