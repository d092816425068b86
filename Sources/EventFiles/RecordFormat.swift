// RecordFormat.swift
// The frame around each record of an event file (TFRecord): its layout and its checksum.

import ByteStreams
import CKernels

/// A CRC-32C, masked as TFRecord files store it (tensorflow/core/lib/hash/crc32c.h).
public struct MaskedCRC32C: Hashable, Sendable {
  /// The four bytes of the file, read as a little-endian number.
  public let value: UInt32

  /// A checksum as a file holds it.
  public init(value: UInt32) { self.value = value }

  /// The checksum of `bytes`.
  /// - Complexity: O(count); about 20 bytes a nanosecond if the processor has an instruction for it.
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

/// uint64 length, uint32 masked CRC of length, bytes, uint32 masked CRC of bytes; numbers are little-endian: TFRecord
/// (tensorflow/core/lib/io/record_writer.cc).
enum RecordLayout {
  static let lengthBytes = 8
  static let checksumBytes = 4
  static let headerBytes = lengthBytes + checksumBytes
  static let frameBytes = headerBytes + checksumBytes
}
