// MaskedCRC32C.swift
// The checksum of a TFRecord: CRC-32C, rotated and offset so that a CRC of data holding CRCs stays useful.

import ByteStreams
import CKernels

/// A CRC-32C, masked as TFRecord files store it (tensorflow/core/lib/hash/crc32c.h).
public struct MaskedCRC32C: Hashable, Sendable {
  /// The four bytes of the file, read as a little-endian number.
  public let value: UInt32

  /// A checksum as it stands in a file.
  public init(value: UInt32) { self.value = value }

  /// The checksum of `bytes`.
  /// - Complexity: O(count); about 20 bytes a nanosecond where the processor has an instruction for it.
  public init(of bytes: UnsafeRawBufferPointer) {
    self.init(masking: ck_crc32c(0, bytes.baseAddress, bytes.count))
  }

  /// The checksum of `bytes`.
  public init(of bytes: [UInt8]) { self = bytes.withUnsafeBytes { MaskedCRC32C(of: $0) } }

  /// The masked form of a plain CRC-32C.
  init(masking crc: UInt32) { value = (crc >> 15 | crc << 17) &+ 0xA282_EAD8 }
}

extension MaskedCRC32C: CustomStringConvertible {
  /// Eight hexadecimal digits.
  public var description: String { value.zeroPadded(to: 8, radix: 16) }
}
