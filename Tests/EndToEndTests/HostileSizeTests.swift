// HostileSizeTests.swift
// Small inputs that claim to be large, and large ones of the worst kind: memory and time stay within what the input accounts for.

import ByteStreams
import EventFiles
import Foundation
import PNG
import TestSupport
import Testing

@Suite struct HostileSizeTests {
  /// So much memory a process takes before it reads anything, and threads and libraries may take: in MB, as `ulimit -v` counts.
  private static let base = 160

  /// A line for the shell that gives a process the base and a number of MB more.
  private func limited(_ megabytes: Int, _ line: String = "exec \"$@\"") -> String {
    "ulimit -c 0; ulimit -v \((Self.base + megabytes) * 1000); export SWIFT_BACKTRACE=enable=no; \(line)"
  }

  private static let export = ["export", "--tensors", "points.tsv", "--logdir", "runs", "--name", "x", "--quiet"]

  private func write(_ bytes: [UInt8], _ path: String) throws {
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  private func withPoints(_ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      try write(Array("1\t2\t3\n4\t5\t7\n6\t5\t4\n9\t9\t1\n".utf8), "\(directory)/points.tsv")
      try body(directory)
    }
  }

  @Test("a picture takes its own memory once, whatever its file's size")
  func picture() throws {
    try withPoints { directory in
      // 256 MB in color with alpha, in a file of some KB.
      let sheet = PNGImage(width: 8000, height: 8000, format: .gray)
      try write(sheet.encodedAsInk(level: 0), "\(directory)/sheet.png")
      #expect(try bytes("\(directory)/sheet.png").count < 200_000)
      let sprite = try BuiltProgram.run(
        Self.export + ["--images", "sheet.png", "--thumbnail", "100x100"], in: directory, shell: limited(400))
      #expect(sprite.status == 0, "\(sprite)")
    }
  }

  @Test("pictures that are too large are refused, and nothing is allocated for them")
  func largePictures() throws {
    try withPoints { directory in
      for (number, size) in [(1, 100_000), (100_000, 1), (1, 1), (1, 1)].enumerated() {
        let picture = PNGImage(width: size.0, height: size.1, format: .gray)
        try write(picture.encoded(), "\(directory)/pictures/\(number).png")
      }
      let mixed = try BuiltProgram.run(Self.export + ["--images", "pictures"], in: directory, shell: limited(60))
      #expect(mixed.isRefusal(mentioning: "100000×100000", "more alike") && mixed.status == 65, "\(mixed)")
      try write(PNGImage(width: 20_000, height: 15_000, format: .gray).encoded(), "\(directory)/large.png")
      let sprite = try BuiltProgram.run(Self.export + ["--images", "large.png"], in: directory, shell: limited(60))
      #expect(sprite.isRefusal(mentioning: "20000×15000", "268435456") && sprite.status == 65, "\(sprite)")
      #expect(!exists("\(directory)/runs"))
    }
  }

  @Test("of raw numbers no more is read than the shape says, and a surplus is said")
  func rawNumbers() throws {
    try withTemporaryDirectory { directory in
      let export = ["--shape", "10x4", "--logdir", "runs", "--name", "x", "--quiet"]
      let endless = "cat /dev/zero 2>/dev/null | \"$@\"; exit ${PIPESTATUS[1]}"
      let pipe = try BuiltProgram.run(
        ["export", "--tensors", "/dev/stdin"] + export, in: directory, shell: limited(60, endless))
      #expect(pipe.isRefusal(mentioning: "more than 160 bytes, 10×4 numbers") && pipe.status == 65, "\(pipe)")
      let short = try BuiltProgram.run(
        ["export", "--tensors", "/dev/stdin"] + export, in: directory, shell: "head -c 159 /dev/zero | \"$@\"")
      #expect(short.isRefusal(mentioning: "159 bytes where 160 are declared"), "\(short)")
      // A number that is not 0, so that there is something to show.
      let whole = try BuiltProgram.run(
        ["export", "--tensors", "/dev/stdin"] + export, in: directory,
        shell: "(head -c 159 /dev/zero; printf '\\100') | \"$@\"")
      #expect(whole.status == 0 && exists("\(directory)/runs/x/projector_config.pbtxt"), "\(whole)")
      for name in ["a.npy", "a.safetensors"] {
        let path = "\(directory)/\(name)"
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
        let ending = try BuiltProgram.run(
          ["export", "--tensors", name, "--logdir", "l", "--name", "x"], in: directory, shell: limited(60))
        #expect(ending.isRefusal(mentioning: name), "\(ending)")
      }
    }
  }

  @Test("what there is no memory for ends in one line and exit code 71")
  func noMemory() throws {
    try withPoints { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      // 300 MB of nothing in 1.4 MB.
      let bomb =
        "(printf '\\0\\0\\10\\3\\0\\0\\1\\54\\0\\0\\3\\350\\0\\0\\3\\350'; head -c 300000000 /dev/zero) | gzip -1"
      let images = "bars/train-images-idx3-ubyte"
      let data = try BuiltProgram.run(
        ["data", "preview", "--data", "bars", "--out", "sheet.png"], in: directory,
        shell: "\(bomb) > \(images).gz; rm \(images); " + limited(100))
      #expect(data.isRefusal(mentioning: "train-images", "Cannot allocate memory", "ulimit -v"), "\(data)")
      #expect(data.status == 71)
      let sheet = PNGImage(width: 8000, height: 8000, format: .gray)
      try write(sheet.encodedAsInk(level: 0), "\(directory)/sheet.png")
      let sprite = try BuiltProgram.run(
        Self.export + ["--images", "sheet.png", "--thumbnail", "100x100"], in: directory, shell: limited(100))
      #expect(sprite.isRefusal(mentioning: "sheet.png", "Cannot allocate memory") && sprite.status == 71, "\(sprite)")
      #expect(!exists("\(directory)/runs"))
    }
  }

