// Exercise+Headers.swift
// Headers of safetensors files, and the projector's stored views: what a strict reader accepts and refuses.

import ArrayFiles
import ByteStreams
import Foundation
import ProjectorFiles

extension Exercise {
  /// Reads the bytes as a file, and as a header with the correct length, followed by the bytes that it declares.
  static func readTensors(_ bytes: [UInt8]) throws {
    let framed = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) } + bytes
    var files = [bytes, framed]
    do {
      _ = try SafetensorsHeader(of: RandomAccessFile(bytes: framed, path: "bytes"))
    } catch SafetensorsError.truncated(_, _, let want) where want <= 1 << 20 {
      files.append(framed + [UInt8](repeating: 0, count: Int(want) - framed.count))
    } catch {}
    for file in files {
      guard let header = try? SafetensorsHeader(of: RandomAccessFile(bytes: file, path: "bytes")) else { continue }
      try check(header, of: file)
    }
  }

  /// Checks that the tensors fill the file behind the header, that their names differ, and that the header is JSON.
  private static func check(_ header: SafetensorsHeader, of file: [UInt8]) throws {
    let length = file[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    var end = 8 + length
    for entry in header.entries {
      if entry.range.lowerBound != end {
        throw Disagreement(what: "tensor \(entry.name) does not begin where one ends")
      }
      end = entry.range.upperBound
    }
    if end != file.count { throw Disagreement(what: "tensors up to byte \(end) of \(file.count)") }
    if Set(header.entries.map { Array($0.name.utf8) }).count != header.entries.count {
      throw Disagreement(what: "two tensors of one name")
    }
    guard (try? JSONSerialization.jsonObject(with: Data(file[8..<8 + length]))) is [String: Any] else {
      throw Disagreement(what: "a header that is no JSON object")
    }
  }

  /// Verifies the bytes as the views of an embedding.
  static func readViews(_ bytes: [UInt8], _ directory: String) throws {
    let config = "embeddings { tensor_path: \"t\" bookmarks_path: \"b\" }\n"
    let files = [(ProjectorConfig.fileName, Array(config.utf8)), ("t", Array("1\t2\n3\t4\n".utf8)), ("b", bytes)]
      .map { (path: Directory.join(directory, $0.0), bytes: $0.1) }
    defer { for file in files { try? FileContents.remove(file.path) } }
    for file in files { try write(file.bytes, to: file.path) }
    let findings = ProjectorVerifier.verify(directory, isRun: true, isRoot: false)
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    let first = text.first { $0 != 0x20 && !(0x09...0x0D).contains($0) }
    let canBeViews = first == UInt8(ascii: "[") && String(validating: bytes, as: UTF8.self) != nil
    // The projector reads UTF-16 with a byte order mark; the verifier does not decode it.
    let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    if !canBeViews, !isUTF16, !findings.contains(where: { $0.rule == .badBookmarks }) {
      throw Disagreement(what: "views that are no array of JSON")
    }
  }
}
