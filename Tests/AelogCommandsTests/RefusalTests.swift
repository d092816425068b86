// RefusalTests.swift
// Command lines that are refused: one line, exit code 64, and nothing done.

import AelogCommands
import TestSupport
import Testing

@Suite struct RefusalTests {
  private static let wrongWords: [([String], String)] = [
    (["train", "--fliters", "3"], "Did you mean '--filters'?"),
    (["bogus"], "there is no command \"bogus\"; the commands are train, sweep, "),
    (["trian"], "there is no command \"trian\"; did you mean 'train'? (see aelog --help)"),
    (["help", "exprot"], "did you mean 'export'? (see aelog --help)"), (["recon"], "did you mean 'reconstruct'?"),
    (["data", "previw"], "did you mean 'preview'? (see aelog data --help)"),
    (
      ["data", "preview", "--out", "x.jpg"],
      "\"x.jpg\" ends in .jpg, and the picture is a PNG; give a name that ends in .png"
    ),
    (["reconstruct", "--run", "a", "--out", "a/x.jpeg"], "ends in .jpeg, and the picture is a PNG"),
    (["train", "extra"], "Unexpected argument 'extra'"),
    (["train", "--filters", "0"], "want whole numbers from 1 to 65536"),
    (["train", "--filters", ""], "want whole numbers from 1 to 65536 with commas"),
    (["train", "--hidden-units", ",", "--model", "fully-connected"], "want whole numbers from 1 to 65536 with commas"),
    (["train", "--model", "fully-connected", "--filters", "8"], "--filters belongs to --model convolutional"),
    (["train", "--model", "fully-connected", "--downsampling", "pool"], "--downsampling belongs to"),
    (
      ["train", "--hidden-units", "8", "--model", "convolutional"], "--hidden-units belongs to --model fully-connected"
    ),
    (
      ["train", "--hidden-units", "8", "--filters", "8"],
      "--hidden-units to --model fully-connected; leave one of them out"
    ),
    (
      ["bench", "--hidden-units", "8", "--downsampling", "pool"],
      "--downsampling belongs to --model convolutional, --hid"
    ),
    (["train", "--filters", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"], "17 filters"),
    (["train", "--model", "resnet"], "want convolutional or fully-connected"),
    (["train", "--beta", "2"], "--beta acts only with --variational; leave it out, or give both"),
    (["train", "--noise", "masking"], "--noise acts only with a --noise-factor above 0"),
    (["train", "--schedule", "cosine", "--decay-steps", "9"], "--decay-steps acts only with --schedule staircase"),
    (["train", "--variational"], "--variational wants --code N with a convolutional model"),
    (
      ["train", "--hidden-units", "8", "--variational", "--code-activation", "tanh"],
      "--code-activation tanh and --variational"
    ),
    (["train", "--downsampling", "pool,none"], "--downsampling: got 2 entries, want one for all blocks, or 3"),
    (["train", "--code", "70000"], "--code: got 70000, want 0 to 65536"),
    (["train", "--downsampling", "mean"], "want pool or average or stride or none"),
    (["train", "--epochs", "0"], "--epochs: got 0, want 1 to 1000000000"),
    (["train", "--epochs", "9223372036854775807"], "--epochs: got 9"),
    (["train", "--epochs", "-3"], "--epochs: got -3"),
    (["train", "--epochs", "2.5"], "'2.5' is invalid for '--epochs <n>'"),
    (["train", "--threads", "x"], "'x' is invalid for '--threads <n>'"),
    (["train", "--epochs"], "Missing value for '--epochs"),
    (["train", "--batch-size", "0"], "--batch-size: got 0"),
    (["train", "--learning-rate", "nan"], "'--learning-rate <rate>': want a number"),
    (["train", "--learning-rate", "-1"], "--learning-rate: got -1"),
    (["train", "--learning-rate-decay", "1.5"], "--learning-rate-decay: got 1.5"),
    (["train", "--decay-steps", "0"], "--decay-steps: got 0"),
    (["train", "--weight-decay", "2"], "--weight-decay: got 2"),
    (["train", "--dropout", "0.999999999"], "--dropout: got 0.999999999, want 0 to 0.999"),
    (["train", "--noise-factor", "-0.1"], "--noise-factor: got -0.1"),
    (["train", "--seed", "-1"], "'-1' is invalid for '--seed <n>'"),
    (["train", "--threads", "0"], "--threads: got 0, want 1 to 1024"),
    (["train", "--name", "../x"], "--name \"../x\": it is a path"),
    (["train", "--name", ""], "--name"),
    (["train", "--logdir", ""], "--logdir: the path is empty"),
    (["train", "--data", ""], "--data: the path is empty"),
    (["train", "--embed-every", "0"], "--embed-every: got 0, want 1 or more"),
    (["train", "--embed-every", "1000000001"], "--embed-every: got 1000000001, want at most 1000000000"),
    (["train", "--embed-every", "-2"], "--embed-every: got -2"),
    (["export", "--run", "x", "--picture", "unit"], "--picture: got \"unit\", want pca, tsne, tsne3, umap or umap3"),
    (["export", "--run", "x", "--picture", ""], "--picture: got \"\""),
    (["export", "--run", "x", "--onnx", "m.onnx", "--picture", "pca"], "--picture belongs to the embedding"),
    (["train", "--quiet", "--json"], "exclude each other"),
    (["data", "preview"], "'--out <path>'"),
    (["data", "fetch"], "'<name>'"),
    (["data", "fetch", "mnits"], "no published collection \"mnits\"; the names are mnist, fashion-mnist, kmnist"),
    (["data", "fetch", "mnist", "--out", ""], "--out: the path is empty"),
    (["data", "fetch", "mnist", "--mirror", "ftp://example.org/"], "--mirror: got \"ftp://example.org/\""),
    (["data", "preview", "--out", ""], "--out: the name is empty"),
    (["data", "preview", "--out", "/"], "\"/\" is a directory"),
    (["data", "preview", "--out", "/nowhere/x.png"], "no directory \"/nowhere\""),
    (["data", "preview", "--out", "x.png", "--rows", "0"], "--rows: got 0, want 1 to 10000"),
    (["data", "preview", "--out", "x.png", "--columns", "10001"], "--columns: got 10001"),
    (["data", "preview", "--out", "x.png", "--zoom", "17"], "--zoom: got 17"),
    (["export"], "give --run, the directory of a run, or --tensors"),
    (["export", "--tensors", "x.npy"], "--tensors wants --logdir"),
    (["export", "--tensors", "", "--logdir", "r"], "--tensors: the path is empty"),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--run", "x"], "--run belongs to a run"),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--layer", "x"], "--layer belongs to a run"),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--onnx", "x"], "--onnx belongs to a run"),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--shape", "3"], "--shape: got \"3\", want two numbers"),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--shape", "3x0"], "--shape: got \"3x0\""),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--thumbnail", "2x2"], "--thumbnail belongs to --images"),
    (["export", "--tensors", "x", "--logdir", "r", "--image-order", "sorted"], "--image-order belongs to --images"),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--image-column", "f"], "--image-column belongs to --images"),
    (
      ["export", "--tensors", "x.npy", "--logdir", "r", "--images", "p", "--image-column", "f"],
      "--image-column belongs to --metadata"
    ),
    (
      [
        "export", "--tensors", "x.npy", "--logdir", "r", "--images", "p", "--metadata", "l.tsv", "--image-column", "f",
        "--image-order", "sorted",
      ], "--image-column and --image-order exclude each other"
    ),
    (["export", "--run", "r", "--image-order", "natural"], "--image-order belongs to --tensors"),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--label", "a"], "--label belongs to --metadata"),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--no-header"], "--header belongs to --metadata"),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--name", "a/b"], "it is a path"),
    (["export", "--tensors", "x.csv", "--logdir", "r", "--header"], "--metadata; for --tensors give --tensors-header"),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--delimiter", "tab"], "--delimiter belongs to --metadata"),
    (
      ["export", "--tensors", "x.npy", "--logdir", "r", "--metadata", "m.npy", "--header"],
      "--header belongs to --metadata in a text file"
    ),
    (
      ["export", "--tensors", "x.npy", "--logdir", "r", "--tensors-header"],
      "--tensors-header belongs to --tensors in a"
    ),
    (
      ["export", "--tensors", "x.npy", "--logdir", "r", "--columns", "1-2"], "--columns belongs to --tensors in a text"
    ),
    (
      ["export", "--tensors", "x.npy", "--logdir", "r", "--decimal-comma"], "--decimal-comma belongs to --tensors in a"
    ),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--encoding", "latin1"], "--encoding belongs to text files"),
    (["export", "--tensors", "x.csv", "--logdir", "r", "--encoding", "ebcdic"], "- utf-16le - utf-16be - latin1"),
    (["export", "--tensors", "x.csv", "--logdir", "r", "--columns", "3-1"], "--columns: got \"3-1\", want positions"),
    (["export", "--tensors", "x.csv", "--logdir", "r", "--delimiter", "|"], "'tab', 'space', 'comma' or 'semicolon'"),
    (["export", "--run", "x", "--columns", "1"], "--columns belongs to --tensors"),
    (["export", "--run", "x", "--encoding", "utf-8"], "--encoding belongs to --tensors"),
    (["export", "--run", "x", "--metadata", "m"], "--metadata belongs to --tensors"),
    (["export", "--run", "x", "--logdir", "r"], "--logdir wants --tensors, or --name with --run"),
    (["export", "--run", "x", "--name", "a/b"], "--name \"a/b\""),
    (["export", "--run", "x", "--onnx", "m", "--name", "a"], "--name belongs to the embedding"),
    (["export", "--run", "x", "--drop-nonfinite"], "--drop-nonfinite belongs to --tensors"),
    (["export", "--run", "x", "--layouts", "pca,som"], "--layouts: got \"som\", want some of pca, tsne, tsne3, umap"),
    (
      ["export", "--run", "x", "--turn", "--picture", "umap"],
      "--turn: umap has no third dimension to turn; give --picture pca"
    ),
    (["export", "--tensors", "x.npy", "--logdir", "r", "--turn"], "--turn belongs to a run"),
    (["export", "--run", "x", "--onnx", "m.onnx", "--turn"], "--turn belongs to the embedding"),
    (["export", "--run", "x", "--data-format", "HWC"], "'NHWC' and 'NCHW'"),
    (["export", "--run", "x", "--points", "many"], "--points: got \"many\", want 2 or more, or all"),
    (["export", "--run", ""], "--run: the path is empty"),
    (["export", "--run", "x", "--points", "1"], "--points: got \"1\", want 2 or more, or all"),
    (["export", "--run", "x", "--step", "-1"], "--step: got -1"),
    (["export", "--run", "x", "--split", "all"], "'training', 'validation' or 'test'"),
    (["export", "--run", "x", "--tensor-format", "csv"], "'tsv' and 'binary'"),
    (["export", "--run", "x", "--onnx", ""], "--onnx: the name is empty"),
    (["export", "--run", "x", "--onnx", "/"], "--onnx: \"/\" is a directory"),
    (["export", "--run", "x", "--onnx", "/nowhere/x.onnx"], "--onnx: there is no directory \"/nowhere\""),
    (["export", "--run", "x", "--onnx", "x", "--part", "head"], "'encoder', 'decoder' or 'autoencoder'"),
    (["export", "--run", "x", "--part", "encoder"], "--part belongs to --onnx"),
    (["export", "--run", "x", "--onnx", "x", "--points", "9"], "--points belongs to the embedding"),
    (["export", "--run", "x", "--onnx", "x", "--split", "test"], "--split belongs to the embedding"),
    (["export", "--run", "x", "--onnx", "x", "--data", "d"], "--data belongs to the embedding"),
    (["export", "--run", "x", "--onnx", "x", "--tensor-format", "tsv"], "--tensor-format belongs to the embedding"),
    (["reconstruct", "--run", "x"], "give --out, a file for a picture, or --pictures"),
    (["reconstruct", "--run", "x", "--out", "x.png", "--images", "0"], "--images: got 0"),
    (["bench", "--model", "fully-connected", "--filters", "8"], "--filters belongs to --model convolutional"),
    (["bench", "--epochs", "2"], "Unknown option '--epochs'"),
    (["bench", "--batch-size", "0"], "--batch-size: got 0"),
    (["bench", "--dropout", "1"], "--dropout: got 1"),
    (["bench", "--noise-factor", "-1"], "--noise-factor: got -1"),
    (["bench", "--threads", "0"], "--threads: got 0, want 1 to 1024"),
    (["bench", "--seconds", "0"], "--seconds: got 0.0, want above 0, at most 600"),
    (["bench", "--seconds", "nan"], "--seconds: got nan"),
    (["bench", "--image", ""], "got '', want height, width and channels"),
    (["bench", "--image", "28"], "got '28', want height"),
    (["bench", "--image", "28x0"], "got '28x0', want height"),
    (["bench", "--image", "28x28x65"], "channels up to 64"),
    (["bench", "--image", "4097x1"], "sides up to 4096"),
    (["bench", "--image", "28x-28"], "got '28x-28'"),
    (["bench", "--image", "28x28x1x1"], "got '28x28x1x1'"),
    (["bench", "--image", "28x28x"], "got '28x28x'"),
    (["bench", "--image", "99999999999999999999x1"], "sides up to 4096"),
    (["bench", "--image", "8x8", "--data", "digits"], "--image and --data exclude each other"),
    (["bench", "--data", ""], "--data: the path is empty"),
    (["bench", "--image", "4096x4096x64"], "--batch-size: got 256, want at most 1 image of 4096×4096×64"),
    (["bench", "--image", "4096x4096x64", "--batch-size", "1", "--filters", "65536"], "make it smaller"),
  ]

  @Test("wrong words", arguments: wrongWords)
  func refused(arguments: [String], because reason: String) {
    let run = CommandRun(arguments)
    #expect(run.isRefusal(.usage, mentioning: reason), "\(run)")
  }

  @Test("the line says which help to read")
  func pointsToHelp() {
    #expect(CommandRun("train", "--x").errors.contains("(see aelog train --help)"))
    #expect(CommandRun("data", "preview", "--x").errors.contains("(see aelog data preview --help)"))
  }

  @Test(
    "no word forges a line or a terminal escape",
    arguments: ["a\nerror: b", "a\r\nb", "\u{1B}[2J", "\u{85}", "\u{2028}x", "\u{202E}x", "\u{7F}", "\u{0C}x"])
  func hostile(word: String) {
    for arguments in [
      ["--\(word)"], [word], ["train", "--epochs", word], ["train", "--name", word], ["train", "--data", "/no\(word)"],
      ["data", "preview", "--out", "/no\(word)/x"], ["export", "--run", "/no\(word)"],
    ] {
      let run = CommandRun(arguments)
      #expect(run.status != 0 && run.errors.hasPrefix("error: ") && run.errors.filter(\.isNewline).count == 1)
      #expect(!run.errors.dropLast().unicodeScalars.contains { $0.properties.generalCategory == .control })
      #expect(!run.errors.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\u{2028}" })
    }
  }
}
