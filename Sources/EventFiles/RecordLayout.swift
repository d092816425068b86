// RecordLayout.swift
// The frame around each record, in one place.

/// uint64 length, uint32 masked CRC of length, bytes, uint32 masked CRC of bytes; numbers are little-endian: TFRecord
/// (tensorflow/core/lib/io/record_writer.cc).
enum RecordLayout {
  static let lengthBytes = 8
  static let checksumBytes = 4
  static let headerBytes = lengthBytes + checksumBytes
  static let frameBytes = headerBytes + checksumBytes
}
