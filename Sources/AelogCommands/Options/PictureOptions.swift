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

  package func validate() throws { try OutputFile(option: "out", path: out, example: "sheet.png").validate() }

  /// Writes the whole picture, or leaves what was there.
  package func write(_ picture: PNGImage) throws { try AtomicFile.deliver(out, bytes: picture.encoded()) }
}
