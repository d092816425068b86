// PictureOptions.swift
// Where a picture is written.

package import ArgumentParser
package import PNG

import ByteStreams

/// The file that a command draws.
package struct PictureOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The PNG file to write; an old one is replaced.", valueName: "file"), completion: .file())
  package var out: String

  package init() {}

  package func validate() throws {
    if out.isEmpty { throw ValidationError("--out: the name is empty; give a file, as in sheet.png") }
    if out.hasSuffix("/") || Directory.exists(out) {
      throw ValidationError("--out: \(DisplayName.quoted(out)) is a directory; give a file in it, as in sheet.png")
    }
    let parent = Directory.parent(of: out)
    if !Directory.exists(parent) {
      throw ValidationError("--out: there is no directory \(DisplayName.quoted(parent)); make it or choose another")
    }
  }

  /// Writes the whole picture, or leaves what was there.
  package func write(_ picture: PNGImage) throws { try WholeFile.deliver(out, bytes: picture.encoded()) }
}
