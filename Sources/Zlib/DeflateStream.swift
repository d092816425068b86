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

/// The repetitions that the compressor searches for.
enum Matching {
  /// Any bytes that have stood within the last 32 KiB.
  case anywhere
  /// Runs of one byte: found in a fifth of the time, and for thumbnails of thin strokes the shorter of the two.
  case runs

  /// zlib's word for it.
  fileprivate var strategy: Int32 { self == .runs ? Z_RLE : Z_DEFAULT_STRATEGY }
}

/// The state of a raw deflation. The C struct must stay at its address, so it lives on the heap.
final class DeflateStream {
  let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let level: Int
  private let matching: Matching

  init(level: Int, matching: Matching) throws(ZlibError) {
    (self.level, self.matching) = (level, matching)
    stream.initialize(to: z_stream())
    let code = deflateInit2_(
      stream, Int32(level), Z_DEFLATED, Wrapping.none.rawValue, 8, matching.strategy, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    if code != Z_OK { throw .outOfMemory }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// One that stands at its beginning: this thread's own, as long as it is asked for the same. Asking for the 260 KiB of
  /// another and giving them back can take longer than deflating a small picture.
  static func ofThread(level: Int, matching: Matching) throws(ZlibError) -> DeflateStream {
    guard let slot else { return try DeflateStream(level: level, matching: matching) }
    let place: UnsafeMutableRawPointer? = pthread_getspecific(slot)
    let kept = place.map { Unmanaged<DeflateStream>.fromOpaque($0) }
    if let kept = kept?.takeUnretainedValue(), (kept.level, kept.matching) == (level, matching),
      deflateReset(kept.stream) == Z_OK
    {
      return kept
    }
    let new = try DeflateStream(level: level, matching: matching)
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
