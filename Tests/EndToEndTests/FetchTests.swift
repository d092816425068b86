// FetchTests.swift
// aelog data fetch, as a process: what it says and leaves where a download goes wrong. No published file is downloaded.

import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: LoopbackServer.isAvailable)) struct FetchTests {
  /// A server that has `name` with `size` zeros, and the directory of the test.
  private func use(
    _ name: String = "train-images-idx3-ubyte.gz", size: Int, _ body: (LoopbackServer, String) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      let source = "\(directory)/source"
      try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: false)
      try Data(count: size).write(to: URL(fileURLWithPath: "\(source)/\(name)"))
      try body(LoopbackServer(serving: source), directory)
    }
  }

  private static func arguments(_ server: LoopbackServer, _ behavior: String, _ more: String...) -> [String] {
    ["data", "fetch", "mnist", "--out", "place", "--mirror", server.address(behavior)] + more
  }

  /// The published size of MNIST's training images.
  private static let published = 9_912_422

  @Test("other bytes of the right size are refused after the first file, and nothing is left")
  func wrong() throws {
    try use(size: Self.published) { server, directory in
      let run = try BuiltProgram.run(Self.arguments(server, "good"), in: directory)
      #expect(run.isRefusal(mentioning: "is not the published file: got SHA-256", "want 440fcabf"), "\(run)")
      #expect(run.status == 65 && run.output.isEmpty)
      #expect(filesBelow("\(directory)/place").isEmpty)
    }
  }

  @Test("a file that is not there is named, and nothing is left")
  func missing() throws {
    try use("other", size: 1) { server, directory in
      let run = try BuiltProgram.run(Self.arguments(server, "good", "--quiet"), in: directory)
      #expect(run.isRefusal(mentioning: "/good/train-images-idx3-ubyte.gz", "404") && run.status == 69, "\(run)")
      #expect(filesBelow("\(directory)/place").isEmpty)
    }
  }

  @Test("a server that is gone is said, with the advice to run the command again")
  func gone() throws {
    try withTemporaryDirectory { directory in
      // Nobody listens on the port of TCP's multiplexer.
      let run = try BuiltProgram.run(
        ["data", "fetch", "mnist", "--out", "place", "--mirror", "http://127.0.0.1:1/"], in: directory)
      #expect(run.isRefusal(mentioning: "can't download", "run this again later") && run.status == 69, "\(run)")
      #expect(run.output.contains("trying again"))
      #expect(filesBelow("\(directory)/place").isEmpty)
    }
  }

  @Test("Ctrl-C leaves only the partial file, which the next run resumes", arguments: [SIGINT, SIGTERM])
  func stopped(signal: Int32) throws {
    try use(size: Self.published) { server, directory in
      let partial = "\(directory)/place/train-images-idx3-ubyte.gz.part"
      let program = try BuiltProgram(Self.arguments(server, "slow"), in: directory)
      try program.wait { try exists(partial) && bytes(partial).count >= 1000 }
      program.send(signal)
      let ending = try program.wait()
      #expect(ending.status == 128 + signal)
      #expect(
        ending.errors
          == "interrupted; resume with aelog data fetch mnist --out place --mirror \(server.address("slow"))\n")
      #expect(filesBelow("\(directory)/place") == ["train-images-idx3-ubyte.gz.part"])
      let got = try bytes(partial).count
      let resumed = try BuiltProgram.run(Self.arguments(server, "good"), in: directory)
      #expect(resumed.status == 65, "\(resumed)")
      #expect(server.requests.dropFirst().first == "/good/train-images-idx3-ubyte.gz \(got)")
      // The partial file may be the fault, so it is downloaded anew once.
      #expect(server.requests.last == "/good/train-images-idx3-ubyte.gz 0" && server.requests.count == 3)
    }
  }

  @Test("a full disk is said as such, and what has come stays for the next run")
  func full() throws {
    try use(size: Self.published) { server, directory in
      let run = try BuiltProgram.run(
        Self.arguments(server, "good"), in: directory, shell: "trap '' XFSZ; ulimit -f 40; exec \"$@\"")
      #expect(run.isRefusal(mentioning: "cannot write", "File too large", "ulimit -f") && run.status == 74, "\(run)")
      #expect(filesBelow("\(directory)/place") == ["train-images-idx3-ubyte.gz.part"])
      #expect(try bytes("\(directory)/place/train-images-idx3-ubyte.gz.part").count <= 40 << 10)
    }
  }

  @Test("without curl and wget the error has the commands to type")
  func noProgram() throws {
    try withTemporaryDirectory { directory in
      let run = try BuiltProgram.run(
        ["data", "fetch", "kmnist"], in: directory,
        environment: ["PATH": directory, "XDG_DATA_HOME": "\(directory)/data"])
      #expect(
        run.isRefusal(
          mentioning: "can't find curl or wget on PATH",
          "curl --fail --location --continue-at - --output t10k-labels-idx1-ubyte.gz "
            + "http://codh.rois.ac.jp/kmnist/dataset/kmnist/t10k-labels-idx1-ubyte.gz",
          "\(directory)/data/aelog/kmnist"), "\(run)")
      #expect(run.status == 69)
    }
  }

  @Test("a file of the user's in the way stays as it is")
  func inTheWay() throws {
    try withTemporaryDirectory { directory in
      let run = try BuiltProgram.run(
        ["data", "fetch", "mnist", "--out", "."], in: directory,
        shell: #"echo mine > t10k-images-idx3-ubyte.gz; echo mine > train-images-idx3-ubyte.gz; exec "$@""#)
      #expect(run.isRefusal(mentioning: "train-images-idx3-ubyte.gz\" is there already") && run.status == 73, "\(run)")
      #expect(filesBelow(directory) == ["t10k-images-idx3-ubyte.gz", "train-images-idx3-ubyte.gz"])
    }
  }
}
