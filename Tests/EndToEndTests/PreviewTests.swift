// PreviewTests.swift
// aelog data preview, as a process.

import Foundation
import PNG
import TestSupport
import Testing

@Suite struct PreviewTests {
  @Test("a sheet of a collection, and what the collection holds")
  func sheet() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let arguments = ["data", "preview", "--data", "bars", "--out", "sheet.png", "--rows", "3", "--columns", "5"]
      let run = try BuiltProgram.run(arguments, in: directory)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
      #expect(
        run.output == """
            data         bars, 8×8×1 (height × width × channels)
            classes      10: 0 1 2 3 4 5 6 7 8 9
            training     220 images
            validation    20 images
            test          60 images
            sheet        sheet.png: 3 rows of 5 training images, 92×56 pixels

          """)
      let picture = try PNGImage.decode(Array(try bytes("\(directory)/sheet.png")))
      #expect(picture.width == 92 && picture.height == 56)

      let before = try bytes("\(directory)/sheet.png")
      _ = try BuiltProgram.run(arguments, in: directory)
      #expect(try bytes("\(directory)/sheet.png") == before)
      _ = try BuiltProgram.run(arguments + ["--seed", "1"], in: directory)
      #expect(try bytes("\(directory)/sheet.png") != before)
      #expect(filesBelow(directory).filter { !$0.hasPrefix("bars") } == ["sheet.png"])
    }
  }

  @Test("color, gzipped, and another part")
  func color() throws {
    try withTemporaryDirectory { directory in
      let data = try SmallCollection(side: 5, channels: 3).write(to: "\(directory)/colors")
      let zipped = try BuiltProgram.run(
        ["data", "preview", "--data", data, "--out", "x.png", "--split", "test"], in: directory,
        shell: #"gzip colors/* && mv colors/train-images-idx3-ubyte.gz colors/train-images-idx4-ubyte.gz && "#
          + #"mv colors/t10k-images-idx3-ubyte.gz colors/t10k-images-idx4-ubyte.gz && exec "$@""#)
      #expect(zipped.status == 0, "\(zipped)")
      #expect(zipped.output.contains("5×5×3"))
      #expect(try PNGImage.decode(Array(try bytes("\(directory)/x.png"))).format == .rgb)
    }
  }

  @Test("a picture goes where a link leads, and into a pipe; both stay what they are")
  func places() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      func preview(out: String, shell: String) throws -> Ending {
        try BuiltProgram.run(["data", "preview", "--data", "bars", "--out", out], in: directory, shell: shell)
      }
      let linked = try preview(out: "link.png", shell: #"echo old > file.png; ln -s file.png link.png; exec "$@""#)
      #expect(linked.status == 0, "\(linked)")
      let picture = try bytes("\(directory)/file.png")
      #expect(try PNGImage.decode(Array(picture)).width > 0)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/link.png") == "file.png")

      let piped = try preview(
        out: "pipe", shell: #"mkfifo pipe; timeout 20 cat pipe > got.png & "$@" && test -p pipe && wait $!"#)
      #expect(piped.status == 0, "\(piped)")
      #expect(try bytes("\(directory)/got.png") == picture)
      #expect(filesBelow(directory).allSatisfy { !$0.hasPrefix(".") })
    }
  }
}
