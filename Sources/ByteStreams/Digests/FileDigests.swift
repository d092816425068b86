// FileDigests.swift
// Size, MD5 and SHA-256 of a file, read once.

/// The facts by which a published file is recognized.
package struct FileDigests: Equatable, Sendable {
  package let size: Int
  /// Hexadecimal digits in lower case.
  package let md5: String
  package let sha256: String

  package init(size: Int, md5: String, sha256: String) {
    (self.size, self.md5, self.sha256) = (size, md5, sha256)
  }

  /// Reads the regular file at `path`.
  /// - Parameter eachPart: gets the number of bytes read so far; it may throw to stop.
  /// - Throws: `FileError`, or what `eachPart` throws.
  /// - Complexity: O(bytes); memory for one part of 1 MiB.
  package init(of path: String, eachPart: (Int) throws -> Void = { _ in }) throws {
    let source = try FileSource(path, accepting: .regular)
    var (md5, sha256) = (DigestStream<MD5>(), DigestStream<SHA256>())
    var part = [UInt8](repeating: 0, count: 1 << 20)
    var size = 0
    while true {
      let count = try part.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { break }
      part.withUnsafeBytes {
        let bytes = UnsafeRawBufferPointer(rebasing: $0[..<count])
        md5.update(bytes)
        sha256.update(bytes)
      }
      size += count
      try eachPart(size)
    }
    self.init(size: size, md5: md5.finish(), sha256: sha256.finish())
  }
}
