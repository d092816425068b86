// TurboJPEG.swift
// The calls of libjpeg-turbo: one file's compressed samples to bytes.

import CTurboJPEG
import PNG

/// Owns a decompressor. Each file gets one of its own, which costs less than a microsecond: a used one would lend the tables of an
/// earlier file to a file without tables.
struct TurboJPEG: ~Copyable {
  private let handle: tjhandle

  private init?() {
    guard let handle = tjInitDecompress() else { return nil }
    self.handle = handle
  }

  deinit { tjDestroy(handle) }

  /// Returns the stored samples: [height, width, channels]; CMYK as it is stored.
  /// - Throws: `JPEGError`.
  static func decompress(_ file: UnsafeRawBufferPointer, _ header: JPEGHeader) throws -> [UInt8] {
    let count = header.storedWidth * header.storedHeight * header.channels
    // The library does not reset a decompressor that has refused a header: the check gets one of its own.
    guard let checker = TurboJPEG(), let decoder = TurboJPEG(),
      let bytes = file.baseAddress?.assumingMemoryBound(to: UInt8.self)
    else {
      throw JPEGError.noMemory(bytes: count)
    }
    let source = UnsafeBufferPointer(start: bytes, count: file.count)
    guard checker.agrees(with: header, source) else {
      throw JPEGError.damaged(reason: "its header can be read in two ways")
    }
    return try [UInt8](unsafeUninitializedCapacity: count) { samples, filled in
      try decoder.decompress(source, header, into: samples)
      filled = count
    }
  }

  /// Whether the library finds the same size, or none: it fills just that much memory. Where it finds none, it decompresses nothing.
  private func agrees(with header: JPEGHeader, _ source: UnsafeBufferPointer<UInt8>) -> Bool {
    var (width, height, subsampling, colors): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    // The status is ignored: it is an error for resolutions that are decoded all the same.
    _ = tjDecompressHeader3(
      handle, source.baseAddress, UInt(source.count), &width, &height, &subsampling, &colors)
    return [(0, 0), (header.storedWidth, header.storedHeight)].contains { $0 == (Int(width), Int(height)) }
  }

  private func decompress(
    _ source: UnsafeBufferPointer<UInt8>, _ header: JPEGHeader, into samples: UnsafeMutableBufferPointer<UInt8>
  ) throws {
    guard let warning = attempt(source, header, into: samples, stopsOnWarning: true) else { return }
    if Self.isHarmless(warning) {
      guard Self.hasEnd(source) else { throw JPEGError.truncated(offset: source.count) }
      // The library keeps its first warning, or the error that follows. Later warnings are ignored, as in other readers.
      if let last = attempt(source, header, into: samples, stopsOnWarning: false), Self.isHarmless(last) { return }
    }
    if warning.hasPrefix("Premature end of JPEG file") { throw JPEGError.truncated(offset: source.count) }
    if warning.hasPrefix("Insufficient memory") { throw JPEGError.noMemory(bytes: 3 * samples.count) }
    throw JPEGError.damaged(reason: "libjpeg says \"\(warning)\"")
  }

  /// Decompresses; returns the library's message, or nil where it has none.
  private func attempt(
    _ source: UnsafeBufferPointer<UInt8>, _ header: JPEGHeader,
    into samples: UnsafeMutableBufferPointer<UInt8>, stopsOnWarning: Bool
  ) -> String? {
    let format = [1: TJPF_GRAY, 4: TJPF_CMYK][header.channels] ?? TJPF_RGB
    let flags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS | (stopsOnWarning ? TJFLAG_STOPONWARNING : 0)
    let status = tjDecompress2(
      handle, source.baseAddress, UInt(source.count), samples.baseAddress, Int32(header.storedWidth), 0,
      Int32(header.storedHeight), Int32(format.rawValue), flags)
    return status == 0 ? nil : String(cString: tjGetErrorStr2(handle))
  }

  /// Whether a warning is about bytes that no sample depends on; cameras and editors leave such bytes, and other readers accept them.
  private static func isHarmless(_ warning: String) -> Bool {
    warning.contains("extraneous bytes before marker") || warning.hasPrefix("Warning: unknown JFIF revision number")
      || warning.hasPrefix("Unknown Adobe color transform code")
  }

  private static func hasEnd(_ source: UnsafeBufferPointer<UInt8>) -> Bool {
    let file = UnsafeRawBufferPointer(source)
    return ImageHeader(file)?.isTruncated(file) == false
  }
}
