// DeflateStream.swift
// A deflation, and the one that each thread keeps.

import CZlib

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The state of a raw deflation. The C struct must stay at its address, so it lives on the heap.
final class DeflateStream {
  let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let level: Int

  init(level: Int) throws(ZlibError) {
    self.level = level
    stream.initialize(to: z_stream())
    let code = deflateInit2_(
      stream, Int32(level), Z_DEFLATED, Wrapping.none.rawValue, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    if code != Z_OK { throw .outOfMemory }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// One that stands at its beginning: this thread's own, as long as the level stays the same. Asking for the 260 KiB of
  /// another and giving them back can take longer than deflating a small picture.
  static func ofThread(level: Int) throws(ZlibError) -> DeflateStream {
    guard let slot else { return try DeflateStream(level: level) }
    let place: UnsafeMutableRawPointer? = pthread_getspecific(slot)
    let kept = place.map { Unmanaged<DeflateStream>.fromOpaque($0) }
    if let kept = kept?.takeUnretainedValue(), kept.level == level, deflateReset(kept.stream) == Z_OK { return kept }
    let new = try DeflateStream(level: level)
    let held = Unmanaged.passRetained(new)
    if pthread_setspecific(slot, held.toOpaque()) == 0 { kept?.release() } else { held.release() }
    return new
  }

  /// Where a thread keeps its own, until it ends; nil where the system has no place for it.
  private static let slot: pthread_key_t? = {
    var key = pthread_key_t()
    let code = pthread_key_create(&key) { kept in
      if let kept { Unmanaged<DeflateStream>.fromOpaque(kept).release() }
    }
    return code == 0 ? key : nil
  }()
}
