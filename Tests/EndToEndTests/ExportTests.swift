// ExportTests.swift
// aelog export and aelog reconstruct, as processes.

import Foundation
import PNG
import TestSupport
import Testing

@Suite struct ExportTests {
  private static let projectorFiles = [
    "embedding/bookmarks.json", "embedding/metadata.tsv", "embedding/sprite.png", "embedding/tensors.tsv",
    "projector_config.pbtxt",
  ]

  private func contents(of run: String) throws -> [Data] { try Self.projectorFiles.map { try bytes("\(run)/\($0)") } }

  @Test("an export makes the bytes that training made, however often and by any number of threads")
  func repeated() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      let run = "\(directory)/runs/a"
      let made = try contents(of: run)
      for threads in ["1", "3"] {
        for file in Self.projectorFiles { try FileManager.default.removeItem(atPath: "\(run)/\(file)") }
        let export = try BuiltProgram.run(["export", "--run", "runs/a", "--threads", threads], in: directory)
        #expect(export.status == 0 && export.errors.isEmpty, "\(export)")
        #expect(export.lines[0] == "  embedding    bottleneck: 60 test images, 8 numbers each, step 22")
        #expect(try contents(of: run) == made)
      }
      #expect(try BuiltProgram.run(["export", "--run", "runs/a"], in: directory).status == 0)
      #expect(try contents(of: run) == made)
    }
  }

  @Test("interrupted in the middle of a file it leaves no part of it", arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) throws {
    try withTemporaryDirectory { directory in
      let (rows, columns) = (150_000, 64)
      let numbers = (0..<rows * columns).map { Float($0 % 997) }
      try numbers.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: "\(directory)/points.f32"))
      let options = ["export", "--tensors", "points.f32", "--logdir", "runs", "--name", "x", "--shape"]
      let program = try BuiltProgram(
        options + ["\(rows)x\(columns)", "--points", "all", "--tensor-format", "tsv"], in: directory)
      try program.wait { filesBelow("\(directory)/runs/x").contains { $0.hasSuffix(".tmp") } }
      program.send(signal)
      let ending = try program.wait()
      #expect(ending.status == 128 + signal && ending.output.isEmpty, "\(ending)")
      #expect(filesBelow("\(directory)/runs/x") == [".aelog.lock"])

      // A temporary file that a power failure has left is removed by the next export.
      try Data([1]).write(to: URL(fileURLWithPath: "\(directory)/runs/x/embedding/.aelog-1-1-a.tmp"))
      try FileManager.default.removeItem(atPath: "\(directory)/points.f32")
      let few = Array(numbers.prefix(640)).withUnsafeBytes { Data($0) }
      try few.write(to: URL(fileURLWithPath: "\(directory)/points.f32"))
      #expect(try BuiltProgram.run(options + ["10x64", "--quiet"], in: directory).status == 0)
      let files = filesBelow("\(directory)/runs/x").filter { $0 != ".aelog.lock" && !$0.contains("tfevents") }
      let names = ["bookmarks.json", "metadata.tsv", "tensors.tsv"].map { "embedding/\($0)" }
      #expect(files == names + ["projector_config.pbtxt"])
    }
  }

  @Test("fewer points, another part, and binary numbers")
  func options() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      let export = try BuiltProgram.run(
        ["export", "--run", "runs/a/", "--points", "50", "--split", "training", "--tensor-format", "binary"],
        in: directory)
      #expect(export.status == 0, "\(export)")
      let embedding = "\(directory)/runs/a/embedding"
      #expect(filesBelow(embedding) == ["bookmarks.json", "metadata.tsv", "sprite.png", "tensors.bytes"])
      #expect(try bytes("\(embedding)/tensors.bytes").count == 50 * 8 * 4)
      #expect(try bytes("\(embedding)/metadata.tsv").filter { $0 == 10 }.count == 51)
    }
  }

  @Test("for programs it prints one line of JSON, and nothing where nothing was asked for")
  func machineReadable() throws {
    func object(_ ending: Ending) throws -> [String: Any] {
      #expect(ending.status == 0 && ending.errors.isEmpty && ending.lines.count == 2, "\(ending)")
      return try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
    }
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      let layers = try object(
        BuiltProgram.run(["export", "--run", "runs/a", "--json", "--measures"], in: directory))
      let embeddings = try #require(layers["embeddings"] as? [[String: Any]])
      #expect(embeddings.count == 1 && embeddings[0]["points"] as? Int == 60 && layers["split"] as? String == "test")
      #expect((embeddings[0]["trustworthiness"] as? Double).map { (0...1).contains($0) } == true)
      let files = try #require(layers["files"] as? [String])
      #expect(files.allSatisfy { exists("\(directory)/\($0)") } && files.count == 6)
      let codes = "runs/a/embedding/tensors.tsv"
      let foreign = ["export", "--tensors", codes, "--logdir", "runs", "--name", "b"]
      let points = try object(BuiltProgram.run(foreign + ["--json"], in: directory))
      #expect(points["available"] as? Int == 60 && points["run"] as? String == "runs/b")
      let model = try object(
        BuiltProgram.run(["export", "--run", "runs/a", "--onnx", "a.onnx", "--json"], in: directory))
      #expect(model["files"] as? [String] == ["a.onnx"] && model["part"] as? String == "encoder")
      #expect(try BuiltProgram.run(foreign + ["--quiet"], in: directory).output == "")
      let both = try BuiltProgram.run(foreign + ["--quiet", "--json"], in: directory)
      #expect(both.isRefusal(mentioning: "--quiet", "--json") && both.status == 64, "\(both)")
    }
  }

  @Test("anybody's points become a run, however often") func foreign() throws {
    try withTemporaryDirectory { directory in
      let rows = (0..<40).map { row in (0..<3).map { "\(Double(row * $0) / 4)" }.joined(separator: "\t") + "\n" }
      try Data(rows.joined().utf8).write(to: URL(fileURLWithPath: "\(directory)/my codes.tsv"))
      let labels = (0..<40).map { "class \($0 % 4)\n" }.joined()
      try Data(labels.utf8).write(to: URL(fileURLWithPath: "\(directory)/labels.txt"))
      let command = [
        "export", "--tensors", "my codes.tsv", "--metadata", "labels.txt", "--logdir", "runs", "--layouts", "pca,tsne",
        "--points", "20",
      ]
      let export = try BuiltProgram.run(command, in: directory)
      #expect(export.status == 0 && export.errors.isEmpty, "\(export)")
      #expect(export.lines[0] == "  embedding    20 of 40 points, 3 numbers each, as text")
      #expect(export.lines[1] == "  classes      4, by the column \"label\"")
      #expect(
        export.lines.suffix(3) == [
          "  look at it   tensorboard --logdir runs", "               http://localhost:6006/#projector", "",
        ])
      let made = filesBelow("\(directory)/runs")
      #expect(
        made.filter { !$0.contains("tfevents") } == [
          "my-codes/embedding/bookmarks.json", "my-codes/embedding/metadata.tsv", "my-codes/embedding/pca.json",
          "my-codes/embedding/pca.tsv", "my-codes/embedding/tensors.tsv", "my-codes/embedding/tsne.json",
          "my-codes/embedding/tsne.tsv", "my-codes/projector_config.pbtxt",
        ])
      let contents = try made.map { try bytes("\(directory)/runs/\($0)") }
      #expect(try BuiltProgram.run(command + ["--threads", "3"], in: directory).status == 0)
      #expect(filesBelow("\(directory)/runs") == made)
      #expect(try made.map { try bytes("\(directory)/runs/\($0)") } == contents)
      #expect(try BuiltProgram.run(["verify", "runs"], in: directory).status == 0)
      let refused = try BuiltProgram.run(command + ["--name", "a&b"], in: directory)
      #expect(refused.status == 64 && refused.errors.contains("--name \"a&b\""), "\(refused)")
      let missing = try BuiltProgram.run(
        ["export", "--tensors", "none.npy", "--logdir", "runs"], in: directory)
      #expect(missing.status == 66 && missing.errors.contains("none.npy"), "\(missing)")
      #expect(filesBelow("\(directory)/runs") == made)
    }
  }

  @Test("pictures whose names have two orders are asked for, and what was recognized is told")
  func foreignPictures() throws {
    try withTemporaryDirectory { directory in
      func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
      }
      try write("codes.tsv", (0..<12).map { "\($0).5\t\($0 * $0)\t1\n" }.joined())
      try write("labels.tsv", "kind\tfile\n" + (0..<12).map { "k\($0 % 2)\tpictures/\(11 - $0).jpg\n" }.joined())
      try FileManager.default.createDirectory(atPath: "\(directory)/pictures", withIntermediateDirectories: true)
      for number in 0..<12 {
        let picture = PNGImage(width: 2, height: 2, format: .gray, pixels: [UInt8](repeating: UInt8(number), count: 4))
        try Data(picture.encoded()).write(to: URL(fileURLWithPath: "\(directory)/pictures/\(number).png"))
      }
      let command = ["export", "--tensors", "codes.tsv", "--images", "pictures", "--logdir", "runs"]
      let refused = try BuiltProgram.run(command, in: directory)
      #expect(refused.isRefusal(mentioning: "--image-order natural if 2.png comes before 10.png"), "\(refused)")
      #expect(refused.status == 65 && !exists("\(directory)/runs"))
      for (more, note) in [
        (["--image-order", "natural"], "pictures in the order natural, from \"0.png\" to \"11.png\""),
        (["--image-order", "sorted"], "pictures in the order sorted, from \"0.png\" to \"9.png\""),
        (["--metadata", "labels.tsv"], "pictures matched by column \"file\""),
        (["--metadata", "labels.tsv", "--image-column", "file"], "pictures matched by column \"file\""),
      ] {
        let text = try BuiltProgram.run(command + more, in: directory)
        #expect(text.status == 0 && text.lines.contains("  note         \(note)"), "\(text)")
        let json = try BuiltProgram.run(command + more + ["--json"], in: directory)
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect((object?["notes"] as? [String])?.last == note, "\(json)")
      }
    }
  }

  @Test("what is recognized in text files is said in one line each, and in JSON") func recognized() throws {
    try withTemporaryDirectory { directory in
      let points = ",0,1,2\n0,.5,1.5,-1\n1,,2.5,-2\n2,.25,3.5,-3\n3,.75,4.5,-4\n"
      try Data(points.utf8).write(to: URL(fileURLWithPath: "\(directory)/points.csv"))
      try Data("label\ncat\ndog\ncat\n\"\"\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/labels.tsv"))
      let command = ["export", "--tensors", "points.csv", "--metadata", "labels.tsv", "--logdir", "runs"]
      let note = "points.csv: header line, columns 1–3 are numbers, column 0 is a row number and is skipped"
      let refused = try BuiltProgram.run(command, in: directory)
      #expect(
        refused.isRefusal(mentioning: "points.csv\", line 3, column 1", "--drop-nonfinite") && refused.status == 65)
      let export = try BuiltProgram.run(command + ["--drop-nonfinite"], in: directory)
      #expect(export.status == 0 && export.errors.isEmpty, "\(export)")
      #expect(export.lines[0] == "  embedding    3 of 4 points, 3 numbers each, as text")
      #expect(export.lines.contains("  note         \(note)"))
      #expect(export.lines.contains("  note         labels.tsv: header line"))
      #expect(export.lines.contains("  skipped      1 point that is not finite"))
      let metadata = String(decoding: try bytes("\(directory)/runs/points/embedding/metadata.tsv"), as: UTF8.self)
      #expect(Set(metadata.split(separator: "\n")) == ["label\tindex", "cat\t0", "cat\t2", "(empty)\t3"])
      let line = try BuiltProgram.run(command + ["--drop-nonfinite", "--json"], in: directory)
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.output.utf8)) as? [String: Any])
      #expect(
        object["notes"] as? [String] == [
          note, "labels.tsv: header line",
        ])
    }
  }

  @Test("another program's embedding is not overwritten, and another name works") func foreignInTheWay() throws {
    try withTemporaryDirectory { directory in
      let rows = (0..<9).map { "\($0).5\t\($0 * $0)\t1\n" }.joined()
      try Data(rows.utf8).write(to: URL(fileURLWithPath: "\(directory)/codes.tsv"))
      let theirs = "embeddings {\n tensor_name: \"theirs\"\n tensor_path: \"embedding/tensors.tsv\"\n}\n"
      let files = [
        "projector_config.pbtxt": theirs, "embedding/tensors.tsv": "1\t2\n3\t4\n", "embedding/metadata.tsv": "a\nb\n",
      ]
      for (name, text) in files {
        let place = URL(fileURLWithPath: "\(directory)/runs/tf/\(name)")
        try FileManager.default.createDirectory(
          at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place)
      }
      let command = ["export", "--tensors", "codes.tsv", "--logdir", "runs", "--quiet", "--name"]
      let refused = try BuiltProgram.run(command + ["tf"], in: directory)
      #expect(refused.isRefusal(mentioning: "runs/tf", "choose another --name") && refused.status == 73, "\(refused)")
      #expect(filesBelow("\(directory)/runs") == files.keys.map { "tf/\($0)" }.sorted())
      for (name, text) in files { #expect(try bytes("\(directory)/runs/tf/\(name)") == Data(text.utf8)) }
      for _ in 0..<2 { #expect(try BuiltProgram.run(command + ["codes"], in: directory).status == 0) }
    }
  }

  @Test("a run's embedding keeps the run's images; codes of others get a run of their own") func otherImages() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      let before = try contents(of: "\(directory)/runs/a")
      _ = try SmallCollection(training: 120).write(to: "\(directory)/other")
      let export = ["export", "--run", "runs/a", "--data", "other"]
      let unnamed = try BuiltProgram.run(export, in: directory)
      #expect(
        unnamed.status == 0 && unnamed.lines.contains { $0.hasPrefix("  written      runs/a-on-other-") }, "\(unnamed)")
      #expect(try contents(of: "\(directory)/runs/a") == before)
      let named = try BuiltProgram.run(export + ["--name", "b"], in: directory)
      #expect(named.status == 0 && named.lines.contains("  written      runs/b/embedding/tensors.tsv"), "\(named)")
      #expect(try contents(of: "\(directory)/runs/a") == before)
      #expect(try BuiltProgram.run(export + ["--name", "b", "--logdir", "more"], in: directory).status == 0)
      #expect(exists("\(directory)/more/b/embedding.png"))
      let inside = try BuiltProgram.run(
        ["export", "--run", ".", "--data", "../../other", "--name", "c"], in: "\(directory)/runs/a")
      #expect(inside.status == 0 && exists("\(directory)/runs/c/projector_config.pbtxt"), "\(inside)")
      let own = try BuiltProgram.run(export + ["--name", "a"], in: directory)
      #expect(own.isRefusal(mentioning: "runs/a", "choose another --name") && own.status == 73, "\(own)")
      try FileManager.default.moveItem(atPath: "\(directory)/bars", toPath: "\(directory)/moved")
      let moved = try BuiltProgram.run(["export", "--run", "runs/a", "--data", "moved", "--quiet"], in: directory)
      #expect(moved.status == 0, "\(moved)")
      #expect(try contents(of: "\(directory)/runs/a") == before)
      let reconstructed = try BuiltProgram.run(
        ["reconstruct", "--run", "runs/a", "--data", "other", "--out", "x.png"], in: directory)
      #expect(reconstructed.status == 0, "\(reconstructed)")
      #expect(try BuiltProgram.run(["verify", "runs", "--quiet"], in: directory).status == 0)
    }
  }

  @Test("the picture of an embedding is of the layout that is asked for, and snapshots are kept")
  func embeddingPicture() throws {
    try withTemporaryDirectory { directory in
      let run = try TrainTests.train(["--name", "a", "--embed-every", "1"], in: directory)
      #expect(run.lines.contains { $0.hasPrefix("  code      ") } && run.lines.contains { $0.hasPrefix("  taken for") })
      let picture = "\(directory)/runs/a/embedding.png"
      let pca = try bytes(picture)
      func export(_ more: [String]) throws -> Data {
        let ending = try BuiltProgram.run(["export", "--run", "runs/a"] + more, in: directory)
        #expect(ending.status == 0 && ending.lines.contains("  written      runs/a/embedding.png"), "\(ending)")
        return try bytes(picture)
      }
      let tsne = try export(["--picture", "tsne"])
      #expect(tsne != pca)
      #expect(try export(["--layouts", "tsne,pca"]) == tsne)
      #expect(try export(["--layouts", "tsne", "--picture", "pca"]) == pca)
      // Views of space differ from planes. A turn is there only as long as it belongs to the picture.
      let turn = "\(directory)/runs/a/embedding.apng"
      #expect(try export(["--picture", "umap3", "--turn"]) != pca)
      #expect(try bytes(turn).contains(Data("acTL".utf8)) && export(["--picture", "umap3"]) != pca && !exists(turn))
      #expect(try export(["--turn"]) == pca && exists(turn))
      #expect(exists("\(directory)/runs/a/embedding/trajectories.bytes"))
      #expect(exists("\(directory)/runs/a/epoch_0001/projector_config.pbtxt"))
    }
  }

  @Test("a picture of two rows, of three when denoising, the same every time")
  func pictures() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      _ = try TrainTests.train(["--name", "b", "--quiet", "--noise-factor", "0.5"], in: directory)
      func height(_ run: String, _ more: [String] = []) throws -> Int {
        let drawn = try BuiltProgram.run(
          ["reconstruct", "--run", run, "--out", "x.png", "--images", "5"] + more, in: directory)
        #expect(drawn.status == 0 && drawn.errors.isEmpty && drawn.lines.count == 3, "\(drawn)")
        return try PNGImage.decode(Array(try bytes("\(directory)/x.png"))).height
      }
      let two = try height("runs/a")
      let first = try bytes("\(directory)/x.png")
      #expect(try height("runs/a", ["--threads", "3"]) == two)
      #expect(try bytes("\(directory)/x.png") == first)
      #expect(try height("runs/a", ["--split", "training"]) == two)
      #expect(try bytes("\(directory)/x.png") != first)
      #expect(try height("runs/b") > two)
    }
  }

  @Test("a run that is none, damaged, or whose images have gone")
  func refusals() throws {
    try withTemporaryDirectory { directory in
      func refusal(_ arguments: String...) throws -> Ending {
        let run = try BuiltProgram.run(arguments, in: directory)
        #expect(run.isRefusal() && run.output.isEmpty, "\(run)")
        return run
      }
      #expect(try refusal("export", "--run", "none").errors.contains("no directory \"none\""))
      #expect(try refusal("export", "--run", ".").errors.contains("no checkpoint in \".\""))
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      let before = try contents(of: "\(directory)/runs/a")
      #expect(try refusal("export", "--run", "runs/a", "--step", "7").errors.contains("no checkpoint of step 7"))
      #expect(try refusal("reconstruct", "--run", "runs/a", "--out", "runs").errors.contains("is a directory"))

      _ = try SmallCollection(side: 9).write(to: "\(directory)/larger")
      let fitted = try BuiltProgram.run(
        ["export", "--run", "runs/a", "--data", "larger", "--name", "b"], in: directory)
      #expect(fitted.status == 0 && fitted.output.contains("9×9×1 become"), "\(fitted)")
      _ = try SmallCollection(training: 120).write(to: "\(directory)/bars")
      #expect(try refusal("export", "--run", "runs/a").errors.contains("have changed"))
      try FileManager.default.removeItem(atPath: "\(directory)/bars")
      #expect(try refusal("export", "--run", "runs/a").errors.contains("bars"))

      let checkpoint = "\(directory)/runs/a/checkpoints/step-00000022.safetensors"
      let whole = try bytes(checkpoint)
      for damaged in [Data(), whole.prefix(100), whole.dropLast(), Data(repeating: 255, count: 64)] {
        try damaged.write(to: URL(fileURLWithPath: checkpoint))
        #expect(try refusal("export", "--run", "runs/a").status == 65)
      }
      #expect(try contents(of: "\(directory)/runs/a") == before)
    }
  }

  @Test("a model as ONNX, each part, without its images, the same every time; the run stays as it is")
  func onnx() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      try FileManager.default.removeItem(atPath: "\(directory)/bars")
      let run = "\(directory)/runs/a"
      let before = try filesBelow(run).map { try bytes("\(run)/\($0)") }
      func export(_ more: String...) throws -> Data {
        let ending = try BuiltProgram.run(["export", "--run", "runs/a", "--onnx", "m.onnx"] + more, in: directory)
        #expect(ending.status == 0 && ending.errors.isEmpty && ending.lines[1] == "  written      m.onnx", "\(ending)")
        let shapes = [
          "encoder": "8×8×1 to 8 numbers", "decoder": "8 numbers to 8×8×1", "autoencoder": "8×8×1 to 8×8×1",
        ]
        let part = more.last ?? "encoder"
        #expect(ending.lines[0] == "  model        \(part), \(shapes[part] ?? "?"), step 22")
        return try bytes("\(directory)/m.onnx")
      }
      let encoder = try export()
      #expect(try export("--threads", "3", "--step", "22", "--part", "encoder") == encoder)
      let others = [try export("--part", "decoder"), try export("--part", "autoencoder")]
      #expect(others[0].count > 500 && others[1].count > encoder.count && encoder.count > 500)
      #expect(try filesBelow(run).map { try bytes("\(run)/\($0)") } == before)
      #expect(filesBelow(directory).filter { !$0.hasPrefix("runs/") } == ["m.onnx"])
    }
  }

  @Test("a model that can't be written, or isn't there")
  func noONNX() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      func refusal(_ path: String, _ more: String...) throws -> Ending {
        let ending = try BuiltProgram.run(["export", "--run", "runs/a", "--onnx", path] + more, in: directory)
        #expect(ending.isRefusal() && ending.output.isEmpty, "\(ending)")
        return ending
      }
      #expect(try refusal("runs").errors.contains("is a directory"))
      #expect(try refusal("none/m.onnx").errors.contains("no directory \"none\""))
      #expect(try refusal("/dev/full").status == 74)
      for (more, reason) in [
        (["--step", "7"], "no checkpoint of step 7"), (["--part", "head"], "'encoder', 'decoder' or 'autoencoder'"),
      ] {
        let ending = try BuiltProgram.run(["export", "--run", "runs/a", "--onnx", "m.onnx"] + more, in: directory)
        #expect(ending.isRefusal(mentioning: reason), "\(ending)")
      }
      try Data("old".utf8).write(to: URL(fileURLWithPath: "\(directory)/m.onnx"))
      try FileManager.default.removeItem(atPath: "\(directory)/runs/a/checkpoints")
      let ending = try BuiltProgram.run(["export", "--run", "runs/a", "--onnx", "m.onnx"], in: directory)
      #expect(ending.isRefusal(mentioning: "no checkpoint") && ending.status == 66, "\(ending)")
      #expect(try bytes("\(directory)/m.onnx") == Data("old".utf8))
    }
  }
}
