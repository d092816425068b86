// BadPlaceTests.swift
// Directories that cannot be used: unreadable, unwritable, full, or not directories at all.

import Foundation
import TestSupport
import Testing

@Suite struct BadPlaceTests {
  private static let train = ["train", "--data", "bars"] + TrainTests.quick

  /// Runs a copy of aelog as a user who may not do everything, even where the test may. The shell makes the copy: a file
  /// that this process writes may be open in a process that another test starts, and can't be executed then.
  static func runUnprivileged(_ arguments: [String], in directory: String, after shell: String) throws -> Ending {
    let become = BuiltProgram.isRoot ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : ""
    return try BuiltProgram.run(
      arguments, in: directory, shell: #"cp "$1" aelog; \#(shell); shift; exec \#(become) ./aelog "$@""#)
  }

  static let canDropPrivileges = !BuiltProgram.isRoot || exists("/usr/bin/setpriv")

  @Test(
    "what may not be read or written", .enabled(if: canDropPrivileges),
    arguments: [
      ("chmod 0 bars", "bars"), ("chmod 0 bars/t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte"),
      ("mkdir runs; chmod 555 runs", "runs"), ("mkdir above; chmod 555 above", "above/runs"),
    ])
  func permissions(shell: String, name: String) throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let logdir = name.hasPrefix("above") ? "above/runs" : "runs"
      let run = try Self.runUnprivileged(
        Self.train + ["--logdir", logdir], in: directory, after: "chmod 777 .; \(shell)")
      #expect(run.isRefusal(mentioning: name, "Permission denied", "check its permissions"), "\(run)")
      #expect(run.status == 77 && run.output.isEmpty)
      #expect(filesBelow("\(directory)/\(logdir)").isEmpty)
      for hidden in ["bars", "runs", "above"] { chmod("\(directory)/\(hidden)", 0o755) }
    }
  }

  @Test("a model that may not be written where it is wanted", .enabled(if: canDropPrivileges))
  func model() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      let run = try Self.runUnprivileged(
        ["export", "--run", "runs/a", "--onnx", "kept/m.onnx"], in: directory,
        after: "chmod 755 .; mkdir kept; echo old > kept/m.onnx; chmod 555 kept")
      #expect(run.isRefusal(mentioning: "kept/m.onnx", "Permission denied") && run.output.isEmpty, "\(run)")
      #expect(run.status == 77)
      #expect(
        try filesBelow("\(directory)/kept") == ["m.onnx"] && bytes("\(directory)/kept/m.onnx") == Data("old\n".utf8))
      chmod("\(directory)/kept", 0o755)
    }
  }

  @Test("a log directory that is a file")
  func file() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      try Data("x".utf8).write(to: URL(fileURLWithPath: "\(directory)/runs"))
      for logdir in ["runs", "runs/below"] {
        let run = try BuiltProgram.run(Self.train + ["--logdir", logdir], in: directory)
        #expect(run.isRefusal(mentioning: "runs", "ot a directory") && run.status == 73, "\(run)")
      }
      #expect(try bytes("\(directory)/runs") == Data("x".utf8))
    }
  }

  @Test(
    "names that lead elsewhere, or that TensorBoard cannot read",
    arguments: ["../x", "..", ".", "", "a/b", "/tmp/x", "a b", "a&b", "x.tfevents.1", "a\nb", ".hidden"])
  func names(name: String) throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/in/bars")
      let run = try BuiltProgram.run(Self.train + ["--name", name], in: "\(directory)/in")
      #expect(run.isRefusal(mentioning: "--name") && run.status == 64 && run.output.isEmpty, "\(run)")
      #expect(filesBelow(directory).count == 4 && !exists("\(directory)/in/runs"))
    }
  }

  /// Files that must not remain where writing failed: temporary files, and a projector that points at nothing.
  private func expectNothingHalfWritten(below logdir: String) throws {
    let left = filesBelow(logdir)
    #expect(!left.contains { $0.contains("/.") }, "\(left)")
    #expect(!left.contains { $0.hasSuffix("projector_config.pbtxt") }, "\(left)")
    for file in left where file.hasSuffix("run.json") {
      #expect(String(decoding: try bytes("\(logdir)/\(file)"), as: UTF8.self).contains("failed"))
    }
  }

  @Test("files that may not grow", arguments: [1, 4, 8, 16])
  func limit(kibibytes: Int) throws {
    try withTemporaryDirectory { directory in
      let run = try TrainTests.train(["--quiet"], in: directory, shell: "ulimit -f \(kibibytes); exec \"$@\"")
      #expect(run.isRefusal(mentioning: "cannot write", "File too large", "ulimit -f") && run.status == 74, "\(run)")
      try expectNothingHalfWritten(below: "\(directory)/runs")
    }
  }

  @Test("a disk that is full from the start", .enabled(if: canMount), arguments: [0, 4, 8])
  func fullAtOnce(spareKibibytes: Int) throws {
    try withSmallDisk(kibibytes: 64, spare: spareKibibytes) { directory in
      let run = try TrainTests.train(["--logdir", "disk", "--quiet"], in: directory)
      #expect(run.isRefusal(mentioning: "No space left on device", "free some space") && run.status == 74, "\(run)")
      try expectNothingHalfWritten(below: "\(directory)/disk")
      if spareKibibytes == 0 { #expect(filesBelow("\(directory)/disk") == ["filling"]) }
    }
  }

  @Test("a disk that fills while training runs", .enabled(if: canMount), arguments: [80, 120, 160])
  func fullLater(kibibytes: Int) throws {
    try withSmallDisk(kibibytes: kibibytes, spare: kibibytes) { directory in
      let run = try TrainTests.train(["--logdir", "disk", "--quiet", "--epochs", "40"], in: directory)
      #expect(run.isRefusal(mentioning: "No space left on device") && run.status == 74, "\(run)")
      let left = filesBelow("\(directory)/disk")
      #expect(!left.contains { $0.contains("/.") || $0.hasSuffix("projector_config.pbtxt") }, "\(left)")
    }
  }

  /// Whether this process may mount a file system, as root in a container often may not.
  private static let canMount =
    (try? withTemporaryDirectory { directory in
      try shell("mkdir disk && mount -t tmpfs -o size=64k none disk 2>/dev/null && umount disk", in: directory)
    }) ?? false

  private static func shell(_ line: String, in directory: String) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// A file system in memory, mounted as `disk` in a new directory, with so much of it left.
  private func withSmallDisk(kibibytes: Int, spare: Int, _ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      #expect(try Self.shell("mkdir disk && mount -t tmpfs -o size=\(kibibytes)k none disk", in: directory))
      defer { _ = try? Self.shell("umount disk", in: directory) }
      if spare < kibibytes {
        #expect(
          try Self.shell("head -c \((kibibytes - spare) * 1024) /dev/zero > disk/filling", in: directory))
      }
      try body(directory)
    }
  }
}
