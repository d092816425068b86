// ByteSink.swift
// Where bytes go: a file or memory.

/// Takes bytes in order. A write takes all its bytes or throws.
public protocol ByteSink {
  /// Takes all of `bytes`.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws
}

extension ByteSink {
  /// Takes all of `bytes`.
  public mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }
}

/// Collects bytes in memory.
public struct MemorySink: ByteSink, Sendable {
  /// All bytes written so far.
  public var bytes: [UInt8] = []

  /// An empty sink.
  public init() {}

  /// Appends `bytes`; never throws.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }

  /// Appends `bytes`; never throws.
  public mutating func write(_ bytes: [UInt8]) { self.bytes += bytes }
}
