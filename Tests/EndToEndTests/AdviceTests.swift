// AdviceTests.swift
// Tests that the advice in messages works when it is followed literally. Where possible, it is read from the message.

import Foundation
import PNG
import TestSupport
import Testing

@Suite struct AdviceTests {
  /// Python that makes a file, and what it needs.
  struct Source: Sendable, CustomTestStringConvertible {
    let file: String
    let code: String
    var modules = "numpy"
    var testDescription: String { file }
  }

  /// Points: `x` are 6 rows of 3 numbers.
  private static let pointSources: [Source] = [
    Source(file: "codes.pkl", code: "pickle.dump(x, open('codes.pkl', 'wb'))"),
    Source(file: "list.pkl", code: "pickle.dump(x.tolist(), open('list.pkl', 'wb'), 2)"),
    Source(file: "old.pickle", code: "pickle.dump(x.tolist(), open('old.pickle', 'wb'), 0)"),
    Source(file: "named.npy", code: "pickle.dump(x, open('named.npy', 'wb'))"),
    Source(file: "codes.txt.bz2", code: "bz2.open('codes.txt.bz2', 'wt').write(text)"),
    Source(file: "codes.csv.xz", code: "lzma.open('codes.csv.xz', 'wt').write(text)"),
    Source(file: "codes.zip", code: "zipfile.ZipFile('codes.zip', 'w').writestr('codes.csv', text)"),
    Source(file: "utf32.csv", code: "open('utf32.csv', 'w', encoding='utf-32').write(text)"),
    Source(file: "object.npy", code: "numpy.save('object.npy', x.astype(object))"),
    Source(
      file: "rows.npy",
      code: "rows = numpy.empty(6, object); rows[:] = [r for r in x]; numpy.save('rows.npy', rows)"),
    Source(file: "complex.npy", code: "numpy.save('complex.npy', x.astype('complex64'))"),
    Source(file: "long.npy", code: "numpy.save('long.npy', x.astype(numpy.longdouble))"),
    Source(file: "-codes.pkl", code: "pickle.dump(x, open('-codes.pkl', 'wb'))"),
    Source(
      file: "codes.joblib", code: "import joblib; joblib.dump(x, 'codes.joblib')", modules: "numpy, joblib"),
    Source(
      file: "codes.pt", code: "import torch; torch.save(torch.tensor(x), 'codes.pt')", modules: "numpy, torch"),
    Source(
      file: "codes.h5", code: "import h5py; h5py.File('codes.h5', 'w')['codes'] = x", modules: "numpy, h5py"),
    Source(
      file: "codes.parquet",
      code: "import pandas; pandas.DataFrame(x, columns=['a', 'b', 'c']).to_parquet('codes.parquet')",
      modules: "numpy, pandas, pyarrow"),
    Source(
      file: "lists.parquet",
      code: "import pandas; pandas.DataFrame({'v': list(x)}).to_parquet('lists.parquet')",
      modules: "numpy, pandas, pyarrow"),
  ]

  private static let prelude = """
    import bz2, gzip, json, lzma, numpy, pickle, zipfile
    x = numpy.array([[r / 4, r * r, -c] for r in range(6) for c in [1]], "float32") + 0.5
    text = "\\n".join(",".join(map(str, row)) for row in x.tolist()) + "\\n"
    labels = ["cat", "dog", "café", "cat", "dog", "cat"]
    """

  private func make(_ code: String, in directory: String) throws {
    try Data((Self.prelude + "\n" + code + "\n").utf8).write(to: URL(fileURLWithPath: "\(directory)/make.py"))
    let ending = try Shell.run("python3 make.py", in: directory)
    #expect(ending.status == 0, "\(ending)")
  }

