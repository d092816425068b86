// DigestTests.swift
// MD5 and SHA-256 against the values that their standards publish, in parts of every size.

import ByteStreams
import Foundation
import TestSupport
import Testing

@Suite struct DigestTests {
  /// RFC 1321, section A.5.
  @Test(
    "MD5 of the RFC's texts",
    arguments: [
      ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
      ("abc", "900150983cd24fb0d6963f7d28e17f72"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
      ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
      ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
      (
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
        "57edf4a22be3c955ac49da2e2107b67a"
      ),
    ])
  func md5(text: String, digest: String) { #expect(DigestStream<MD5>.text(of: Array(text.utf8)) == digest) }

  /// NIST's examples for FIPS 180-4.
  @Test(
    "SHA-256 of the standard's texts",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func sha256(text: String, digest: String) { #expect(DigestStream<SHA256>.text(of: Array(text.utf8)) == digest) }

  @Test("a million times the letter a, as the standards have it")
  func million() {
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(
      DigestStream<SHA256>.text(of: text) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    #expect(DigestStream<MD5>.text(of: text) == "7707d6ae4e027c70eea2a935c2296f21")
  }

  @Test("parts of any sizes give the digest of the whole", arguments: 0...130)
  func parts(count: Int) {
    let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for cut in 0...count {
      var (md5, sha256) = (DigestStream<MD5>(), DigestStream<SHA256>())
      for part in [text[..<cut], text[cut...]] {
        part.withUnsafeBytes {
          md5.update($0)
          sha256.update($0)
        }
      }
      #expect(md5.finish() == DigestStream<MD5>.text(of: text))
      #expect(sha256.finish() == DigestStream<SHA256>.text(of: text))
    }
  }

  @Test("a file's size and digests, with progress; reading can be stopped")
  func file() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/file"
      let text = [UInt8](repeating: UInt8(ascii: "a"), count: 2_500_000)
      try Foundation.Data(text).write(to: URL(fileURLWithPath: path))
      var sizes: [Int] = []
      let digests = try FileDigests(of: path) { sizes.append($0) }
      #expect(
        digests
          == FileDigests(
            size: text.count, md5: DigestStream<MD5>.text(of: text), sha256: DigestStream<SHA256>.text(of: text)))
      #expect(sizes == [1 << 20, 2 << 20, text.count])
      #expect(throws: CancellationError.self) { try FileDigests(of: path) { _ in throw CancellationError() } }
      #expect(throws: FileError.self) { try FileDigests(of: "\(directory)/none") }
    }
  }
}
