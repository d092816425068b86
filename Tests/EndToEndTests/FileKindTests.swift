// FileKindTests.swift
// Pipes, sockets, devices, links and directories in the place of files: every command ends with a line. Each file is replaced by one
// kind here; tools/torture/files tries all.

import Foundation
import TestSupport
import Testing

@Suite struct FileKindTests {
  /// Commands, and the files that they are not to wait for. A "*" stands for the rest of a name.
  static let places: [(command: String, files: [String])] = [
    ("train --data bars --batch-size 20 --filters 3", ["bars/train-images-idx3-ubyte", "bars/t10k-labels-idx1-ubyte"]),
    (
      "train --resume runs/a --epochs 4",
      [
        "runs/a/run.json", "runs/a/checkpoints/step-00000022.safetensors", "runs/a/frames/epoch-0001.png",
        "runs/a/.aelog.lock",
        "runs/a/events*", "runs/a/epoch_0001/embedding/tensors.bytes", "runs/a/embedding/metadata.tsv",
      ]
    ),
    ("export --run runs/a", ["runs/a/run.json", "runs/a/.aelog.lock", "runs/a/embedding.png"]),
    ("export --run runs/a --onnx m.onnx", ["runs/a/checkpoints/step-00000022.safetensors"]),
    ("reconstruct --run runs/a --data bars --out o.png", ["runs/a/run.json", "bars/t10k-images-idx3-ubyte"]),
    (
      "verify runs",
      [
        "runs/a/events*", "runs/a/projector_config.pbtxt", "runs/a/embedding/tensors.tsv",
        "runs/a/embedding/metadata.tsv",
      ]
    ),
    ("export --tensors p.tsv --metadata l.tsv --images i.png --logdir x", ["p.tsv", "l.tsv", "i.png"]),
    ("sweep --resume runs/s", ["runs/s/sweep.yaml", "runs/s/.slurm/record.json", "runs/s/.aelog.lock"]),
    ("sweep-trial runs/s 0", ["runs/s/sweep.yaml", "runs/s/.trials/0/.aelog.lock"]),
    ("sweep --spec s.yaml --name t", ["s.yaml"]),
    ("data preview --data bars --out o.png", ["bars/train-images-idx3-ubyte"]),
    ("bench --data bars --brief", ["bars/train-labels-idx1-ubyte"]),
  ]

  static let kinds = ["mkfifo", "ln -s /dev/zero", "ln -s /dev/full", "ln -s itself", "mkdir", "socket"]

  /// Everything that the commands need.
  private static func prepare(_ directory: String) throws {
    let run = try TrainTests.train(["--name", "a", "--embed-every", "1", "--quiet"], in: directory)
    #expect(run.status == 0, "\(run)")
    let sweep = try BuiltProgram.run(
      ["sweep", "--data", "bars", "--name", "s", "--filters", "3", "--batch-size", "20", "--prepare"], in: directory)
    #expect(sweep.status == 0, "\(sweep)")
    for (name, text) in [("p.tsv", "1\t2\n3\t4\n5\t7\n"), ("l.tsv", "a\tb\nx\t1\ny\t2\nz\t3\n")] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
    }
    try FileManager.default.copyItem(atPath: "\(directory)/runs/a/embedding/sprite.png", toPath: "\(directory)/i.png")
  }

  @Test("no command waits for what is no file, or reads it", arguments: kinds) func places(kind: String) throws {
    try withTemporaryDirectory { original in
      try Self.prepare(original)
      let number = Self.kinds.firstIndex(of: kind) ?? 0
      let all = Self.places.flatMap { command, files in files.map { (command: command, file: $0) } }
      for (place, (command, file)) in all.enumerated() where place % Self.kinds.count == number {
        try withTemporaryDirectory { directory in
          let intrude =
            kind == "socket"
            ? #"python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "${F##*/}""#
            : "\(kind) \"${F##*/}\""
          let shell = """
            cp -R '\(original)'/. .; F=$(echo \(file)); rm -rf "$F"; mkdir -p "$(dirname "$F")"
            (cd "$(dirname "$F")" && \(intrude)) || exit 99
            [ '\(kind)' != 'ln -s itself' ] || ln -sfn "${F##*/}" "$F"
            exec "$1" \(command)
            """
          let start = Date()
          let run = try BuiltProgram.run([], in: directory, shell: shell)
          #expect(run.status > 0 && run.status < 99, "\(command), \(file): \(run)")
          #expect(Date().timeIntervalSince(start) < 40, "\(command), \(file)")
          if command.hasPrefix("verify") {
            #expect(run.output.contains("problem  "), "\(command), \(file): \(run)")
          } else {
            #expect(run.isRefusal(), "\(command), \(file): \(run)")
          }
        }
      }
    }
  }

  @Test(
    "pipes that a shell makes are read and written as before",
    arguments: [
      "export --tensors <(head -c 48 /proc/self/exe) --shape 4x3 --logdir x --name x --quiet",
      "export --tensors p.tsv --metadata <(cat l.tsv) --logdir x --quiet",
      "sweep --spec <(echo 'options: {filters: [[3]]}') --print-spec",
      "export --run runs/a --onnx >(cat >got) --quiet", "reconstruct --run runs/a --out /dev/stdout",
    ])
  func shellPipes(command: String) throws {
    try withTemporaryDirectory { directory in
      try Self.prepare(directory)
      let run = try BuiltProgram.run([], in: directory, shell: #"exec "$1" "# + command)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
    }
  }

  @Test("a repair leaves a hole of a gibibyte what it is") func hole() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      let run = "\(directory)/runs/a"
      let file = try #require(
        try FileManager.default.contentsOfDirectory(atPath: run).first { $0.contains("tfevents") })
      let size = try bytes("\(run)/\(file)").count
      #expect(truncate("\(run)/\(file)", off_t(size + 1 << 30)) == 0)
      let repair = try BuiltProgram.run(
        ["verify", "runs", "--repair"], in: directory, shell: "ulimit -f 1048577; exec \"$@\"")
      #expect(repair.status == 0, "\(repair)")
      #expect(try bytes("\(run)/\(file)").count == size)
      let side = try #require(
        try FileManager.default.contentsOfDirectory(atPath: run).first { $0.contains("torn-tail") })
      var status = stat()
      #expect(stat("\(run)/\(side)", &status) == 0 && status.st_size == 1 << 30 && status.st_blocks < 1000)
    }
  }
}
