// OutputFile.swift
// The check of a file that a command is to write, made before any work.

import ArgumentParser
import ByteStreams

/// A path as an option gives it.
struct OutputFile {
  let option: String
  let path: String
  /// What such a name may be, for messages.
  let example: String

  /// Refuses what can't be a file.
  func validate() throws {
    if path.isEmpty { throw ValidationError("--\(option): the name is empty; give a file, as in \(example)") }
    if path.utf8.last == UInt8(ascii: "/") || Directory.exists(path) {
      throw ValidationError(
        "--\(option): \(DisplayName.quoted(path)) is a directory; give a file in it, as in \(example)")
    }
    let parent = Directory.parent(of: path)
    if !Directory.exists(parent) {
      throw ValidationError(
        "--\(option): there is no directory \(DisplayName.quoted(parent)); make it or choose another")
    }
  }
}