  @Test("lines of nothing but tabs", arguments: ["labels", "points"])
  func tabs(file: String) throws {
    try withTemporaryDirectory { directory in
      try LogDirectory("\(directory)/runs").run("x").close()
      let config = "embeddings { tensor_path: \"points\" metadata_path: \"labels\" }"
      try write(Array(config.utf8), "\(directory)/runs/x/projector_config.pbtxt")
      for name in ["labels", "points"] {
        let cells = name == file ? [UInt8](repeating: 9, count: 30_000_000) : Array("1\t2\n3\t4\n".utf8)
        try write(cells, "\(directory)/runs/x/\(name)")
      }
      let verified = try BuiltProgram.run(["verify", "runs", "--quiet"], in: directory, shell: limited(130))
      #expect(verified.status == 1 && verified.output.contains("problem"), "\(verified)")
    }
  }

  /// An event file with one event, whose step is 1 and whose field `number` has these bytes.
  private func writeEvent(_ number: UInt8, _ bytes: [UInt8], _ path: String) throws {
    func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
      var (length, varint): (Int, [UInt8]) = (bytes.count, [])
      while length > 127 {
        varint.append(UInt8(length & 127 | 128))
        length >>= 7
      }
      return [number << 3 | 2] + varint + [UInt8(length)] + bytes
    }
    var writer = RecordWriter(MemorySink())
    try writer.append(field(3, Array("brain.Event:2".utf8)))
    try writer.append([0x10, 1] + field(number, bytes))
    try write(writer.close().bytes, path)
  }

  @Test("two bytes that stand for a node, an input or an attribute do not take a hundred", arguments: [nil, 3, 5])
  func graphs(field: UInt8?) throws {
    try withTemporaryDirectory { directory in
      let parts = (0..<8_000_000).map { place -> UInt8 in place % 2 == 0 ? (field ?? 1) << 3 | 2 : 0 }
      var node: [UInt8] = []
      if field != nil {
        var length = parts.count
        while length > 127 {
          node.append(UInt8(length & 127 | 128))
          length >>= 7
        }
        node = [0x0A] + node + [UInt8(length)]
      }
      try writeEvent(4, node + parts, "\(directory)/runs/x/events.out.tfevents.1700000000.h")
      let inspected = try BuiltProgram.run(["inspect", "runs"], in: directory, shell: limited(60))
      let want = field == nil ? "4,000,000 nodes" : "1 node\n"
      #expect(inspected.status == 0 && inspected.output.contains(want), "\(inspected)")
      let verified = try BuiltProgram.run(["verify", "runs"], in: directory, shell: limited(420))
      #expect(verified.status == 0 || verified.output.contains("bad-graph"), "\(verified)")
    }
  }

  /// The processor's seconds that a command takes.
  private func seconds(_ arguments: [String], in directory: String) throws -> Double {
    let ending = try BuiltProgram.run(
      arguments, in: directory, shell: "TIMEFORMAT=%U; time \"$@\" >/dev/null")
    return try #require(Double(ending.errors.split(separator: "\n").last ?? ""), "\(ending)")
  }

  @Test("texts are shown without being made presentable in full")
  func texts() throws {
    try withTemporaryDirectory { directory in
      let run = try LogDirectory("\(directory)/runs").run("x")
      let text = String(repeating: "*many* words\n", count: 80_000)
      for step in 0..<60 { try run.text("notes", text, step: Step(Int64(step))) }
      try run.text("notes", "\r\n\r\nfirst\nsecond \u{1B}[1m" + text, step: 60)
      try run.close()
      let shown = try BuiltProgram.run(["inspect", "runs"], in: directory)
      #expect(shown.output.contains("first second \\u{1B}[1m*many* words *man…"), "\(shown)")
      let line = try BuiltProgram.run(["inspect", "runs", "--json"], in: directory).output
      #expect(line.contains("first second \\\\u{1B}[1m*many* words ") && line.utf8.count > 1_000_000)
      // 60 MB are read by both; it was 200 times as much when all was escaped.
      let reading = try seconds(["verify", "runs"], in: directory)
      for arguments in [["inspect", "runs"], ["inspect", "runs", "--json"]] {
        let took = try seconds(arguments, in: directory)
        #expect(took < 10 * reading + 0.5, "\(arguments): \(took) s, verifying takes \(reading) s")
      }
    }
  }

  @Test("images of one step take time for each, and not for each pair")
  func images() throws {
    try withTemporaryDirectory { directory in
      let file = try PNGImage(width: 1, height: 1, format: .gray, pixels: [7]).encoded()
      func took(_ count: Int) throws -> Double {
        let run = try LogDirectory("\(directory)/\(count)").run("x")
        for _ in 0..<count { try run.images("i", EncodedImages(width: 1, height: 1, files: [file]), step: 1) }
        try run.close()
        let took = try seconds(["inspect", "\(count)", "--images", "\(count)/pictures"], in: directory)
        #expect(filesBelow("\(directory)/\(count)/pictures").count == count)
        return took
      }
      // Eight times as many; it was 30 times as long when each name was looked for from the first on.
      let (few, many) = (try took(1500), try took(12_000))
      #expect(many < 16 * few + 0.5, "\(few) s and \(many) s")
    }
  }
}
