// ZlibStreams.swift
// Calls zlib: streams that inflate and deflate, and two checksums.

import CZlib

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The format around the compressed bytes, as zlib's window bits.
enum Wrapping: Int32 {
  case none = -15
  case zlib = 15
  case gzip = 31
}

/// One inflation in progress. The C struct must stay at its address, so it lives on the heap.
final class InflateStream {
  enum Status: Equatable {
    case more
    case end
    case corrupt(reason: String)
  }

  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

  init(_ wrapping: Wrapping) throws(ZlibError) {
    stream.initialize(to: z_stream())
    let code = inflateInit2_(stream, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if code != Z_OK { throw .outOfMemory }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Prepares for the next stream of the same wrapping.
  func reset() { inflateReset(stream) }

  /// Inflates as far as both buffers allow.
  func run(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ZlibError) -> (consumed: Int, produced: Int, status: Status) {
    let (code, consumed, produced) = stream.advance(input, output) { inflate(stream, Z_NO_FLUSH) }
    switch code {
    case Z_OK, Z_BUF_ERROR: return (consumed, produced, .more)
    case Z_STREAM_END: return (consumed, produced, .end)
    case Z_MEM_ERROR: throw .outOfMemory
    case Z_NEED_DICT: return (consumed, produced, .corrupt(reason: "a preset dictionary is asked for"))
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "error \(code)"
      return (consumed, produced, .corrupt(reason: reason))
    }
  }
}

/// The repetitions that the compressor searches for.
enum Matching {
  /// Any bytes of the last 32 KiB.
  case anywhere
  /// Runs of one byte: takes a fifth of the time, and is shorter for thumbnails of thin strokes.
  case runs

  /// The strategy's name in zlib.
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

  /// Returns a stream at its beginning: the one that this thread keeps, if it has the same level and matching. Allocating and freeing
  /// the 260 KiB of a new one can take longer than deflating a small picture.
  static func cachedForThread(level: Int, matching: Matching) throws(ZlibError) -> DeflateStream {
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

  /// The key under which a thread keeps its stream until it ends; nil if the system has no key left.
  private static let slot: pthread_key_t? = {
    var key = pthread_key_t()
    let code = pthread_key_create(&key) { kept in
      if let kept { Unmanaged<DeflateStream>.fromOpaque(kept).release() }
    }
    return code == 0 ? key : nil
  }()
}

/// Deflates one block of a larger text, primed with the text before it.
enum DeflateBlock {
  /// Returns the raw deflate bytes of `block`, which end on a byte boundary.
  /// - Parameters:
  ///   - dictionary: up to 32 KiB of text before the block.
  ///   - isLast: whether the deflate stream ends here.
  static func compress(
    _ block: UnsafeRawBufferPointer, after dictionary: UnsafeRawBufferPointer, level: Int, matching: Matching,
    isLast: Bool
  ) throws(ZlibError) -> [UInt8] {
    let deflation = try DeflateStream.cachedForThread(level: level, matching: matching)
    let stream = deflation.stream
    if !dictionary.isEmpty, matching == .anywhere {
      deflateSetDictionary(
        stream, dictionary.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(dictionary.count))
    }
    let flush = isLast ? Z_FINISH : Z_SYNC_FLUSH
    // The bound is for a finished stream; the empty block of a flush needs a few bytes more.
    let capacity = Int(deflateBound(stream, UInt(block.count))) + 16
    return withExtendedLifetime(deflation) {
      [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        (_, _, count) = stream.advance(block, UnsafeMutableRawBufferPointer(buffer)) { deflate(stream, flush) }
      }
    }
  }
}

extension UnsafeMutablePointer<z_stream> {
  /// Lends both buffers to one call; returns the call's code and how many bytes it used of each.
  fileprivate func advance(
    _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, by call: () -> Int32
  ) -> (code: Int32, consumed: Int, produced: Int) {
    let inputCount = UInt32(clamping: input.count)
    let outputCount = UInt32(clamping: output.count)
    pointee.next_in = UnsafeMutablePointer<UInt8>(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    pointee.avail_in = inputCount
    pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    pointee.avail_out = outputCount
    let code = call()
    return (code, Int(inputCount - pointee.avail_in), Int(outputCount - pointee.avail_out))
  }
}

/// The checksum of gzip and PNG (ISO 3309).
package enum CRC32 {
  /// Returns the CRC of `bytes` after bytes whose CRC is `previous`.
  package static func of(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
    guard let start = bytes.baseAddress else { return previous }
    return UInt32(crc32_z(UInt(previous), start.assumingMemoryBound(to: UInt8.self), bytes.count))
  }

  /// Returns the CRC of `bytes` after bytes whose CRC is `previous`.
  package static func of(_ bytes: [UInt8], after previous: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { of($0, after: previous) }
  }

  /// Returns the CRC of two texts in a row from the CRC of each; `count` is the second's length.
  package static func combine(_ first: UInt32, _ second: UInt32, count: Int) -> UInt32 {
    UInt32(crc32_combine(UInt(first), UInt(second), count))
  }
}

/// The checksum of zlib streams (RFC 1950).
package enum Adler32 {
  /// Returns the sum of `bytes` after bytes whose sum is `previous`.
  package static func of(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 1) -> UInt32 {
    guard let start = bytes.baseAddress else { return previous }
    return UInt32(adler32_z(UInt(previous), start.assumingMemoryBound(to: UInt8.self), bytes.count))
  }

  /// Returns the sum of `bytes` after bytes whose sum is `previous`.
  package static func of(_ bytes: [UInt8], after previous: UInt32 = 1) -> UInt32 {
    bytes.withUnsafeBytes { of($0, after: previous) }
  }

  /// Returns the sum of two texts in a row from the sum of each; `count` is the second's length.
  package static func combine(_ first: UInt32, _ second: UInt32, count: Int) -> UInt32 {
    UInt32(adler32_combine(UInt(first), UInt(second), count))
  }
}