  /// The command and the file of "convert it with: COMMAND; then give FILE".
  private func conversion(_ refusal: Ending) throws -> (command: String, result: String) {
    let match = try #require(
      refusal.errors.firstMatch(of: /convert (?:it|them) with: (.*); then give (?:--data )?(.*)\n/), "\(refusal)")
    let word = try Shell.run("printf %s \(match.2)", in: "/").output
    return (String(match.1), word)
  }

  private func export(_ arguments: [String], name: String, in directory: String) throws -> Ending {
    try BuiltProgram.run(["export"] + arguments + ["--logdir", "runs", "--name", name], in: directory)
  }

  private func embedding(_ name: String, _ file: String, in directory: String) throws -> String {
    String(decoding: try bytes("\(directory)/runs/\(name)/embedding/\(file)"), as: UTF8.self)
  }

  @Test("files of points in other formats", .enabled(if: Shell.hasPython("numpy")), arguments: pointSources)
  func pointFiles(source: Source) throws {
    guard Shell.hasPython(source.modules) else { return }
    try withTemporaryDirectory { directory in
      try make("numpy.save('x.npy', x)\n" + source.code, in: directory)
      let whole = try export(["--tensors", "x.npy"], name: "whole", in: directory)
      #expect(whole.status == 0, "\(whole)")
      let refused = try export(["--tensors=\(source.file)"], name: "x", in: directory)
      #expect(refused.isRefusal() && refused.status == 65, "\(refused)")
      let (command, result) = try conversion(refused)
      #expect(!exists("\(directory)/\(result)"), "\(command) would overwrite a file")
      let followed = try Shell.run(command, in: directory)
      #expect(followed.status == 0, "\(command): \(followed)")
      let again = try export(["--tensors", result], name: "x", in: directory)
      #expect(again.status == 0, "\(again)")
      #expect(
        try embedding("x", "tensors.tsv", in: directory) == embedding("whole", "tensors.tsv", in: directory))
    }
  }

  @Test("labels in other formats keep their texts", .enabled(if: Shell.hasPython("numpy")))
  func labels() throws {
    try withTemporaryDirectory { directory in
      try make(
        """
        numpy.save('x.npy', x)
        open('labels.tsv', 'w').write("\\n".join(labels) + "\\n")
        numpy.save('object.npy', numpy.array(labels, object))
        numpy.save('bytes-objects.npy', numpy.array([l.encode() for l in labels], object))
        pickle.dump(labels, open('labels.pkl', 'wb'))
        """, in: directory)
      let whole = try export(["--tensors", "x.npy", "--metadata", "labels.tsv"], name: "whole", in: directory)
      #expect(whole.status == 0, "\(whole)")
      for file in ["object.npy", "bytes-objects.npy", "labels.pkl"] {
        let refused = try export(["--tensors", "x.npy", "--metadata", file], name: "y", in: directory)
        #expect(refused.isRefusal(), "\(refused)")
        let (command, result) = try conversion(refused)
        let followed = try Shell.run(command, in: directory)
        #expect(followed.status == 0, "\(command): \(followed)")
        let again = try export(["--tensors", "x.npy", "--metadata", result], name: "y", in: directory)
        #expect(again.status == 0, "\(file): \(again)")
        let (got, want) = try (
          embedding("y", "metadata.tsv", in: directory), embedding("whole", "metadata.tsv", in: directory)
        )
        #expect(got == want, "\(file)")
      }
    }
  }

  @Test("files are known by their content; savetxt's blanks are recognized")
  func names() throws {
    guard Shell.hasPython("numpy") else { return }
    try withTemporaryDirectory { directory in
      try make(
        """
        numpy.save('x.npy', x)
        numpy.save(open('codes.dat', 'wb'), x)
        open('codes', 'w').write(text)
        numpy.savetxt('blanks.txt', x)
        numpy.savetxt('blanks.csv', x)
        """, in: directory)
      #expect(try export(["--tensors", "x.npy"], name: "whole", in: directory).status == 0)
      let want = try embedding("whole", "tensors.tsv", in: directory)
      for file in ["codes.dat", "codes", "blanks.txt", "blanks.csv"] {
        let run = try export(["--tensors", file], name: "x", in: directory)
        #expect(run.status == 0, "\(file): \(run)")
        #expect(try embedding("x", "tensors.tsv", in: directory) == want, "\(file)")
      }
    }
  }

  @Test("pictures in directories below the one that is given")
  func pictures() throws {
    guard Shell.hasPython("numpy") else { return }
    try withTemporaryDirectory { directory in
      try make("numpy.save('x.npy', x)", in: directory)
      for (number, folder) in ["cat", "cat", "cat", "dog", "dog", "dog"].enumerated() {
        let path = "\(directory)/my pictures/\(folder)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let picture = PNGImage(
          width: 3, height: 3, format: .gray, pixels: [UInt8](repeating: UInt8(40 * number), count: 9))
        try Data(picture.encoded()).write(to: URL(fileURLWithPath: "\(path)/\(number).png"))
      }
      let refused = try export(["--tensors", "x.npy", "--images", "my pictures/"], name: "x", in: directory)
      #expect(refused.isRefusal(mentioning: "\"cat/0.png\"") && !refused.errors.contains(#"\""#), "\(refused)")
      let (command, result) = try conversion(refused)
      let followed = try Shell.run(command, in: directory)
      #expect(followed.status == 0, "\(followed)")
      let again = try export(["--tensors", "x.npy", "--images", result], name: "x", in: directory)
      #expect(again.status == 0 && again.output.contains("from \"cat-0.png\" to \"dog-5.png\""), "\(again)")
      guard Shell.hasPython("PIL") else { return }
      try Shell.run(
        "cd 'my pictures' && for f in */*.png; do python3 -c 'import sys; from PIL import Image; "
          + "Image.open(sys.argv[1]).save(sys.argv[1][:-3] + \"jpg\")' $f && rm $f; done", in: directory)
      let other = try export(["--tensors", "x.npy", "--images", "my pictures"], name: "y", in: directory)
      let (convert, made) = try conversion(other)
      #expect(try Shell.run(convert, in: directory).status == 0)
      let jpegs = try export(["--tensors", "x.npy", "--images", made], name: "y", in: directory)
      #expect(jpegs.status == 0, "\(jpegs)")
    }
  }

  @Test("--data with the files in a directory below it, and with pictures")
  func data() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/my data/MNIST/raw")
      let refused = try BuiltProgram.run(["train", "--data", "my data", "--epochs", "1"], in: directory)
      #expect(refused.isRefusal() && refused.status == 66, "\(refused)")
      let advice = try #require(refused.errors.firstMatch(of: /give (--data .*)\n/)?.1, "\(refused)")
      let run = try Shell.run("aelog train --epochs 1 \(advice)", in: directory)
      #expect(run.status == 0, "\(run)")

      try FileManager.default.createDirectory(atPath: "\(directory)/pictures/a", withIntermediateDirectories: true)
      for number in 0..<20 {
        let picture = PNGImage(width: 4, height: 4, format: .gray, pixels: (0..<16).map { UInt8($0 * number % 256) })
        try Data(picture.encoded()).write(to: URL(fileURLWithPath: "\(directory)/pictures/a/\(number).png"))
      }
      let trained = try BuiltProgram.run(
        ["train", "--data", "pictures", "--filters", "3", "--epochs", "1", "--name", "p"], in: directory)
      #expect(trained.status == 0 && trained.output.contains("pictures in 1 class folder"), "\(trained)")
    }
  }

  @Test("images that have moved are found with --data")
  func moved() throws {
    try withTemporaryDirectory { directory in
      let trained = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      #expect(trained.status == 0, "\(trained)")
      try FileManager.default.moveItem(atPath: "\(directory)/bars", toPath: "\(directory)/elsewhere")
      for command in [
        ["export", "--run", "runs/a"], ["reconstruct", "--run", "runs/a", "--out", "r.png"],
        ["train", "--resume", "runs/a", "--epochs", "3"],
      ] {
        let refused = try BuiltProgram.run(command, in: directory)
        #expect(refused.isRefusal(mentioning: "--data PATH") && refused.status == 66, "\(refused)")
        #expect(!refused.errors.contains("digits"), "\(refused)")
        let run = try BuiltProgram.run(command + ["--data", "elsewhere"], in: directory)
        #expect(run.status == 0, "\(run)")
      }
    }
  }

  @Test("a model is chosen by the options of its family")
  func families() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let train = ["train", "--data", "bars", "--epochs", "1", "--quiet"]
      let dense = try BuiltProgram.run(train + ["--hidden-units", "9,2"], in: directory)
      #expect(dense.status == 0 && exists("\(directory)/runs/fully-connected-9-2/run.json"), "\(dense)")
      let both = try BuiltProgram.run(train + ["--hidden-units", "9,2", "--filters", "4"], in: directory)
      #expect(both.isRefusal(mentioning: "leave one of them out", "aelog sweep") && both.status == 64, "\(both)")
      let one = try BuiltProgram.run(train + ["--filters", "4"], in: directory)
      #expect(one.status == 0 && exists("\(directory)/runs/convolutional-4/run.json"), "\(one)")
      // A run keeps its model.
      let resume = ["train", "--quiet", "--epochs", "2", "--resume"]
      let filters = try BuiltProgram.run(resume + ["runs/fully-connected-9-2", "--filters", "4"], in: directory)
      #expect(
        filters.isRefusal(mentioning: "--model: got convolutional, but the run was begun with fully-connected"),
        "\(filters)")
      let units = try BuiltProgram.run(resume + ["runs/convolutional-4", "--hidden-units", "9"], in: directory)
      #expect(
        units.isRefusal(mentioning: "--model: got fully-connected, but the run was begun with convolutional"),
        "\(units)")
      let same = try BuiltProgram.run(resume + ["runs/fully-connected-9-2", "--hidden-units", "9,2"], in: directory)
      #expect(same.status == 0, "\(same)")
    }
  }

  @Test("the default batch size fits a small collection; a given one is refused with one that works")
  func batch() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let train = ["train", "--data", "bars", "--filters", "3", "--epochs", "2"]
      let fitted = try BuiltProgram.run(train + ["--name", "fitted"], in: directory)
      #expect(fitted.status == 0 && fitted.output.contains("  note      there are 220 training images"), "\(fitted)")
      let record = String(decoding: try bytes("\(directory)/runs/fitted/run.json"), as: UTF8.self)
      #expect(record.contains(/"batch_size" ?: ?16\b/), "\(record)")
      let refused = try BuiltProgram.run(train + ["--batch-size", "221", "--name", "given"], in: directory)
      let most = try #require(refused.errors.firstMatch(of: /choose at most (\d+)/)?.1, "\(refused)")
      for (size, name) in [(String(most), "most"), ("16", "given")] {
        let given = try BuiltProgram.run(train + ["--batch-size", size, "--name", name, "--quiet"], in: directory)
        #expect(given.status == 0 && given.output.isEmpty, "\(given)")
      }
      // 220 images make 13 steps of 16 in each of two epochs.
      let checkpoint = "checkpoints/step-00000026.safetensors"
      #expect(
        try checksum("\(directory)/runs/fitted/\(checkpoint)") == checksum("\(directory)/runs/given/\(checkpoint)"))
      let resumed = try BuiltProgram.run(["train", "--resume", "runs/fitted", "--epochs", "3"], in: directory)
      #expect(resumed.status == 0 && !resumed.output.contains("note "), "\(resumed)")
      let bench = try BuiltProgram.run(
        ["bench", "--data", "bars", "--filters", "3", "--brief", "--seconds", "0.02"], in: directory)
      #expect(bench.status == 0 && bench.output.contains("16 per step"), "\(bench)")
      let sweep = ["sweep", "--data", "bars", "--filters", "3", "--hidden-units", "4", "--epochs", "1", "--name", "s"]
      let swept = try BuiltProgram.run(sweep, in: directory)
      #expect(swept.status == 0 && swept.output.contains("--batch-size 16"), "\(swept)")
      let again = try BuiltProgram.run(["sweep", "--resume", "runs/s"], in: directory)
      #expect(again.status == 0, "\(again)")
    }
  }

  @Test("a complete run resumes with more epochs, and an export can be viewed with the printed command")
  func complete() throws {
    try withTemporaryDirectory { directory in
      let trained = try TrainTests.train(["--name", "a", "--quiet", "--epochs", "1"], in: directory)
      #expect(trained.status == 0, "\(trained)")
      let done = try BuiltProgram.run(["train", "--resume", "runs/a"], in: directory)
      #expect(done.errors == "\"runs/a\" is complete: 1 epoch; give more with --epochs\n", "\(done)")
      let more = try BuiltProgram.run(["train", "--resume", "runs/a", "--epochs", "2", "--quiet"], in: directory)
      #expect(more.status == 0, "\(more)")
      for (place, run) in [("", "runs/a"), ("runs", "a"), ("runs/a", "."), ("runs/a", "../a/")] {
        let export = try BuiltProgram.run(["export", "--run", run], in: "\(directory)/\(place)")
        let command = try #require(export.lines.last { $0.contains("look at it") }, "\(export)")
        let logdir = try #require(command.firstMatch(of: /look at it   tensorboard --logdir (.*)/)?.1)
        let shown = try Shell.run("aelog inspect \(logdir)", in: "\(directory)/\(place)")
        #expect(shown.status == 0 && shown.output.contains("\n  a\n"), "\(command): \(shown)")
      }
    }
  }

  @Test("an error line is bounded, and keeps what is wrong and what to do")
  func bounded() throws {
    try withTemporaryDirectory { directory in
      let names = (0..<3).map { String(repeating: "abc"[$0], count: 300_000) }
      let table = names.joined(separator: "\t") + "\n" + (0..<4).map { "\($0)\t1\t2\n" }.joined()
      try Data(table.utf8).write(to: URL(fileURLWithPath: "\(directory)/labels.tsv"))
      try Data("0.5,1.25\n1.5,2.5\n2.5,1.5\n3.5,5.25\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/x.csv"))
      let labels = try export(
        ["--tensors", "x.csv", "--metadata", "labels.tsv", "--header", "--label", "none"], name: "x", in: directory)
      #expect(labels.isRefusal(mentioning: "has no column \"none\""), "\(labels.errors.count)")
      #expect(labels.errors.utf8.count < 8300)
      let sizes = String(repeating: "8,", count: 50_000) + "x"
      let argument = try BuiltProgram.run(["train", "--filters", sizes], in: directory)
      #expect(
        argument.isRefusal(mentioning: "bytes left out", "got 'x'", "aelog train --help"), "\(argument.errors.count)")
      #expect(argument.errors.utf8.count < 8300)
    }
  }
}

extension String {
  fileprivate subscript(place: Int) -> Character { self[index(startIndex, offsetBy: place)] }
}
