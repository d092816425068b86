// BytesInParts.swift
// Bytes whose parts are written side by side, each where it belongs.

extension [UInt8] {
  /// So many bytes, in parts of `partSize` (the last one may be shorter), by at most `threads` threads.
  /// - Parameter write: writes every byte of the part with that number; what is there before has no meaning.
  package init(
    count: Int, partSize: Int, threads: Int,
    _ write: @Sendable (_ part: Int, _ bytes: UnsafeMutableBufferPointer<UInt8>) throws -> Void
  ) rethrows {
    try self.init(unsafeUninitializedCapacity: count) { bytes, filled in
      // Each thread writes parts of its own, and all are written when the map returns.
      nonisolated(unsafe) let all = bytes
      _ = try parallelMap((count + partSize - 1) / partSize, threads: threads) { part in
        try write(
          part, UnsafeMutableBufferPointer(rebasing: all[part * partSize..<Swift.min((part + 1) * partSize, count)]))
      }
      filled = count
    }
  }
}
